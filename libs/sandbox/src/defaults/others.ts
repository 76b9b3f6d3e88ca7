import { asRecord } from '../json-path.ts';
import { roundedToMilli } from '../typed/quantity.ts';
import { type Defaulter, type Fields, fill, filled, pipe } from './fill.ts';

const AFFINITY_SECONDS = 10_800;

/** Clients stick to a pod for three hours, if they stick at all. */
const sessionAffinity: Defaulter = (value) => {
  const { sessionAffinityConfig: config, ...rest } = fill(value, { sessionAffinity: 'None' });
  if (rest['sessionAffinity'] === 'None') return config === undefined ? fill(value, rest) : rest;
  if (rest['sessionAffinity'] !== 'ClientIP') return value;
  const seconds = asRecord(asRecord(config)['clientIP'])['timeoutSeconds'];
  return { ...rest, sessionAffinityConfig: { clientIP: { timeoutSeconds: seconds ?? AFFINITY_SECONDS } } };
};

const isOutside = (value: Fields): boolean =>
  ['NodePort', 'LoadBalancer'].includes(String(value['type'])) ||
  (value['type'] === 'ClusterIP' && value['externalIPs'] !== undefined);

const serviceSpec = pipe(
  sessionAffinity,
  filled({ type: 'ClusterIP' }),
  (value) => (isOutside(value) ? fill(value, { externalTrafficPolicy: 'Cluster' }) : value),
  (value) => (value['type'] === 'ExternalName' ? value : fill(value, { internalTrafficPolicy: 'Cluster' })),
  (value) => (value['type'] === 'LoadBalancer' ? fill(value, { allocateLoadBalancerNodePorts: true }) : value),
);

/** Pods listen where the service does, unless something else is said. */
const servicePort: Defaulter = (value) => {
  const typed = fill(value, { protocol: 'TCP' });
  const target = typed['targetPort'];
  return target === 0 || target === '' ? { ...typed, targetPort: typed['port'] } : typed;
};

/** Every namespace carries its own name as a label. */
const namespace: Defaulter = (value) => {
  const metadata = asRecord(value['metadata']);
  const { name, labels } = metadata;
  if (name === undefined || asRecord(labels)['kubernetes.io/metadata.name'] === name) return value;
  return { ...value, metadata: { ...metadata, labels: { ...asRecord(labels), 'kubernetes.io/metadata.name': name } } };
};

const RBAC = 'rbac.authorization.k8s.io';
const roleRef: Defaulter = (value) => {
  const ref = fill(asRecord(value['roleRef']), { apiGroup: RBAC });
  return ref === value['roleRef'] ? value : { ...value, roleRef: ref };
};
const subject: Defaulter = (value) => (value['kind'] === 'ServiceAccount' ? value : fill(value, { apiGroup: RBAC }));

const networkPolicySpec: Defaulter = (value) =>
  fill(value, { policyTypes: value['egress'] === undefined ? ['Ingress'] : ['Ingress', 'Egress'] });

/** Amounts of resources are whole thousandths. */
const roundedAmounts: Defaulter = (value) =>
  Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, roundedToMilli(String(amount))]));

export const OTHER_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'v1.ResourceList': roundedAmounts,
  'v1.Namespace': namespace,
  'v1.NamespaceStatus': filled({ phase: 'Active' }),
  'v1.NodeStatus': (value) => fill(value, { allocatable: value['capacity'] }),
  'v1.Secret': filled({ type: 'Opaque' }),
  'v1.ServiceSpec': serviceSpec,
  'v1.ServicePort': servicePort,
  'v1.EndpointPort': filled({ protocol: 'TCP' }),
  'v1.PersistentVolumeClaimStatus': filled({ phase: 'Pending' }),
  'v1.PersistentVolumeSpec': filled({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  'v1.PersistentVolumeStatus': filled({ phase: 'Pending' }),
  'v1.RoleBinding': roleRef,
  'v1.ClusterRoleBinding': roleRef,
  'v1.Subject': subject,
  'v1.StorageClass': filled({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'v1.PriorityClass': filled({ preemptionPolicy: 'PreemptLowerPriority' }),
  'v1.CSIDriverSpec': filled({
    attachRequired: true,
    podInfoOnMount: false,
    volumeLifecycleModes: ['Persistent'],
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  }),
  'v1.NetworkPolicySpec': networkPolicySpec,
  'v1.NetworkPolicyPort': filled({ protocol: 'TCP' }),
};
