import type { IncomingMessage, ServerResponse } from 'node:http';

import t from 'tap';
import type { Test } from 'tap';

import type { Client, WatchEvent } from '../src/client-api.ts';
import { createClient, userAgentOf } from '../src/client.ts';
import type { ClientOptions } from '../src/client.ts';
import { isDisruptionBudget, KubeApiError } from '../src/errors.ts';
import type { KubeObject } from '../src/objects.ts';
import type { KubeRequest, Transport } from '../src/request.ts';
import { RESOURCES } from '../src/resources.ts';
import { createTransport } from '../src/transport.ts';
import { endpointTo, serve } from './loopback.ts';
import type { LoopbackServer } from './loopback.ts';

interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: unknown;
}
interface Setup {
  client: Client;
  server: LoopbackServer;
  seen: Seen[];
}

type Answer = (request: Seen, response: ServerResponse) => void;

/** A client to a server that notes what it is asked, and answers as told. */
const setup = async (
  t: Test,
  answer: Answer = (_, response) => response.end('{}'),
  options: ClientOptions = {},
): Promise<Setup> => {
  const seen: Seen[] = [];
  const server = await serve((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://host');
    const { method = '', headers } = request;
    const query = Object.fromEntries(url.searchParams);
    const note = { method, path: url.pathname, query, headers, body: body ? (JSON.parse(body) as unknown) : undefined };
    seen.push(note);
    answer(note, response);
  });
  const transport = createTransport(endpointTo(server.url), { qps: -1 });
  t.teardown(async () => {
    transport.close();
    await server.stop();
  });
  return { client: createClient(transport, { fieldManager: 'kube-steward-test', ...options }), server, seen };
};

const fail = (response: ServerResponse, code: number, reason: string, extra: object = {}): void => {
  response.statusCode = code;
  response.end(JSON.stringify({ kind: 'Status', code, reason, message: reason, ...extra }));
};

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const { pods, deployments, nodes, configMaps } = RESOURCES;
const WEB = { namespace: 'web', name: 'shop' };

t.test('each call asks for what it says', async (t) => {
  const { client, seen } = await setup(t);
  const apply = { type: 'apply', body: { a: 1 }, force: true, fieldManager: 'other', dryRun: true } as const;
  const deleted = { apiVersion: 'v1', kind: 'DeleteOptions' };
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'shop', namespace: 'web' } };
  const SHOP = '/apis/apps/v1/namespaces/web/deployments/shop';
  const POD = '/api/v1/namespaces/web/pods/shop';
  const manager = { fieldManager: 'kube-steward-test' };
  const cases: [string, () => Promise<unknown>, string, object, object?, object?][] = [
    ['get', () => client.get(deployments, WEB), `GET ${SHOP}`, {}, { accept: 'application/json' }],
    ['get of a cluster kind', () => client.get(nodes, { name: 'n1' }), 'GET /api/v1/nodes/n1', {}],
    [
      'get of metadata',
      () => client.get(pods, WEB, { metadataOnly: true }),
      `GET ${POD}`,
      {},
      { accept: `${METADATA},application/json` },
    ],
    ['get of a subresource', () => client.get(pods, WEB, { subresource: 'status' }), `GET ${POD}/status`, {}],
    ['a name that needs escaping', () => client.get(nodes, { name: 'a/b' }), 'GET /api/v1/nodes/a%2Fb', {}],
    [
      'create',
      () => client.create(configMaps, { metadata: { name: 'a', namespace: 'web' }, data: {} }, { dryRun: true }),
      'POST /api/v1/namespaces/web/configmaps',
      { ...manager, dryRun: 'All' },
      { 'content-type': 'application/json' },
      { metadata: { name: 'a', namespace: 'web' }, data: {} },
    ],
    [
      'merge patch',
      () => client.patch(deployments, WEB, { type: 'merge', body: { spec: { replicas: 0 } }, small: true }),
      `PATCH ${SHOP}`,
      manager,
      { 'content-type': 'application/merge-patch+json', accept: `${METADATA},application/json` },
      { spec: { replicas: 0 } },
    ],
    [
      'strategic patch of a subresource',
      () => client.patch(deployments, WEB, { type: 'strategic', body: {}, subresource: 'status' }),
      `PATCH ${SHOP}/status`,
      manager,
      { 'content-type': 'application/strategic-merge-patch+json' },
    ],
    [
      'JSON patch',
      () => client.patch(deployments, WEB, { type: 'json', body: [{ op: 'remove', path: '/a' }] }),
      `PATCH ${SHOP}`,
      manager,
      { 'content-type': 'application/json-patch+json' },
      [{ op: 'remove', path: '/a' }],
    ],
    [
      'apply',
      () => client.patch(deployments, WEB, apply),
      `PATCH ${SHOP}`,
      { fieldManager: 'other', force: 'true', dryRun: 'All' },
      { 'content-type': 'application/apply-patch+yaml' },
      { a: 1 },
    ],
    ['delete', () => client.delete(pods, WEB), `DELETE ${POD}`, {}, { 'content-length': '42' }, deleted],
    [
      'delete with everything',
      () =>
        client.delete(pods, WEB, {
          preconditions: { uid: 'u', resourceVersion: '7' },
          propagationPolicy: 'Foreground',
          gracePeriodSeconds: 0,
          dryRun: true,
        }),
      `DELETE ${POD}`,
      {},
      {},
      {
        ...deleted,
        preconditions: { uid: 'u', resourceVersion: '7' },
        propagationPolicy: 'Foreground',
        gracePeriodSeconds: 0,
        dryRun: ['All'],
      },
    ],
    [
      'evict',
      () => client.evict(WEB, { preconditions: { uid: 'u' } }),
      `POST ${POD}/eviction`,
      {},
      {},
      { ...eviction, deleteOptions: { ...deleted, preconditions: { uid: 'u' } } },
    ],
    ['getScale', () => client.getScale(deployments, WEB), `GET ${SHOP}/scale`, {}],
    [
      'setScale',
      () => client.setScale(deployments, WEB, 3, { resourceVersion: '7' }),
      `PATCH ${SHOP}/scale`,
      manager,
      { 'content-type': 'application/merge-patch+json' },
      { metadata: { resourceVersion: '7' }, spec: { replicas: 3 } },
    ],
    [
      'a raw request',
      () => client.request({ method: 'GET', path: '/version', query: { timeout: '1s' } }),
      'GET /version',
      { timeout: '1s' },
    ],
  ];
  for (const [name, call, line, query, headers = {}, body] of cases) {
    await call();
    const last = seen.at(-1)!;
    t.equal(`${last.method} ${last.path}`, line, name);
    t.same(last.query, query, `${name}: query`);
    t.match(last.headers, headers, `${name}: headers`);
    if (body) t.same(last.body, body, `${name}: body`);
  }
});

t.test('the user agent names the component on every kind of request', async (t) => {
  const { client, seen } = await setup(
    t,
    (_, response) => response.end('{"kind":"PodList","metadata":{},"items":[]}'),
    {
      userAgent: userAgentOf('janitor', '1.2.3'),
    },
  );
  await client.get(pods, WEB);
  await client.list(pods);
  await client.watch(pods).then((watch) => {
    watch.close();
  });
  await client.request({ method: 'GET', path: '/version' });
  t.same(
    seen.map(({ headers }) => headers['user-agent']),
    Array(4).fill('kube-steward-janitor/1.2.3'),
  );
});

t.test('a patch whose reply nobody wants brings nothing, even if the reply is no JSON', async (t) => {
  const { client } = await setup(t, (_, response) => response.end('x'.repeat(100_000)));
  const reply: unknown = await client.patch<unknown>(pods, WEB, { type: 'merge', body: {}, discardReply: true });
  t.equal(reply, undefined);
  await t.rejects(client.patch(pods, WEB, { type: 'merge', body: {} }), { code: 'InvalidResponse' });
});

t.test('an eviction a budget forbids is told at once, not tried again', async (t) => {
  const details = { causes: [{ reason: 'DisruptionBudget' }] };
  const { client, seen } = await setup(t, (_, response) => {
    response.setHeader('Retry-After', '10');
    fail(response, 429, 'TooManyRequests', { details });
  });
  const error = await client.evict(WEB).catch((error: unknown) => error);
  t.ok(isDisruptionBudget(error));
  t.match(error, { retryAfterMs: 10_000 });
  t.equal(seen.length, 1);
});

/** Pages of two of the names, as a server cuts them. */
const pagesOf =
  (names: readonly string[]): Answer =>
  ({ query, headers }, response) => {
    const from = Number(query['continue'] ?? 0);
    const to = query['limit'] === undefined ? names.length : from + 2;
    const items = names.slice(from, to).map((name) => ({ metadata: { name, managedFields: [{ manager: 'x' }] } }));
    const more = to < names.length ? { continue: String(to), remainingItemCount: names.length - to } : {};
    const kind = headers.accept?.startsWith(METADATA_LIST) ? 'PartialObjectMetadataList' : 'DeploymentList';
    response.end(JSON.stringify({ kind, apiVersion: 'apps/v1', metadata: { resourceVersion: '42', ...more }, items }));
  };

t.test('a list comes page by page, its items with apiVersion and kind, without managedFields', async (t) => {
  const { client, seen } = await setup(t, pagesOf(['a', 'b', 'c', 'd', 'e']));
  const got: unknown[] = [];
  const options = { namespace: 'web', labelSelector: 'app=shop', fieldSelector: 'metadata.name!=x', limit: 2 };
  for await (const page of client.listPages(deployments, {
    ...options,
    resourceVersion: '7',
    resourceVersionMatch: 'NotOlderThan',
  })) {
    got.push(page);
    t.equal(seen.length, got.length, 'no page is asked for before the last was taken');
  }
  const item = (name: string): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } });
  t.same(got, [
    { items: [item('a'), item('b')], resourceVersion: '42', continue: '2', remainingItemCount: 3 },
    { items: [item('c'), item('d')], resourceVersion: '42', continue: '4', remainingItemCount: 1 },
    { items: [item('e')], resourceVersion: '42' },
  ]);
  const same = { labelSelector: 'app=shop', fieldSelector: 'metadata.name!=x', limit: '2' };
  t.same(
    seen.map(({ query }) => query),
    [
      { ...same, resourceVersion: '7', resourceVersionMatch: 'NotOlderThan' },
      { ...same, continue: '2' },
      { ...same, continue: '4' },
    ],
  );
  t.equal(seen[0]!.path, '/apis/apps/v1/namespaces/web/deployments');
});

t.test('items are projected as they arrive, and dropped where the projection says so', async (t) => {
  const { client, seen } = await setup(t, pagesOf(['a', 'b', 'c']));
  const list = await client.list(deployments, {
    limit: 2,
    metadataOnly: true,
    project: (object: KubeObject) =>
      object.metadata.name === 'b' ? undefined : `${object.kind} ${object.metadata.name}`,
  });
  t.same(list, { items: ['Deployment a', 'Deployment c'], resourceVersion: '42' });
  t.equal(seen[0]!.headers.accept, `${METADATA_LIST},application/json`);
  const kept = await client.list(deployments, { limit: 0, keepManagedFields: true });
  t.same(kept.items[0]?.metadata.managedFields, [{ manager: 'x' }]);
  t.notOk('limit' in seen.at(-1)!.query, 'a limit of 0 is none');
  const rest = await client.list(deployments, { limit: 2, continue: '2' });
  t.equal(rest.items.length, 1, 'goes on where another left off');
});

t.test('a list whose page has expired starts over in one piece; by pages it is an error', async (t) => {
  const pages = pagesOf(['a', 'b', 'c']);
  const { client, seen } = await setup(t, (request, response) => {
    if (request.query['continue']) fail(response, 410, 'Expired');
    else pages(request, response);
  });
  t.equal((await client.list(deployments, { limit: 2 })).items.length, 3);
  t.same(
    seen.map(({ query }) => query['limit']),
    ['2', '2', undefined],
  );
  const read = async (): Promise<void> => {
    for await (const page of client.listPages(deployments, { limit: 2 })) t.equal(page.items.length, 2);
  };
  await t.rejects(read(), { code: 'Expired', status: 410 });
});

t.test('what is no list, or only half of one, is an error that names the request', async (t) => {
  const answers = ['<html>', '{"kind":"Status"}', '{"kind":"PodList","items":[{"metadata":{"name":"a"}},{"metad'];
  const { client } = await setup(t, (_, response) => response.end(answers.shift()));
  for (let i = 0; i < 3; i++) {
    await t.rejects(client.list(pods), {
      code: 'InvalidResponse',
      message: /^GET \/api\/v1\/pods: the answer is not a list: /,
    });
  }
});

const collect = async (client: Client, options = {}): Promise<WatchEvent[]> => {
  const events: WatchEvent[] = [];
  for await (const batch of (await client.watch(pods, options)).batches) events.push(...batch);
  return events;
};

t.test('a watch brings its events in order and ends when the server ends it', async (t) => {
  const lines = [
    { type: 'ADDED', object: { kind: 'Pod', metadata: { name: 'a', managedFields: [{}] } } },
    { type: 'MODIFIED', object: { kind: 'Pod', metadata: { name: 'a', labels: { name: 'größer' } } } },
    { type: 'DELETED', object: { kind: 'Pod', metadata: { name: 'a' } } },
    { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '9' } } },
    { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' } },
  ];
  const { client, seen } = await setup(t, (_, response) => {
    response.end(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"type":"ADDED","object":{"cut sho`);
  });
  const events = await collect(client, {
    namespace: 'web',
    resourceVersion: '7',
    timeoutSeconds: 300,
    labelSelector: 'a=b',
  });
  t.same(events.slice(0, 4), [
    { type: 'ADDED', object: { kind: 'Pod', metadata: { name: 'a' } } },
    ...lines.slice(1, 4),
  ]);
  t.match(events.slice(4), [
    { type: 'ERROR', error: { code: 'Expired', status: 410, message: /too old resource version/ } },
  ]);
  t.equal(seen[0]!.path, '/api/v1/namespaces/web/pods');
  t.same(seen[0]!.query, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '7',
    timeoutSeconds: '300',
    labelSelector: 'a=b',
  });
});

t.test('a watch waits for its headers as long as for events: proxies may hold them back until the first', async (t) => {
  const asked: KubeRequest[] = [];
  const refused = new KubeApiError('Network', 'refused');
  const transport: Transport = {
    send: () => Promise.reject(refused),
    stream: (request) => (asked.push(request), Promise.reject(refused)),
    close: () => undefined,
  };
  const client = createClient(transport);
  for (const options of [{ timeoutSeconds: 300 }, { idleTimeoutMs: 150_000 }, {}])
    await t.rejects(client.watch(pods, options), refused);
  const limits = asked.map(({ headerTimeoutMs, idleTimeoutMs }) => [headerTimeoutMs, idleTimeoutMs]);
  t.same(limits, [
    [315_000, 315_000],
    [150_000, 150_000],
    [120_000, 120_000],
  ]);
  t.ok(asked.every(({ longLived, maxRetries }) => longLived && maxRetries === 0));
});

t.test('a watch of metadata labels its objects with the real kind; a streamed list is asked for as such', async (t) => {
  const line = {
    type: 'ADDED',
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } },
  };
  const { client, seen } = await setup(t, (_, response) => response.end(`${JSON.stringify(line)}\n`));
  const options = { metadataOnly: true, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
  const events = await collect(client, options);
  t.same(events, [{ type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a' } } }]);
  t.equal(seen[0]!.headers.accept, `${METADATA},application/json`);
  t.match(seen[0]!.query, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' });
});

t.test('a watch that brings something else says so; 429 and 410 are thrown at once', async (t) => {
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.end('upstream went away\n'),
    (response) => response.end('{"type":"SURPRISE","object":{}}\n'),
    (response) => fail(response, 429, 'TooManyRequests'),
    (response) => fail(response, 410, 'Expired'),
  ];
  const { client, seen } = await setup(t, (_, response) => answers.shift()!(response));
  await t.rejects(collect(client), {
    code: 'InvalidResponse',
    message: /pods\?watch: not an event: upstream went away/,
  });
  await t.rejects(collect(client), { code: 'InvalidResponse', message: /unknown event type "SURPRISE"/ });
  await t.rejects(client.watch(pods), { code: 'TooManyRequests' });
  await t.rejects(client.watch(pods), { code: 'Expired' });
  t.equal(seen.length, 4, 'a watch is begun again by whoever follows it');
});

t.test('a read-only client reads, asks, and never sends a write', async (t) => {
  const { client, seen } = await setup(t, undefined, { readOnly: true });
  t.equal(client.readOnly, true);
  const writes: (() => Promise<unknown>)[] = [
    () => client.create(configMaps, { metadata: { name: 'a', namespace: 'web' } }),
    () => client.create(configMaps, { metadata: { name: 'a', namespace: 'web' } }, { dryRun: true }),
    () => client.patch(pods, WEB, { type: 'merge', body: {} }),
    () => client.delete(pods, WEB),
    () => client.evict(WEB),
    () => client.setScale(deployments, WEB, 0),
    () => client.request({ method: 'PUT', path: '/api/v1/namespaces/web/pods/shop' }),
    () => client.request({ method: 'GET', path: '/api/v1/namespaces/web/pods/shop/exec' }),
  ];
  for (const write of writes) await t.rejects(write(), { code: 'ReadOnly' });
  t.same(seen, []);
  await client.get(pods, WEB);
  await client.request({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: {} });
  t.equal(seen.length, 2);
});

t.test('a client bound to a namespace keeps its state there beside a read-only one', async (t) => {
  const { client, seen } = await setup(t, undefined, { writes: { namespace: 'kube-steward' } });
  t.equal(client.readOnly, false);
  await client.patch(configMaps, { namespace: 'kube-steward', name: 'state' }, { type: 'apply', body: {} });
  await t.rejects(client.patch(configMaps, WEB, { type: 'apply', body: {} }), { code: 'ReadOnly' });
  await t.rejects(client.delete(RESOURCES.namespaces, { name: 'kube-steward' }), { code: 'ReadOnly' });
  t.equal(seen.length, 1);
});
