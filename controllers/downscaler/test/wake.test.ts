import type { KubeObject, Unstructured } from '@kube-steward/kube';
import { cronJob, daemonSet, deployment, hpa, scaledObject, statefulSet } from '@kube-steward/sandbox';
import t from 'tap';
import { observeAll, type Observation } from '../src/observe.ts';
import { viewOfManifests } from '../src/view.ts';
import { wakeOf } from '../src/wake.ts';
import { custom } from './cycle.ts';
import { ownerOf, policy } from './decisions.ts';

const MORNING = '2026-11-20T06:30:00Z';
const NOW = '2026-11-20T06:35:00Z';
const LATE = '2026-11-20T06:40:00Z';
const OURS = 'kube-steward-downscaler-wake';
const ALL = policy([
  '--include-resources=deployments,statefulsets,cronjobs,horizontalpodautoscalers,scaledobjects,daemonsets,rollouts,clusters',
]);

const observed = (objects: readonly KubeObject[], name: string): Observation => {
  const found = [...observeAll(viewOfManifests(objects, ALL), ALL)].find(
    ({ workload: { reference } }) => `${reference.kind}/${reference.name}` === name,
  );
  if (!found) throw new Error(`${name} is not there`);
  return found;
};

/** `waking 1/3`, or `none`. */
const stateOf = (objects: readonly KubeObject[], at = NOW, since?: string): string => {
  const [{ kind = '', metadata } = { metadata: { name: '' } }] = objects;
  const o = observed(objects, `${kind}/${metadata.name}`);
  const wake = wakeOf(o, ALL, Date.parse(at), since === undefined ? undefined : Date.parse(since));
  return wake ? `${wake.state} ${wake.pods.ready}/${wake.pods.wanted}` : 'none';
};

interface Woken {
  readonly ready?: number;
  readonly generation?: number;
  readonly observed?: number | string;
  readonly deployed?: string;
  readonly annotations?: Record<string, string>;
}

/** A workload that we brought back in the morning. */
const woken = (
  object: Unstructured,
  { ready, generation = 2, observed = 2, deployed, annotations }: Woken = {},
): Unstructured => ({
  ...object,
  metadata: {
    ...object.metadata,
    generation,
    ...(annotations && { annotations }),
    managedFields: [
      ownerOf('/spec/replicas', OURS, { time: MORNING }),
      ownerOf('/spec/template', 'kubectl', { time: deployed ?? '2026-11-01T00:00:00Z' }),
    ],
  },
  status: { observedGeneration: observed, ...(ready !== undefined && { readyReplicas: ready }) },
});
const web = deployment({ name: 'web', replicas: 3 });

t.test('how far a workload has come', (t) => {
  const rows: readonly (readonly [title: string, object: Unstructured, at: string, expected: string])[] = [
    ['none of its pods are ready', woken(web), NOW, 'waking 0/3'],
    ['some are', woken(web, { ready: 2 }), NOW, 'waking 2/3'],
    ['all are', woken(web, { ready: 3 }), NOW, 'back 3/3'],
    ['more than enough are', woken(web, { ready: 4 }), NOW, 'back 4/3'],
    ['what is ready is of an earlier state', woken(web, { ready: 3, observed: 1 }), NOW, 'waking 0/3'],
    ['a status of its own that is a text (Argo Rollouts)', woken(web, { ready: 3, observed: '2' }), NOW, 'back 3/3'],
    ['the last moment', woken(web, { ready: 2 }), '2026-11-20T06:39:59Z', 'waking 2/3'],
    ['late', woken(web, { ready: 2 }), LATE, 'overdue 2/3'],
    ['back, if late', woken(web, { ready: 3 }), LATE, 'back 3/3'],
    ['asleep', woken(web, { annotations: { 'downscaler/original-replicas': '3' } }), NOW, 'none'],
    ['deployed since', woken(web, { deployed: '2026-11-20T06:31:00Z' }), NOW, 'none'],
    ['woken long ago', woken(web), '2026-11-21T06:30:01Z', 'none'],
    ['never woken by us', { ...web, status: {} }, NOW, 'none'],
    ['an ordered set', woken(statefulSet({ name: 'db', replicas: 2 }), { ready: 1 }), NOW, 'waking 1/2'],
  ];
  for (const [title, object, at, expected] of rows) t.equal(stateOf([object], at), expected, title);
  t.end();
});

t.test('where a size that is taken away leaves no trace, the schedule tells when it was woken', (t) => {
  const UPTIME = 'Mon-Fri 07:30-20:30 Europe/Berlin';
  const agent = ({ uptime = UPTIME, born = '2026-01-01T00:00:00Z', ready = 3 } = {}): Unstructured => ({
    ...daemonSet({ name: 'agent', annotations: { 'downscaler/uptime': uptime }, creationTimestamp: born }),
    status: { desiredNumberScheduled: 4, numberReady: ready },
  });
  const rows: readonly (readonly [title: string, object: Unstructured, at: string, expected: string])[] = [
    ['not ready', agent(), NOW, 'waking 3/4'],
    ['ready', agent({ ready: 4 }), NOW, 'back 4/4'],
    ['late', agent(), LATE, 'overdue 3/4'],
    ['at night', agent(), '2026-11-20T05:00:00Z', 'none'],
    ['it has not slept since it was made', agent({ born: MORNING.replace('30', '31') }), NOW, 'none'],
    ['it never sleeps', agent({ uptime: 'always' }), NOW, 'none'],
  ];
  for (const [title, object, at, expected] of rows) t.equal(stateOf([object], at), expected, title);
  t.end();
});

t.test('where the object keeps no trace, the moment is given', (t) => {
  for (const [title, objects, expected] of [
    ['a kind without pods of its own is back when its size is', [cronJob({ name: 'report' })], 'back 0/0'],
    [
      'a DaemonSet says how many there should be',
      [custom('apps/v1', 'DaemonSet', {}), { status: { desiredNumberScheduled: 4, numberReady: 3 } }],
      'waking 3/4',
    ],
    [
      'so does a database',
      [custom('postgresql.cnpg.io/v1', 'Cluster', { instances: 3 }), { status: { readyInstances: 1 } }],
      'waking 1/3',
    ],
    [
      'an autoscaler is as far as what it scales',
      [hpa({ name: 'web', minReplicas: 3 }), {}, { ...web, status: { readyReplicas: 2 } }],
      'waking 2/3',
    ],
    [
      'and wants as many as it keeps at least',
      [hpa({ name: 'web', minReplicas: 5 }), {}, { ...web, status: { readyReplicas: 3 } }],
      'waking 3/5',
    ],
    ['without a target it is back', [hpa({ name: 'web', minReplicas: 3 })], 'back 0/0'],
    [
      'a ScaledObject that keeps one at least',
      [scaledObject({ name: 'web', minReplicaCount: 1 }), {}, deployment({ name: 'web', replicas: 0 })],
      'waking 0/1',
    ],
    [
      'one that may keep none',
      [scaledObject({ name: 'web', minReplicaCount: 0 }), {}, deployment({ name: 'web', replicas: 0 })],
      'back 0/0',
    ],
  ] as const) {
    const [object, more = {}, ...others] = objects as readonly Unstructured[];
    t.equal(stateOf([{ ...object, ...more } as Unstructured, ...others], NOW, MORNING), expected, title);
  }
  t.end();
});
