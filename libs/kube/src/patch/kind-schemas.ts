import type { FieldSchema } from './field-schema.ts';

type Fields = Readonly<Record<string, FieldSchema>>;

/** A list whose items merge by one key, whoever merges. */
const listBy = (key: string, fields: Fields = {}): FieldSchema => ({ mergeKey: key, listKeys: [key], fields });
/** An object with rules for some of its fields. */
const object = (fields: Fields): FieldSchema => ({ fields });
/** The same, for one the server always writes. */
const struct = (fields: Fields = {}): FieldSchema => ({ fields, present: true });
const ATOMIC: FieldSchema = { atomic: true };
const CONDITIONS = listBy('type');
/** References (`{name}`, `{name, key}`) change hands as a whole. */
const listOfReferences = (key: string): FieldSchema => ({ mergeKey: key, listKeys: [key], atomicItems: true });
const KEY_REFERENCES = {
  configMapKeyRef: ATOMIC,
  secretKeyRef: ATOMIC,
  fieldRef: ATOMIC,
  resourceFieldRef: ATOMIC,
  fileKeyRef: ATOMIC,
};

const OBJECT_META = struct({
  ownerReferences: listOfReferences('uid'),
  finalizers: { mergeScalars: true, listSet: true },
});

const RESOURCES = object({ claims: { listKeys: ['name'] } });
const CLAIM_SPEC = struct({ selector: ATOMIC, dataSource: ATOMIC });

const CONTAINERS = listBy('name', {
  env: listBy('name', { valueFrom: object(KEY_REFERENCES) }),
  ports: { mergeKey: 'containerPort', listKeys: ['containerPort', 'protocol'], keyDefaults: { protocol: 'TCP' } },
  volumeMounts: listBy('mountPath'),
  volumeDevices: listBy('devicePath'),
  resources: RESOURCES,
});

const POD_SPEC_FIELDS: Fields = {
  containers: { ...CONTAINERS, present: true },
  initContainers: CONTAINERS,
  ephemeralContainers: CONTAINERS,
  volumes: listBy('name', {
    csi: object({ nodePublishSecretRef: ATOMIC }),
    ephemeral: object({ volumeClaimTemplate: object({ metadata: OBJECT_META, spec: CLAIM_SPEC }) }),
  }),
  resources: RESOURCES,
  imagePullSecrets: { ...listOfReferences('name'), keyDefaults: { name: '' } },
  hostAliases: listBy('ip'),
  schedulingGates: listBy('name'),
  resourceClaims: listBy('name'),
  topologySpreadConstraints: {
    mergeKey: 'topologyKey',
    listKeys: ['topologyKey', 'whenUnsatisfiable'],
    fields: { labelSelector: ATOMIC },
  },
  nodeSelector: ATOMIC,
  affinity: object({ nodeAffinity: object({ requiredDuringSchedulingIgnoredDuringExecution: ATOMIC }) }),
};

const POD_SPEC = struct(POD_SPEC_FIELDS);
const POD_TEMPLATE = struct({ metadata: OBJECT_META, spec: POD_SPEC });
/** `spec.selector` of a workload: a label selector. */
const SELECTOR = ATOMIC;

const JOB_SPEC_FIELDS: Fields = { template: POD_TEMPLATE, selector: SELECTOR };

/** Spec and status of each kind that has rules; every kind has those of its metadata. */
const KINDS: Readonly<Record<string, Fields>> = {
  'apps/Deployment': {
    spec: struct({ template: POD_TEMPLATE, strategy: struct(), selector: SELECTOR }),
    status: struct({ conditions: CONDITIONS }),
  },
  'apps/ReplicaSet': {
    spec: struct({ template: POD_TEMPLATE, selector: SELECTOR }),
    status: struct({ conditions: CONDITIONS }),
  },
  'apps/StatefulSet': {
    spec: struct({ template: POD_TEMPLATE, updateStrategy: struct(), selector: SELECTOR }),
    status: struct({ conditions: CONDITIONS }),
  },
  'apps/DaemonSet': {
    spec: struct({ template: POD_TEMPLATE, updateStrategy: struct(), selector: SELECTOR }),
    status: struct({ conditions: CONDITIONS }),
  },
  'batch/Job': {
    spec: struct(JOB_SPEC_FIELDS),
    // Merged by type in a patch, yet owned whole: so the API's types have it.
    status: struct({
      conditions: { mergeKey: 'type' },
      uncountedTerminatedPods: object({ succeeded: { listSet: true }, failed: { listSet: true } }),
    }),
  },
  'batch/CronJob': {
    spec: struct({ jobTemplate: struct({ metadata: OBJECT_META, spec: struct(JOB_SPEC_FIELDS) }) }),
    status: struct(),
  },
  'autoscaling/HorizontalPodAutoscaler': {
    spec: struct({ scaleTargetRef: struct() }),
    status: struct({ conditions: CONDITIONS }),
  },
  'policy/PodDisruptionBudget': {
    spec: struct({ selector: { atomic: true, replace: true } }),
    status: struct({ conditions: CONDITIONS }),
  },
  '/Pod': {
    spec: POD_SPEC,
    status: struct({
      conditions: CONDITIONS,
      podIPs: listBy('ip'),
      hostIPs: { mergeKey: 'ip' },
      resourceClaimStatuses: listBy('name'),
    }),
  },
  '/Service': {
    spec: struct({
      ports: { mergeKey: 'port', listKeys: ['port', 'protocol'], keyDefaults: { protocol: 'TCP' } },
      selector: ATOMIC,
    }),
    status: struct({ conditions: CONDITIONS, loadBalancer: struct() }),
  },
  '/Node': {
    spec: struct({ podCIDRs: { mergeScalars: true, listSet: true } }),
    status: struct({ conditions: CONDITIONS, addresses: listBy('type') }),
  },
  '/Namespace': { spec: struct(), status: struct({ conditions: CONDITIONS }) },
  '/PersistentVolumeClaim': { spec: CLAIM_SPEC, status: struct({ conditions: CONDITIONS }) },
  '/ReplicationController': {
    spec: struct({ template: object({ metadata: OBJECT_META, spec: POD_SPEC }), selector: SELECTOR }),
    status: struct({ conditions: CONDITIONS }),
  },
  '/Event': { involvedObject: { atomic: true, present: true }, related: ATOMIC },
  'events.k8s.io/Event': { regarding: ATOMIC, related: ATOMIC },
  'networking.k8s.io/NetworkPolicy': { spec: struct({ podSelector: ATOMIC }) },
  'networking.k8s.io/Ingress': {
    spec: struct({ defaultBackend: object({ resource: ATOMIC, service: object({ port: ATOMIC }) }) }),
    status: struct(),
  },
  'coordination.k8s.io/Lease': { spec: struct() },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { roleRef: ATOMIC },
  'rbac.authorization.k8s.io/RoleBinding': { roleRef: ATOMIC },
  '/ServiceAccount': { secrets: listOfReferences('name') },
};

const GENERIC = object({ metadata: OBJECT_META });

const SCHEMAS: ReadonlyMap<string, FieldSchema> = new Map(
  Object.entries(KINDS).map(([kind, fields]) => [kind, object({ metadata: OBJECT_META, ...fields })]),
);

/**
 * How objects of a kind are merged and owned. Kinds without rules of their own, custom resources among them, have those of
 * `ObjectMeta` alone: their lists are replaced and owned whole.
 */
export const schemaOf = (object: { apiVersion?: string | undefined; kind?: string | undefined }): FieldSchema => {
  const slash = object.apiVersion?.indexOf('/') ?? -1;
  const group = slash < 0 ? '' : (object.apiVersion ?? '').slice(0, slash);
  return SCHEMAS.get(`${group}/${object.kind ?? ''}`) ?? GENERIC;
};
