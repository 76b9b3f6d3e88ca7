import type { Unstructured } from '@kube-steward/kube';
import { asRecord } from './json-path.ts';
import type { ServedKind } from './registry.ts';

type Fields = Readonly<Record<string, unknown>>;
type Defaulter = (value: Fields) => Fields;

/** Fills in the fields that are missing; the object itself when none is. */
const fill = (value: Fields, defaults: Fields): Fields => {
  let filled: Record<string, unknown> | undefined;
  for (const field in defaults) {
    if (value[field] !== undefined) continue;
    filled ??= { ...value };
    filled[field] = defaults[field];
  }
  return filled ?? value;
};

/** Defaults the object at a field; with `create`, one that is not there yet. */
const inside = (value: Fields, field: string, apply: Defaulter, create = false): Fields => {
  const inner = value[field];
  if (inner === undefined && !create) return value;
  const before = asRecord(inner);
  const after = apply(before);
  return after === before && inner !== undefined ? value : { ...value, [field]: after };
};

const each = (value: Fields, field: string, apply: Defaulter): Fields => {
  const items = value[field];
  if (!Array.isArray(items)) return value;
  const next = items.map((item) => apply(asRecord(item)));
  return next.every((item, index) => item === items[index]) ? value : { ...value, [field]: next };
};

const pipe =
  (...steps: readonly Defaulter[]): Defaulter =>
  (value) =>
    steps.reduce((result, step) => step(result), value);

const filled =
  (defaults: Fields): Defaulter =>
  (value) =>
    fill(value, defaults);

const port = filled({ protocol: 'TCP' });
const httpGet = filled({ path: '/', scheme: 'HTTP' });
const probe = pipe(
  filled({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  (value) => inside(value, 'httpGet', httpGet),
);

/** `latest`, said or meant, is pulled always. A digest is no tag. */
const pullPolicyOf = (image: unknown): string => {
  const name = (typeof image === 'string' ? image : '').split('/').at(-1) ?? '';
  if (name.includes('@')) return 'IfNotPresent';
  const tag = name.split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
};

const fieldRef: Defaulter = (value) =>
  inside(value, 'valueFrom', (from) => inside(from, 'fieldRef', filled({ apiVersion: 'v1' })));

const container = pipe(
  (value) =>
    fill(value, {
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: pullPolicyOf(value['image']),
    }),
  (value) => each(value, 'ports', port),
  (value) => each(value, 'env', fieldRef),
  (value) => ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce((v, name) => inside(v, name, probe), value),
);

const MODE = { defaultMode: 420 };
const volume: Defaulter = (value) => {
  if (Object.keys(value).every((field) => field === 'name')) return { ...value, emptyDir: {} };
  return ['secret', 'configMap', 'downwardAPI', 'projected'].reduce((v, name) => inside(v, name, filled(MODE)), value);
};

const podSpec = pipe(
  filled({
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  }),
  (value) => each(value, 'containers', container),
  (value) => each(value, 'initContainers', container),
  (value) => each(value, 'volumes', volume),
);

/** Templates that have all their defaults: most writes leave the template alone, and share it with the revision before. */
const COMPLETE_TEMPLATES = new WeakSet<object>();

const completeTemplate: Defaulter = (value) => {
  if (COMPLETE_TEMPLATES.has(value)) return value;
  const complete = inside(value['metadata'] === undefined ? { metadata: {}, ...value } : value, 'spec', podSpec, true);
  COMPLETE_TEMPLATES.add(complete);
  return complete;
};

const template: Defaulter = (value) => inside(value, 'template', completeTemplate);

/** Requests that are not given are the limits. */
const requestsFromLimits: Defaulter = (value) =>
  inside(value, 'resources', (resources) =>
    resources['limits'] ? inside(resources, 'requests', filled(asRecord(resources['limits'])), true) : resources,
  );

const rollingUpdate =
  (field: string, defaults: Fields): Defaulter =>
  (value) =>
    inside(
      value,
      field,
      (strategy) => {
        const typed = fill(strategy, { type: 'RollingUpdate' });
        return typed['type'] === 'RollingUpdate' ? inside(typed, 'rollingUpdate', filled(defaults), true) : typed;
      },
      true,
    );

const jobSpec = pipe(
  (value) =>
    value['completions'] === undefined && value['parallelism'] === undefined
      ? fill(value, { completions: 1, parallelism: 1 })
      : fill(value, { parallelism: 1 }),
  filled({
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    manualSelector: false,
  }),
  template,
);

const service = pipe(
  filled({ type: 'ClusterIP', sessionAffinity: 'None' }),
  (value) => (value['type'] === 'ExternalName' ? value : fill(value, { internalTrafficPolicy: 'Cluster' })),
  (value) => each(value, 'ports', (one) => fill(one, { protocol: 'TCP', targetPort: one['port'] })),
);

/** What the server fills into the spec of a kind, at every write. Kinds that are not named here have no defaults. */
const SPEC_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'apps/Deployment': pipe(
    filled({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    rollingUpdate('strategy', { maxUnavailable: '25%', maxSurge: '25%' }),
    template,
  ),
  'apps/StatefulSet': pipe(
    filled({
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
    rollingUpdate('updateStrategy', { partition: 0 }),
    template,
  ),
  'apps/DaemonSet': pipe(
    filled({ revisionHistoryLimit: 10 }),
    rollingUpdate('updateStrategy', { maxUnavailable: 1, maxSurge: 0 }),
    template,
  ),
  'apps/ReplicaSet': pipe(filled({ replicas: 1 }), template),
  '/ReplicationController': pipe(filled({ replicas: 1 }), template),
  '/Pod': pipe(
    podSpec,
    filled({ enableServiceLinks: true }),
    (value) => each(value, 'containers', requestsFromLimits),
    (value) => each(value, 'initContainers', requestsFromLimits),
  ),
  '/Service': service,
  '/PersistentVolume': filled({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  '/PersistentVolumeClaim': filled({ volumeMode: 'Filesystem' }),
  'storage.k8s.io/CSIDriver': filled({
    attachRequired: true,
    podInfoOnMount: false,
    volumeLifecycleModes: ['Persistent'],
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  }),
  'batch/Job': jobSpec,
  'batch/CronJob': pipe(
    filled({ concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }),
    (value) => inside(value, 'jobTemplate', (inner) => inside({ metadata: {}, ...inner }, 'spec', template, true)),
  ),
  'autoscaling/HorizontalPodAutoscaler': (value) =>
    fill(value, {
      minReplicas: 1,
      ...(value['targetCPUUtilizationPercentage'] === undefined
        ? {
            metrics: [
              { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
            ],
          }
        : {}),
    }),
};

/** What the server fills in beside the spec. */
const TOP_DEFAULTS: Readonly<Record<string, Fields>> = {
  '/Secret': { type: 'Opaque' },
  'scheduling.k8s.io/PriorityClass': { preemptionPolicy: 'PreemptLowerPriority' },
  'storage.k8s.io/StorageClass': { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

/** The object with the server's defaults filled in; the object itself when nothing was missing. */
export const withDefaults = (kind: ServedKind, object: Unstructured): Unstructured => {
  const key = `${kind.group}/${kind.kind}`;
  const defaults = kind.custom ? undefined : SPEC_DEFAULTS[key];
  if (key === '/Namespace') object = withNameLabel(object);
  const top = kind.custom ? undefined : TOP_DEFAULTS[key];
  if (top) return fill(object, top) as Unstructured;
  return defaults ? (inside(object, 'spec', defaults, true) as Unstructured) : object;
};

/** Every namespace carries its own name as a label. */
const withNameLabel = (object: Unstructured): Unstructured => {
  const { metadata } = object;
  if (!metadata.name || metadata.labels?.['kubernetes.io/metadata.name'] === metadata.name) return object;
  const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  return { ...object, metadata: { ...metadata, labels } };
};
