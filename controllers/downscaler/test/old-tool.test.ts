import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { oldToolOf } from '../src/old-tool.ts';
import { createStage } from './controller-stage.ts';
import { eventsOn } from './stage-events.ts';

const OLD = '2026-01-01T00:00:00Z';
const NIGHT = '2026-11-19T20:10:00Z';

interface Shape {
  readonly name?: string;
  readonly labels?: Record<string, string>;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly replicas?: number;
  readonly ready?: number;
}

const running = ({ name = 'main', labels = {}, image = 'nginx', args = [], replicas = 1, ready }: Shape) =>
  ({
    ...deployment({ name, namespace: 'tools', creationTimestamp: OLD, labels }),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image, args }] },
      },
    },
    status: ready === undefined ? undefined : { readyReplicas: ready },
  }) as unknown as KubeObject;

t.test('the Deployment of an old tool is told by its image, its name or its label', (t) => {
  const rows: readonly (readonly [Shape, string])[] = [
    [{ image: 'ghcr.io/caas-team/py-kube-downscaler:26.4.0' }, 'py acts'],
    [{ image: 'registry:5000/hjacobs/kube-downscaler@sha256:abc' }, 'py acts'],
    [{ image: 'ghcr.io/caas-team/gokubedownscaler:1.3.4' }, 'go acts'],
    [{ image: 'kubegreen/kube-green:0.7.1' }, 'kube-green acts'],
    [{ name: 'py-kube-downscaler' }, 'py acts'],
    [{ name: 'kube-green-controller-manager' }, 'kube-green acts'],
    [{ labels: { 'app.kubernetes.io/name': 'go-kube-downscaler' } }, 'go acts'],
    [{ name: 'kube-downscaler', ready: 1 }, 'py acts'],
    [{ name: 'kube-downscaler', ready: 0 }, 'py'],
    [{ name: 'kube-downscaler', replicas: 0 }, 'py'],
    [{ name: 'kube-downscaler', args: ['--interval=30', '--dry-run'] }, 'py'],
    [{ image: 'kube-steward-downscaler:1' }, ''],
    [{ name: 'kube-downscaler', labels: { 'app.kubernetes.io/part-of': 'kube-steward' } }, ''],
    [{ name: 'my-kube-downscaler-ui' }, ''],
    [{}, ''],
  ];
  for (const [shape, expected] of rows) {
    const found = oldToolOf(running(shape));
    t.equal([found?.tool, found?.acts ? 'acts' : undefined].filter(Boolean).join(' '), expected, JSON.stringify(shape));
  }
  t.end();
});

const SHOP = [
  namespace({ name: 'tools' }),
  namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' } }),
  namespace({ name: 'typo', annotations: { 'downscaler/uptme': 'always' } }),
  deployment({ namespace: 'shop', name: 'web', replicas: 3, creationTimestamp: OLD }),
];

t.test('nothing is changed while an old tool acts; once it is gone, what was held back is done', async (t) => {
  const tool = running({ name: 'kube-downscaler', ready: 1 });
  const stage = await createStage({ at: NIGHT, objects: [...SHOP, tool] as never });
  t.teardown(() => stage.close());
  const actor = await stage.start();
  await stage.settle();
  t.equal(stage.size('web'), 3);
  const warnings = actor.logs().filter(({ reason }) => reason === 'OldDownscalerRuns');
  t.match(warnings, [{ msg: /^tools\/kube-downscaler puts workloads to sleep as well: .*--ignore-old-downscaler$/ }]);
  t.match(eventsOn(stage, 'typo'), [{ reason: 'UnknownAnnotation' }], 'mistakes are told all the same');

  stage.cluster.delete(RESOURCES.deployments, 'kube-downscaler', { namespace: 'tools' });
  await stage.settle();
  await stage.pass(31_000);
  t.equal(stage.size('web'), 0);
});

t.test('while an old tool acts, /readyz says so; once it is stopped, it is ready', async (t) => {
  const tool = running({ name: 'kube-downscaler', ready: 1 });
  const stage = await createStage({ at: NIGHT, objects: [...SHOP, tool] as never });
  t.teardown(() => stage.close());
  const port = await freePort();
  await stage.start([`--health-port=${port}`, '--health-address=127.0.0.1']);
  await stage.settle();
  const readyz = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    return `${answer.status} ${await answer.text()}`;
  };
  t.match(await readyz(), /^500 .*\[-\]old-downscaler failed: tools\/kube-downscaler puts workloads to sleep as well/s);
  stage.cluster.patch(RESOURCES.deployments, 'kube-downscaler', {
    type: 'merge',
    namespace: 'tools',
    body: { spec: { replicas: 0 } },
  });
  await stage.settle();
  t.equal(await readyz(), '200 ok');
});

/** A port of the loopback that nobody listens on. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

t.test('a person may have both', async (t) => {
  const stage = await createStage({
    at: NIGHT,
    objects: [...SHOP, running({ name: 'kube-downscaler', ready: 1 })] as never,
  });
  t.teardown(() => stage.close());
  await stage.start(['--ignore-old-downscaler']);
  await stage.settle();
  t.equal(stage.size('web'), 0);
});
