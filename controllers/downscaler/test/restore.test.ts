import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTerminal, runCommand } from '@kube-steward/cli';
import { RESOURCES, getPointer, type Resource, type Unstructured } from '@kube-steward/kube';
import {
  ROLLOUT_CRD,
  createCluster,
  cronJob,
  daemonSet,
  deployment,
  hpa,
  namespace,
  pdb,
  rollout,
  startSandbox,
  statefulSet,
  type Sandbox,
} from '@kube-steward/sandbox';
import { VirtualClock, formatTimestamp, systemClock } from '@kube-steward/schedule';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { WORDS } from '../src/restore-command.ts';
import { createStage, type Stage } from './controller-stage.ts';
import { ownerOf } from './decisions.ts';

const { deployments, leases } = RESOURCES;

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `downscaler restore …`, as whoever is asked for. */
const restore = async (t: Test, sandbox: Sandbox, ...argv: string[]): Promise<Answer> => {
  const KUBECONFIG = join(t.testdir({}), 'kubeconfig');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig('restorer'));
  const written = { out: '', err: '' };
  const terminal = createTerminal({
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
    env: {},
  });
  const code = await runCommand(WORDS, { argv: ['restore', ...argv], env: { KUBECONFIG }, terminal });
  return { code, ...written };
};

const at = (name: string, annotations: Record<string, string> = {}) => ({ namespace: 'shop', name, annotations });
const original = (text: string): Record<string, string> => ({ 'downscaler/original-replicas': text });

/** Asleep, as each tool leaves things, and what they were before. */
const ASLEEP: readonly (readonly [asleep: Unstructured, path: string, was: unknown])[] = [
  [deployment({ ...at('web', original('3')), replicas: 0 }), '/spec/replicas', 3],
  [deployment({ ...at('some', original('5')), replicas: 1 }), '/spec/replicas', 5],
  [deployment({ ...at('raised', original('2')), replicas: 4 }), '/spec/replicas', 4],
  [statefulSet({ ...at('db', original('2')), replicas: 0 }), '/spec/replicas', 2],
  [rollout({ ...at('roll', original('3')), replicas: 0 }), '/spec/replicas', 3],
  [cronJob({ ...at('py', original('1')), suspend: true }), '/spec/suspend', false],
  [cronJob({ ...at('go', original('false')), suspend: true }), '/spec/suspend', false],
  [cronJob({ ...at('meant', original('true')), suspend: true }), '/spec/suspend', true],
  [
    daemonSet({ ...at('py', original('1')), nodeSelector: { 'kube-downscaler-non-existent': 'true' } }),
    '/spec/template/spec/nodeSelector/kube-downscaler-non-existent',
    undefined,
  ],
  [
    daemonSet({ ...at('go', original('false')), nodeSelector: { 'downscaler/match-none': 'true' } }),
    '/spec/template/spec/nodeSelector/downscaler~1match-none',
    undefined,
  ],
  [hpa({ ...at('web', original('2')), minReplicas: 1, target: 'web' }), '/spec/minReplicas', 2],
  [
    pdb({ ...at('web', { ...original('2'), 'downscaler/original-bound': 'minAvailable' }), minAvailable: 0 }),
    '/spec/minAvailable',
    2,
  ],
  [deployment({ ...at('awake'), replicas: 2 }), '/spec/replicas', 2],
  [deployment({ ...at('off'), replicas: 0 }), '/spec/replicas', 0],
  [deployment({ ...at('dns', original('2')), namespace: 'kube-system', replicas: 0 }), '/spec/replicas', 2],
  [
    deployment({ ...at('alone', { ...original('2'), 'downscaler/exclude': 'true' }), replicas: 0 }),
    '/spec/replicas',
    2,
  ],
];
const SLEEPERS = ASLEEP.filter(
  ([{ metadata }]) => metadata.annotations?.['downscaler/original-replicas'] !== undefined,
);
const NAMESPACES = ['shop', 'kube-system', 'lab'].map((name) => namespace({ name }));

const begin = async (t: Test, objects: readonly Unstructured[] = ASLEEP.map(([object]) => object)) => {
  const cluster = createCluster({ clock: new VirtualClock('2026-11-19T21:00:00Z') });
  cluster.load([ROLLOUT_CRD, ...NAMESPACES, ...objects]);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  return { cluster, sandbox, restore: (...argv: string[]) => restore(t, sandbox, ...argv) };
};
type Cluster = Awaited<ReturnType<typeof begin>>['cluster'];

const live = (cluster: Cluster, { kind, apiVersion, metadata }: Unstructured): Unstructured | undefined => {
  const [group, version] = apiVersion?.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', 'v1'];
  const resource: Resource = {
    group,
    version,
    plural: `${String(kind).toLowerCase()}s`,
    kind: String(kind),
    namespaced: true,
  };
  return cluster.get(resource, { namespace: metadata.namespace ?? '', name: metadata.name });
};

const expectAwake = (t: Test, cluster: Cluster): void => {
  for (const [object, path, was] of ASLEEP) {
    const now = live(cluster, object);
    t.equal(getPointer(now, path), was, `${String(object.kind)}/${object.metadata.name}`);
    const left = Object.keys(now?.metadata.annotations ?? {}).filter((key) => key.startsWith('downscaler/original'));
    t.same(left, [], `${object.metadata.name} carries nothing any more`);
  }
};

t.test(
  'everything that carries an original is brought back: every kind, every tool, whoever excluded it',
  async (t) => {
    const { cluster, sandbox, restore } = await begin(t);
    const answer = await restore('--all');
    t.equal(answer.code, 0, answer.err);
    t.match(answer.out, `${SLEEPERS.length} brought back.`);
    t.match(answer.out, 'Deployment shop/web: 0 -> 3');
    t.match(answer.out, 'Deployment shop/raised: was back already');
    expectAwake(t, cluster);
    t.equal(sandbox.requests.mutating().length, SLEEPERS.length, 'one patch each');
    const again = await restore('--all');
    t.match(again, { code: 0, out: 'Nothing sleeps: there is nothing to bring back.\n', err: '' });
    t.equal(sandbox.requests.mutating().length, SLEEPERS.length, 'and the second time nothing');
  },
);

t.test('a dry run shows it and changes nothing; without --all nothing is done', async (t) => {
  const { sandbox, restore } = await begin(t);
  t.match(await restore('--all', '--dry-run'), {
    code: 0,
    out: /\+ +Deployment\/web +0 -> 3 +brought back to what it was/,
  });
  t.match(await restore(), { code: 64, err: /--all is missing/ });
  t.match(await restore('--all', '--annotation-prefix'), { code: 64 });
  t.same(sandbox.requests.mutating(), []);
});

t.test('in one namespace alone', async (t) => {
  const { cluster, restore } = await begin(t);
  t.match(await restore('--all', '-n', 'kube-system'), {
    code: 0,
    out: /^Deployment kube-system\/dns: 0 -> 2\n1 brought back\.\n$/,
  });
  t.equal(getPointer(cluster.get(deployments, { namespace: 'shop', name: 'web' }), '/spec/replicas'), 0);
});

t.test('a conflict is read again and decided again', async (t) => {
  const { cluster, sandbox, restore } = await begin(t);
  let edits = 0;
  sandbox.requests.subscribe(({ verb, resource }) => {
    if (verb !== 'list' || resource !== 'deployments' || edits > 0) return;
    edits += 1;
    for (const name of ['web', 'some', 'raised'])
      cluster.patch(deployments, name, {
        type: 'merge',
        body: { metadata: { labels: { a: 'b' } } },
        namespace: 'shop',
      });
    cluster.patch(deployments, 'alone', { type: 'merge', body: { spec: { replicas: 9 } }, namespace: 'shop' });
  });
  const answer = await restore('--all');
  t.equal(answer.code, 0, answer.err);
  t.ok(
    sandbox.requests.mutating().some(({ code }) => code === 409),
    'there were conflicts',
  );
  t.equal(getPointer(cluster.get(deployments, { namespace: 'shop', name: 'web' }), '/spec/replicas'), 3);
  t.equal(
    getPointer(cluster.get(deployments, { namespace: 'shop', name: 'alone' }), '/spec/replicas'),
    9,
    'a size above the original stays',
  );
});

t.test('what fails is named, and the rest is brought back; the next time it is the only one left', async (t) => {
  const bad = deployment({ ...at('bad', original('three')), replicas: 0 });
  const { sandbox, restore } = await begin(t, [...ASLEEP.map(([object]) => object), bad]);
  const fault = sandbox.faults.add({
    match: { verbs: ['patch'], resources: ['statefulsets'] },
    effect: { kind: 'status', code: 403, message: 'not you' },
  });
  const answer = await restore('--all');
  t.equal(answer.code, 1);
  t.match(answer.err, /error: StatefulSet shop\/db: .*not you/);
  t.match(answer.err, /error: Deployment shop\/bad: downscaler\/original-replicas: "three" is no size of a Deployment/);
  t.match(answer.out, `${SLEEPERS.length - 1} brought back, 2 failed.`);
  fault.remove();
  t.match(await restore('--all'), { code: 1, out: 'StatefulSet shop/db: 0 -> 2\n1 brought back, 1 failed.\n' });
});

t.test('a kind that may not be read: a notice, or an error where it is put to sleep here', async (t) => {
  const { sandbox, restore } = await begin(t);
  sandbox.faults.add({ match: { resources: ['statefulsets'] }, effect: { kind: 'status', code: 403 } });
  t.match(await restore('--all'), { code: 0, err: /notice: statefulsets were not looked at/ });
  t.match(await restore('--all', '--include-resources=deployments,statefulsets'), {
    code: 1,
    err: /error: statefulsets were not looked at/,
  });
});

t.test('says loudly when a downscaler still runs, since it would undo it all', async (t) => {
  const { cluster, sandbox, restore } = await begin(t);
  t.notMatch((await restore('--all', '--dry-run')).err, 'STILL RUNS');
  const hold = (renewed: number): void => {
    const spec = {
      holderIdentity: 'downscaler-0_x',
      leaseDurationSeconds: 15,
      renewTime: formatTimestamp(renewed).replace('Z', '.000000Z'),
    };
    const metadata = { name: 'kube-steward-downscaler', namespace: 'lab' };
    if (cluster.get(leases, metadata)) cluster.delete(leases, metadata.name, { namespace: 'lab' });
    cluster.create(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
  };
  hold(systemClock.now() - 60_000);
  t.notMatch((await restore('--all', '--dry-run')).err, 'STILL RUNS', 'a lease that has expired is nobody’s');
  hold(systemClock.now());
  t.match(
    (await restore('--all', '--dry-run')).err,
    /warning: THE DOWNSCALER STILL RUNS \(downscaler-0_x in namespace lab\)/,
  );
  sandbox.faults.add({ match: { resources: ['leases'] }, effect: { kind: 'status', code: 403 } });
  t.match((await restore('--all', '--dry-run')).err, /whether the downscaler still runs is not known/);
});

const NIGHT = { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' };
const SIZES: Readonly<Record<string, number>> = { web: 3, one: 1, off: 0, api: 5, db: 2, queue: 4 };
const NAMES = Object.keys(SIZES);

/** A night of partial sweeps, kills and edits by hand. */
interface Step {
  readonly killAfter: number;
  readonly edits: readonly { readonly name: string; readonly replicas: number }[];
  readonly passMs: number;
}

const replicasOf = (stage: Stage, name: string): number => stage.size(name) as number;
const originalOf = (stage: Stage, name: string): string | undefined =>
  stage.get(deployments, name)?.metadata.annotations?.['downscaler/original-replicas'];

/** What everything should be in the end: what people last wanted. */
const liveThrough = async (stage: Stage, steps: readonly Step[]): Promise<Record<string, number>> => {
  const wanted: Record<string, number> = { ...SIZES };
  for (const { killAfter, edits, passMs } of steps) {
    const actor = await stage.start(['--grace-period=0', '--concurrency=1']);
    let answered = 0;
    const stop = stage.sandbox.requests.subscribe(({ user }) => {
      if (user !== actor.user || ++answered !== killAfter) return;
      actor.kill();
    });
    await stage.pass(passMs);
    for (const { name, replicas } of edits) {
      if (originalOf(stage, name) === undefined) wanted[name] = replicas;
      stage.edit(deployments, name, { spec: { replicas } });
    }
    await stage.pass(1000);
    stop();
    if (answered < killAfter) actor.kill();
  }
  for (const name of NAMES)
    if (originalOf(stage, name) !== undefined) wanted[name] = Math.max(wanted[name] ?? 0, replicasOf(stage, name));
  return wanted;
};

const step: fc.Arbitrary<Step> = fc.record({
  killAfter: fc.integer({ min: 1, max: 60 }),
  edits: fc.array(fc.record({ name: fc.constantFrom(...NAMES), replicas: fc.integer({ min: 0, max: 6 }) }), {
    maxLength: 4,
  }),
  passMs: fc.constantFrom(0, 2000, 70_000),
});

t.test('after any partial sweeps, kills and edits by hand everything is what people wanted', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
      const stage = await createStage({
        at: '2026-11-19T20:00:05Z',
        objects: [
          namespace({ name: 'shop', annotations: NIGHT }),
          ...NAMES.map((name) =>
            deployment({
              namespace: 'shop',
              name,
              replicas: SIZES[name] ?? 0,
              metadata: { managedFields: [ownerOf('/spec/replicas', 'helm')] },
            }),
          ),
        ],
      });
      try {
        const wanted = await liveThrough(stage, steps);
        const { code, err } = await restore(t, stage.sandbox, '--all');
        if (code !== 0) throw new Error(err);
        const sizes = Object.fromEntries(NAMES.map((name) => [name, replicasOf(stage, name)]));
        const left = NAMES.filter((name) => originalOf(stage, name) !== undefined);
        return JSON.stringify(sizes) === JSON.stringify(wanted) && left.length === 0;
      } finally {
        await stage.close();
      }
    }),
    { seed: 20261119, numRuns: 25 },
  );
});
