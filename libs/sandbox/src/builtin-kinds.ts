import type { ScaleRow, ServedKind } from './registry.ts';

/** What differs from the plainest kind: namespaced, no short names, no status, no generation. */
interface Traits {
  cluster?: true;
  short?: readonly string[];
  categories?: readonly string[];
  /** The status of a new object. `'kept'`: a create may bring its own. */
  status?: Readonly<Record<string, unknown>> | 'kept';
  scale?: ScaleRow;
  generation?: true;
  annotationsCount?: true;
  fields?: readonly string[];
  actions?: readonly (readonly [name: string, group: string, kind: string])[];
  storage?: string;
  createOnUpdate?: true;
  /** PUT needs a resourceVersion. */
  conditional?: true;
  returnsDeleted?: true;
  verbs?: readonly string[];
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
const CREATE_ONLY = { cluster: true, verbs: ['create'] } as const;
const ALL = ['all'] as const;
const API_EXTENSION = ['api-extensions'] as const;
const REPLICAS: ScaleRow = {
  specReplicas: 'spec.replicas',
  statusReplicas: 'status.replicas',
  selector: 'spec.selector',
};
const EVENT_FIELDS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
];

const row = (groupVersion: string, plural: string, kind: string, traits: Traits = {}): ServedKind => {
  const [group, version] = groupVersion.includes('/')
    ? (groupVersion.split('/') as [string, string])
    : ['', groupVersion];
  const initialStatus = traits.status === 'kept' ? undefined : traits.status;
  return {
    group,
    version,
    plural,
    kind,
    namespaced: !traits.cluster,
    singular: kind.toLowerCase(),
    shortNames: traits.short ?? [],
    categories: traits.categories ?? [],
    verbs: traits.verbs ?? ALL_VERBS,
    status: traits.status !== undefined,
    ...(traits.scale ? { scale: traits.scale } : {}),
    actions: (traits.actions ?? []).map(([name, actionGroup, actionKind]) => ({
      name,
      group: actionGroup,
      kind: actionKind,
    })),
    storage: traits.storage ?? `${group}/${plural}`,
    generation: traits.generation ?? false,
    annotationsCount: traits.annotationsCount ?? false,
    ...(initialStatus ? { initialStatus } : {}),
    selectableFields: traits.fields ?? [],
    createOnUpdate: traits.createOnUpdate ?? false,
    unconditionalUpdate: !traits.conditional,
    returnsDeleted: traits.returnsDeleted ?? false,
    custom: false,
  };
};

const core = (plural: string, kind: string, traits?: Traits): ServedKind => row('v1', plural, kind, traits);

/** The kinds of a Kubernetes 1.35 server that are generally available. */
export const BUILTIN_KINDS: readonly ServedKind[] = [
  core('configmaps', 'ConfigMap', { short: ['cm'] }),
  core('endpoints', 'Endpoints', { short: ['ep'], createOnUpdate: true }),
  core('events', 'Event', { short: ['ev'], fields: EVENT_FIELDS, createOnUpdate: true }),
  core('limitranges', 'LimitRange', { short: ['limits'], createOnUpdate: true }),
  core('namespaces', 'Namespace', {
    cluster: true,
    short: ['ns'],
    status: { phase: 'Active' },
    fields: ['status.phase'],
    returnsDeleted: true,
    actions: [['finalize', '', 'Namespace']],
    verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  }),
  core('nodes', 'Node', { cluster: true, short: ['no'], status: 'kept', fields: ['spec.unschedulable'] }),
  core('persistentvolumeclaims', 'PersistentVolumeClaim', {
    short: ['pvc'],
    status: { phase: 'Pending' },
    returnsDeleted: true,
  }),
  core('persistentvolumes', 'PersistentVolume', {
    cluster: true,
    short: ['pv'],
    status: { phase: 'Pending' },
    returnsDeleted: true,
  }),
  core('pods', 'Pod', {
    short: ['po'],
    categories: ALL,
    generation: true,
    status: { phase: 'Pending' },
    returnsDeleted: true,
    fields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
    ],
    actions: [
      ['binding', '', 'Binding'],
      ['eviction', 'policy', 'Eviction'],
      ['log', '', 'Pod'],
    ],
  }),
  core('podtemplates', 'PodTemplate', { generation: true, returnsDeleted: true }),
  core('replicationcontrollers', 'ReplicationController', {
    short: ['rc'],
    categories: ALL,
    generation: true,
    status: { replicas: 0 },
    scale: REPLICAS,
    fields: ['status.replicas'],
  }),
  core('resourcequotas', 'ResourceQuota', { short: ['quota'], status: {}, returnsDeleted: true }),
  core('secrets', 'Secret', { fields: ['type'] }),
  core('serviceaccounts', 'ServiceAccount', { short: ['sa'], returnsDeleted: true }),
  core('services', 'Service', {
    short: ['svc'],
    categories: ALL,
    status: { loadBalancer: {} },
    fields: ['spec.clusterIP', 'spec.type'],
    createOnUpdate: true,
    returnsDeleted: true,
  }),

  row('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  row('apps/v1', 'daemonsets', 'DaemonSet', {
    short: ['ds'],
    categories: ALL,
    generation: true,
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  }),
  row('apps/v1', 'deployments', 'Deployment', {
    short: ['deploy'],
    categories: ALL,
    generation: true,
    annotationsCount: true,
    status: {},
    scale: REPLICAS,
  }),
  row('apps/v1', 'replicasets', 'ReplicaSet', {
    short: ['rs'],
    categories: ALL,
    generation: true,
    status: { replicas: 0 },
    scale: REPLICAS,
  }),
  row('apps/v1', 'statefulsets', 'StatefulSet', {
    short: ['sts'],
    categories: ALL,
    generation: true,
    status: { replicas: 0, availableReplicas: 0 },
    scale: REPLICAS,
  }),

  row('events.k8s.io/v1', 'events', 'Event', {
    short: ['ev'],
    storage: '/events',
    createOnUpdate: true,
    fields: [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'type',
      'reportingController',
    ],
  }),

  row('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', CREATE_ONLY),
  row('authentication.k8s.io/v1', 'tokenreviews', 'TokenReview', CREATE_ONLY),
  row('authorization.k8s.io/v1', 'localsubjectaccessreviews', 'LocalSubjectAccessReview', { verbs: ['create'] }),
  row('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', CREATE_ONLY),
  row('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', CREATE_ONLY),
  row('authorization.k8s.io/v1', 'subjectaccessreviews', 'SubjectAccessReview', CREATE_ONLY),

  row('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    short: ['hpa'],
    categories: ALL,
    status: { desiredReplicas: 0, currentMetrics: null },
  }),
  row('autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    short: ['hpa'],
    categories: ALL,
    status: { currentReplicas: 0, desiredReplicas: 0 },
  }),

  row('batch/v1', 'cronjobs', 'CronJob', { short: ['cj'], categories: ALL, generation: true, status: {} }),
  row('batch/v1', 'jobs', 'Job', { categories: ALL, generation: true, status: {}, fields: ['status.successful'] }),

  row('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', { cluster: true, generation: true }),
  row('networking.k8s.io/v1', 'ingresses', 'Ingress', {
    short: ['ing'],
    generation: true,
    status: { loadBalancer: {} },
  }),
  row('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', { short: ['netpol'], generation: true }),

  row('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    short: ['pdb'],
    generation: true,
    conditional: true,
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  }),

  row('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', {
    cluster: true,
    createOnUpdate: true,
  }),
  row('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', { cluster: true, createOnUpdate: true }),
  row('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', { createOnUpdate: true }),
  row('rbac.authorization.k8s.io/v1', 'roles', 'Role', { createOnUpdate: true }),

  row('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', { cluster: true, conditional: true, returnsDeleted: true }),
  row('storage.k8s.io/v1', 'csinodes', 'CSINode', { cluster: true, conditional: true, returnsDeleted: true }),
  row('storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', { conditional: true }),
  row('storage.k8s.io/v1', 'storageclasses', 'StorageClass', { cluster: true, short: ['sc'], returnsDeleted: true }),
  row('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', {
    cluster: true,
    conditional: true,
    returnsDeleted: true,
    status: { attached: false },
  }),

  row('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
    cluster: true,
    categories: API_EXTENSION,
    generation: true,
    conditional: true,
  }),
  row('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
    cluster: true,
    categories: API_EXTENSION,
    generation: true,
    conditional: true,
    status: {},
  }),
  row('admissionregistration.k8s.io/v1', 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
    cluster: true,
    categories: API_EXTENSION,
    generation: true,
    conditional: true,
  }),
  row('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
    cluster: true,
    categories: API_EXTENSION,
    generation: true,
    conditional: true,
  }),
  row('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', {
    cluster: true,
    short: ['crd', 'crds'],
    categories: API_EXTENSION,
    generation: true,
    conditional: true,
    status: { conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: [] },
  }),
  row('apiregistration.k8s.io/v1', 'apiservices', 'APIService', {
    cluster: true,
    categories: API_EXTENSION,
    conditional: true,
    status: {},
  }),
  row('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { cluster: true, short: ['pc'], generation: true }),
  row('coordination.k8s.io/v1', 'leases', 'Lease', { createOnUpdate: true, conditional: true }),
  row('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', { cluster: true, createOnUpdate: true, conditional: true }),
  row('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', { generation: true }),
  row('certificates.k8s.io/v1', 'certificatesigningrequests', 'CertificateSigningRequest', {
    cluster: true,
    short: ['csr'],
    status: {},
    fields: ['spec.signerName'],
    actions: [['approval', '', 'CertificateSigningRequest']],
  }),
  row('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema', { cluster: true, generation: true, status: {} }),
  row('flowcontrol.apiserver.k8s.io/v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', {
    cluster: true,
    generation: true,
    status: {},
  }),
];
