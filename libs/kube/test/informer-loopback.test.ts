import type { ServerResponse } from 'node:http';
import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import { createClient } from '../src/client.ts';
import { createInformer } from '../src/informer.ts';
import type { KubeObject } from '../src/objects.ts';
import { RESOURCES } from '../src/resources.ts';
import { createTransport } from '../src/transport.ts';
import { endpointTo, serve } from './loopback.ts';
import { settle } from './scripted-client.ts';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await settle();
};

const pod = (name: string, resourceVersion: number): object => ({
  metadata: {
    name,
    namespace: 'ns',
    uid: name,
    resourceVersion: `${resourceVersion}`,
    managedFields: [{ manager: 'x' }],
  },
});

t.test('over a real connection: list, events, a reset, and nothing left after stop', async (t) => {
  const watches: ServerResponse[] = [];
  const server = await serve((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://server');
    response.writeHead(searchParams.has('sendInitialEvents') ? 422 : 200, { 'content-type': 'application/json' });
    if (searchParams.has('sendInitialEvents')) response.end('{"kind":"Status","code":422,"reason":"Invalid"}');
    else if (searchParams.has('watch')) {
      watches.push(response);
      response.flushHeaders();
    } else response.end(JSON.stringify({ metadata: { resourceVersion: '10' }, items: [pod('a', 1), pod('b', 2)] }));
  });
  const clock = new VirtualClock(0);
  const transport = createTransport(endpointTo(server.url));
  const informer = createInformer<KubeObject>({ client: createClient(transport), resource: RESOURCES.pods, clock });
  informer.start();
  await informer.waitForSync();
  t.same([...informer.store.keys()], ['ns/a', 'ns/b']);
  const { metadata, ...type } = informer.store.get('ns/a')!;
  t.same([type, 'managedFields' in metadata], [{ apiVersion: 'v1', kind: 'Pod' }, false]);

  await until(() => watches.length === 1);
  const lines = [
    { type: 'ADDED', object: pod('c', 11) },
    { type: 'DELETED', object: pod('a', 12) },
  ];
  for (const line of lines) watches[0]!.write(`${JSON.stringify(line)}\n`);
  watches[0]!.write('{"type":"DELETED","object":{"meta');
  await until(() => informer.store.size === 2 && informer.store.has('ns/c'));
  watches[0]!.destroy();
  await until(() => informer.status.phase === 'waiting');
  t.match(informer.status.lastError, { code: 'Network' });
  clock.advance(2000);
  await until(() => watches.length === 2);
  t.match(server.requests.at(-1), /watch=true.*resourceVersion=12/, 'goes on where it was');
  await until(() => informer.status.phase === 'watching');
  t.equal(informer.status.relists, 0);

  await informer.stop();
  await until(() => watches[1]!.destroyed);
  transport.close();
  await server.stop();
  t.equal(clock.pendingTimers, 0);
  await until(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap'));
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'), 'no timer');
});
