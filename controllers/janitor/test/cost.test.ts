import type { KubeObject } from '@kube-steward/kube';
import t from 'tap';
import { annotated, decisionsIn, object } from './decisions.ts';

const pods = (cpu: string, memory: string) => ({
  containers: [{ name: 'app', resources: { requests: { cpu, memory } } }],
});
const template = (cpu: string, memory: string, rest: object = {}) => ({
  spec: { ...rest, template: { spec: pods(cpu, memory) } },
});
const claim = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
const PROTECTED = { protect: 'true', ttl: '30m' };
const kept = (...objects: readonly [KubeObject, ...KubeObject[]]): string => {
  const [{ kind, metadata }] = objects;
  const found = decisionsIn(objects).find(({ object: { kind: of, name } }) => of === kind && name === metadata.name);
  return `${found?.action}: ${found?.message}`;
};
const by = (of: Parameters<typeof annotated>[0], rest: object, metadata = {}): KubeObject => ({
  ...annotated(of, PROTECTED, metadata),
  ...rest,
});

t.test('what is kept although it is due says whom to ask, and what it costs', async (t) => {
  const rows: readonly [seen: KubeObject, cost: string][] = [
    [by('Deployment', template('500m', '1Gi', { replicas: 3 })), ': 1.5 vCPU and 3.0 GiB requested'],
    [by('Deployment', template('500m', '1Gi')), ': 0.5 vCPU and 1.0 GiB requested'],
    [by('Deployment', template('500m', '1Gi', { replicas: 0 })), ''],
    [by('Deployment', template('no', '1Gi')), ': 0 vCPU and 1.0 GiB requested'],
    [
      by('DaemonSet', { ...template('1', '1Gi'), status: { desiredNumberScheduled: 4 } }),
      ': 4 vCPU and 4.0 GiB requested',
    ],
    [by('Pod', { spec: pods('1', '1Gi') }), ': 1 vCPU and 1.0 GiB requested'],
    [by('Pod', { spec: pods('1', '1Gi'), status: { phase: 'Succeeded' } }), ''],
    [by('PersistentVolumeClaim', claim('20Gi')), ': 20.0 GiB claimed'],
    [by('PersistentVolumeClaim', claim('much')), ''],
    [by('PersistentVolumeClaim', { ...claim('20Gi'), status: { capacity: { storage: '1Ti' } } }), ': 1.0 TiB claimed'],
    [by('ConfigMap', {}), ''],
  ];
  for (const [seen, cost] of rows)
    t.equal(kept(seen), `blocked: janitor/protect keeps it${cost}`, JSON.stringify(seen));
  const teams = by('PersistentVolumeClaim', claim('20Gi'), { labels: { team: 'shop' } });
  t.equal(kept(teams), 'blocked: janitor/protect keeps it (team=shop): 20.0 GiB claimed');
});

t.test('a namespace costs all that is in it, and what has an owner once', async (t) => {
  const namespace = annotated('Namespace', { ttl: '30m' }, { name: 'shop' });
  const owner = {
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-1', controller: true }],
  };
  const inside = [
    annotated('ConfigMap', { protect: 'true' }, { name: 'evidence' }),
    object('Deployment', {}, template('500m', '1Gi', { replicas: 2 })),
    object('Pod', { name: 'web-1', ...owner }, { spec: pods('500m', '1Gi') }),
    object('PersistentVolumeClaim', { name: 'data' }, claim('20Gi')),
    object('PersistentVolumeClaim', { name: 'data', namespace: 'other' }, claim('5Gi')),
  ];
  t.equal(
    kept(namespace, ...inside),
    'blocked: it holds what is protected: ConfigMap/evidence: 1 vCPU and 2.0 GiB requested, 20.0 GiB claimed',
  );
});

t.test('what is not due yet is kept by nobody', async (t) => {
  t.equal(
    kept({ ...annotated('Pod', { protect: 'true' }), spec: pods('1', '1Gi') } as KubeObject),
    'none: janitor/protect keeps it',
  );
});
