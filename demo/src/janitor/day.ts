import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { customObject, deployment, namespace, pod, type Cluster } from '@kube-steward/sandbox';
import type { Clock } from '@kube-steward/schedule';

/** The day, as people in Berlin have it. */
export const START = Date.parse('2026-11-20T08:00:00+01:00');
export const END = Date.parse('2026-11-20T22:00:00+01:00');
const OLD = '2026-10-01T07:00:00Z';
const MORNING = '2026-11-20T07:00:00Z';

/** More than fifty, and nearly all there are. */
const SETTINGS = 60;

/** The options of the janitor, beside the config file. */
export const ARGUMENTS: readonly string[] = [
  '--include-resources=namespaces,deployments,configmaps,persistentvolumeclaims',
  '--delete-notification=1h',
  '--no-leader-elect',
];

/** Its rules. The last one is a mistake. */
export const CONFIG = `janitor:
  rules:
    - { id: unlabelled, resources: [deployments], jmespath: "!(metadata.labels.team)", ttl: 4h }
    - id: unused-volumes
      resources: [persistentvolumeclaims]
      jmespath: _context.pvc_is_not_referenced
      ttl: 12h
      since: firstMatched
    - { id: orphans, resources: [configmaps], jmespath: "!(metadata.labels.app)", ttl: 1h }
`;

const preview = (name: string, annotations: Record<string, string>): Unstructured =>
  namespace({ name, creationTimestamp: MORNING, annotations });

const settings = (name: string, where: string, annotations: Record<string, string> = {}): Unstructured => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: where, creationTimestamp: OLD, annotations },
});

const claim = (name: string): Unstructured =>
  customObject({
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'lab', name, creationTimestamp: OLD },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '50Gi' } } },
  });

const mounting = (name: string, claimName: string): Unstructured => {
  const made = pod({ namespace: 'lab', name, creationTimestamp: OLD });
  return { ...made, spec: { ...made.spec, volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] } };
};

const inLab = { namespace: 'lab', replicas: 1, creationTimestamp: MORNING };

/** What is there in the morning. */
export const objects = (): Unstructured[] => [
  namespace({ name: 'kube-steward' }),
  ...['lab', 'payments'].map((name) => namespace({ name, creationTimestamp: OLD })),
  preview('pr-41', { 'janitor/ttl': '8h' }),
  preview('pr-42', { 'janitor/ttl': '10h' }),
  preview('pr-43', { 'janitor/ttl': '6h' }),
  deployment({ namespace: 'pr-41', name: 'web', replicas: 2, labels: { team: 'shop' }, creationTimestamp: MORNING }),
  settings('recordings', 'pr-43', { 'janitor/protect': 'true' }),
  deployment({ ...inLab, name: 'experiment' }),
  deployment({ ...inLab, name: 'api', labels: { team: 'research' } }),
  claim('scratch'),
  claim('results'),
  mounting('batch', 'scratch'),
  mounting('notebook', 'results'),
  ...Array.from({ length: SETTINGS }, (_, index) => settings(`settings-${index}`, 'payments')),
];

/** What somebody does during the day, and when. */
export interface Happening {
  readonly at: number;
  readonly told: string;
  run(cluster: Cluster): void;
}

export const HAPPENINGS: readonly Happening[] = [
  {
    at: Date.parse('2026-11-20T09:30:00+01:00'),
    told: 'pod lab/batch is done and deleted: nobody uses its volume claim scratch any more',
    run: (cluster) => void cluster.delete(RESOURCES.pods, 'batch', { namespace: 'lab', gracePeriodSeconds: 0 }),
  },
  {
    at: Date.parse('2026-11-20T17:20:00+01:00'),
    told: 'somebody has read the notice and still needs it: kubectl annotate --overwrite ns pr-42 janitor/ttl=3d',
    run: (cluster) => {
      const body = { metadata: { annotations: { 'janitor/ttl': '3d' } } };
      cluster.patch(RESOURCES.namespaces, 'pr-42', { type: 'merge', body, fieldManager: 'kubectl-annotate' });
    },
  },
];

/** What has to go in this day, and when: a second after its deadline at the latest. */
export const DUE: readonly { readonly title: string; readonly at: number }[] = [
  { title: 'Deployment lab/experiment', at: Date.parse('2026-11-20T12:00:00+01:00') },
  { title: 'Namespace pr-41', at: Date.parse('2026-11-20T16:00:00+01:00') },
  { title: 'PersistentVolumeClaim lab/scratch', at: Date.parse('2026-11-20T21:30:00+01:00') },
];

/** When somebody's deadline was that is held, or has been moved by then. */
export const HELD_AT: readonly number[] = [
  '2026-11-20T09:00:00+01:00',
  '2026-11-20T14:00:00+01:00',
  '2026-11-20T18:00:00+01:00',
].map((time) => Date.parse(time));

/** The kinds it looks at. */
export const KINDS: readonly Resource[] = [
  RESOURCES.namespaces,
  RESOURCES.deployments,
  RESOURCES.configMaps,
  RESOURCES.persistentVolumeClaims,
];

/** Lets it happen when its time has come. */
export const playHappenings = (cluster: Cluster, clock: Clock, tell: (happening: Happening) => void): void => {
  for (const happening of HAPPENINGS)
    clock.setTimer(happening.at - clock.now(), () => {
      tell(happening);
      happening.run(cluster);
    });
};
