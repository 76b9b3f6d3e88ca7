/** One object to print: created at `path`, its status written afterwards. */
export interface Printed {
  /** Below `/api/v1` or `/apis`, without namespace: `apps/v1/deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly object: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export const NAMESPACE = 'printed';

const HOUR_MS = 3_600_000;
/** A time so long ago that its age stays the same while the test runs. */
const ago = (hours: number): string => `${new Date(Date.now() - (hours + 0.5) * HOUR_MS).toISOString().slice(0, 19)}Z`;

const containers = [
  { name: 'web', image: 'nginx:1.29' },
  { name: 'log', image: 'fluent:3' },
];
const matchLabels = { app: 'web', tier: 'front' };
const selector = {
  matchLabels,
  matchExpressions: [
    { key: 'zone', operator: 'In', values: ['b', 'a'] },
    { key: 'legacy', operator: 'DoesNotExist' },
    { key: 'owner', operator: 'Exists' },
    { key: 'size', operator: 'NotIn', values: ['xl'] },
  ],
};
const template = {
  metadata: { labels: { ...matchLabels, zone: 'a', owner: 'me' } },
  spec: { containers, nodeSelector: { disk: 'ssd', arch: 'arm64' } },
};

const namespaced = (
  resource: string,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
  status?: Readonly<Record<string, unknown>>,
): Printed => ({
  resource,
  namespaced: true,
  object: { metadata: { name, namespace: NAMESPACE }, ...rest },
  ...(status ? { status } : {}),
});

const cluster = (
  resource: string,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
  status?: Readonly<Record<string, unknown>>,
): Printed => ({
  resource,
  namespaced: false,
  object: { metadata: { name }, ...rest },
  ...(status ? { status } : {}),
});

const pod = (name: string, status: Readonly<Record<string, unknown>>, spec: Readonly<Record<string, unknown>> = {}) =>
  namespaced('v1/pods', name, { spec: { containers, ...spec } }, status);

const running = { running: { startedAt: ago(48) } };
const ended = (exitCode: number, rest: Readonly<Record<string, unknown>> = {}) => ({
  terminated: { exitCode, startedAt: ago(50), finishedAt: ago(49), ...rest },
});
const state = (name: string, now: object, rest: Readonly<Record<string, unknown>> = {}) => ({
  name,
  image: 'x',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: now,
  ...rest,
});
const condition = (type: string, status = 'True', rest: Readonly<Record<string, unknown>> = {}) => ({
  type,
  status,
  lastTransitionTime: ago(100),
  ...rest,
});
const init = [
  { name: 'first', image: 'init:1' },
  { name: 'sidecar', image: 'proxy:1', restartPolicy: 'Always' },
  { name: 'last', image: 'init:2' },
];

const PODS: readonly Printed[] = [
  pod('pending', { phase: 'Pending' }),
  pod('gated', { phase: 'Pending', conditions: [condition('PodScheduled', 'False', { reason: 'SchedulingGated' })] }),
  pod(
    'running',
    {
      phase: 'Running',
      podIP: '10.1.2.3',
      podIPs: [{ ip: '10.1.2.3' }],
      conditions: [condition('Ready'), condition('example.com/lb')],
      containerStatuses: [
        state('web', running, { ready: true, restartCount: 2, lastState: ended(1) }),
        state('log', running, { ready: true, restartCount: 1, lastState: ended(137, { signal: 9 }) }),
      ],
    },
    { readinessGates: [{ conditionType: 'example.com/lb' }, { conditionType: 'example.com/dns' }] },
  ),
  pod('creating', {
    phase: 'Pending',
    containerStatuses: [state('web', { waiting: { reason: 'ContainerCreating' } })],
  }),
  pod('crashing', {
    phase: 'Running',
    containerStatuses: [
      state('web', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 7 }),
      state('log', running, { ready: true }),
    ],
  }),
  pod('completed', {
    phase: 'Succeeded',
    containerStatuses: [
      state('web', ended(0, { reason: 'Completed' })),
      state('log', ended(0, { reason: 'Completed' })),
    ],
  }),
  pod('failed', {
    phase: 'Failed',
    containerStatuses: [state('web', ended(3)), state('log', ended(0, { signal: 15 }))],
  }),
  pod('evicted', { phase: 'Failed', reason: 'Evicted' }),
  pod('half', {
    phase: 'Running',
    containerStatuses: [state('web', ended(0, { reason: 'Completed' })), state('log', running, { ready: true })],
  }),
  pod('half-ready', {
    phase: 'Running',
    conditions: [condition('Ready')],
    containerStatuses: [state('web', ended(0, { reason: 'Completed' })), state('log', running, { ready: true })],
  }),
  pod(
    'init-waiting',
    { phase: 'Pending', initContainerStatuses: [state('first', { waiting: { reason: 'PodInitializing' } })] },
    { initContainers: init },
  ),
  pod(
    'init-error',
    { phase: 'Pending', initContainerStatuses: [state('first', ended(1, { reason: 'Error' }), { restartCount: 4 })] },
    { initContainers: init },
  ),
  pod('init-exit', { phase: 'Pending', initContainerStatuses: [state('first', ended(42))] }, { initContainers: init }),
  pod(
    'init-pull',
    { phase: 'Pending', initContainerStatuses: [state('first', { waiting: { reason: 'ImagePullBackOff' } })] },
    { initContainers: init },
  ),
  pod(
    'init-last',
    {
      phase: 'Pending',
      initContainerStatuses: [
        state('first', ended(0), { ready: true }),
        state('sidecar', running, { ready: true, started: true, restartCount: 3, lastState: ended(2) }),
        state('last', running),
      ],
    },
    { initContainers: init },
  ),
  pod(
    'sidecar',
    {
      phase: 'Running',
      conditions: [condition('Ready'), condition('Initialized')],
      initContainerStatuses: [
        state('first', ended(0), { ready: true }),
        state('sidecar', running, { ready: true, started: true, restartCount: 3, lastState: ended(2) }),
        state('last', ended(0), { ready: true }),
      ],
      containerStatuses: [state('web', running, { ready: true }), state('log', running, { ready: true })],
    },
    { initContainers: init },
  ),
  pod('lost', { phase: 'Running', reason: 'NodeLost' }),
];

const WORKLOADS: readonly Printed[] = [
  namespaced(
    'apps/v1/deployments',
    'web',
    { spec: { replicas: 3, selector, template } },
    {
      replicas: 4,
      updatedReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  ),
  namespaced('apps/v1/deployments', 'idle', {
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'idle' } },
      template: { metadata: { labels: { app: 'idle' } }, spec: { containers } },
    },
  }),
  namespaced(
    'apps/v1/statefulsets',
    'db',
    { spec: { replicas: 2, serviceName: 'db', selector, template } },
    {
      replicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  ),
  namespaced(
    'apps/v1/daemonsets',
    'agent',
    { spec: { selector, template } },
    {
      desiredNumberScheduled: 5,
      currentNumberScheduled: 4,
      numberReady: 3,
      updatedNumberScheduled: 2,
      numberAvailable: 1,
      numberMisscheduled: 0,
    },
  ),
  namespaced(
    'apps/v1/replicasets',
    'web-1',
    { spec: { replicas: 3, selector, template } },
    { replicas: 2, readyReplicas: 1 },
  ),
  namespaced(
    'v1/replicationcontrollers',
    'old',
    { spec: { replicas: 1, selector: { app: 'web' }, template } },
    { replicas: 1, readyReplicas: 1 },
  ),
  namespaced('apps/v1/controllerrevisions', 'db-1', { revision: 7, data: { a: 1 } }),
  namespaced(
    'batch/v1/cronjobs',
    'nightly',
    {
      spec: {
        schedule: '0 3 * * *',
        timeZone: 'Europe/Berlin',
        suspend: true,
        jobTemplate: { spec: { template: { spec: { containers, restartPolicy: 'Never' } } } },
      },
    },
    { lastScheduleTime: ago(5), active: [{ kind: 'Job', name: 'a', namespace: NAMESPACE }] },
  ),
  namespaced('batch/v1/cronjobs', 'never', {
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { containers, restartPolicy: 'Never' } } } },
    },
  }),
  job('fresh', { completions: 3, parallelism: 2 }),
  job('running', { completions: 3, parallelism: 2 }, { startTime: ago(60), active: 2, succeeded: 1, ready: 2 }),
  job('any', { parallelism: 4 }, { startTime: ago(60), active: 1, ready: 1 }),
  job('suspended', { suspend: true }, { conditions: [condition('Suspended', 'True', { lastProbeTime: ago(1) })] }),
  namespaced(
    'autoscaling/v2/horizontalpodautoscalers',
    'web',
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 9,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1024Mi' } } },
          { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1500m' } } },
        ],
      },
    },
    {
      currentReplicas: 3,
      desiredReplicas: 4,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 61, averageValue: '305m' } } },
        { type: 'Resource', resource: { name: 'memory', current: { averageValue: '734003200' } } },
      ],
    },
  ),
  namespaced(
    'autoscaling/v2/horizontalpodautoscalers',
    'queue',
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' },
        maxReplicas: 3,
        metrics: [
          {
            type: 'External',
            external: { metric: { name: 'depth' }, target: { type: 'AverageValue', averageValue: '30' } },
          },
          {
            type: 'Object',
            object: {
              metric: { name: 'rps' },
              describedObject: { kind: 'Service', name: 'web', apiVersion: 'v1' },
              target: { type: 'Value', value: '2k' },
            },
          },
        ],
      },
    },
    {
      currentReplicas: 1,
      desiredReplicas: 1,
      currentMetrics: [
        { type: 'External', external: { metric: { name: 'depth' }, current: { averageValue: '12500m', value: '25' } } },
      ],
    },
  ),
  namespaced(
    'policy/v1/poddisruptionbudgets',
    'web',
    { spec: { maxUnavailable: '25%', selector: { matchLabels } } },
    {
      disruptionsAllowed: 2,
      currentHealthy: 3,
      desiredHealthy: 1,
      expectedPods: 3,
    },
  ),
  namespaced('policy/v1/poddisruptionbudgets', 'db', { spec: { minAvailable: 1, selector: { matchLabels } } }),
  namespaced('v1/podtemplates', 'web', { template }),
];

function job(
  name: string,
  spec: Readonly<Record<string, unknown>>,
  status?: Readonly<Record<string, unknown>>,
): Printed {
  const jobTemplate = { spec: { containers, restartPolicy: 'Never' } };
  return namespaced(
    'batch/v1/jobs',
    name,
    {
      spec: {
        ...spec,
        manualSelector: true,
        selector: { matchLabels: { job: name } },
        template: { metadata: { labels: { job: name } }, ...jobTemplate },
      },
    },
    status,
  );
}

const service = (name: string, spec: Readonly<Record<string, unknown>>, status?: Readonly<Record<string, unknown>>) =>
  namespaced('v1/services', name, { spec }, status);

const NETWORK: readonly Printed[] = [
  service('plain', {
    clusterIP: '10.0.0.50',
    selector: { app: 'web', tier: 'front' },
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ],
  }),
  service('headless', { clusterIP: 'None', selector: { app: 'web' } }),
  service('node', {
    type: 'NodePort',
    clusterIP: '10.0.0.51',
    externalIPs: ['1.2.3.4', '1.2.3.5'],
    ports: [{ port: 80, nodePort: 30080 }],
  }),
  service(
    'balanced',
    { type: 'LoadBalancer', clusterIP: '10.0.0.52', ports: [{ port: 443, nodePort: 30443 }] },
    {
      loadBalancer: { ingress: [{ hostname: 'b.example.com' }, { ip: '203.0.113.9' }] },
    },
  ),
  service('waiting', { type: 'LoadBalancer', clusterIP: '10.0.0.53', ports: [{ port: 443, nodePort: 30444 }] }),
  service('outside', { type: 'ExternalName', externalName: 'db.example.com' }),
  namespaced('v1/endpoints', 'many', {
    subsets: [
      {
        addresses: [{ ip: '10.1.0.1' }, { ip: '10.1.0.2' }],
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      },
    ],
  }),
  namespaced('v1/endpoints', 'none'),
  namespaced('discovery.k8s.io/v1/endpointslices', 'many', {
    addressType: 'IPv4',
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ],
    endpoints: [
      { addresses: ['10.1.0.1'] },
      { addresses: ['10.1.0.2'] },
      { addresses: ['10.1.0.3'] },
      { addresses: ['10.1.0.4'] },
    ],
  }),
  namespaced('discovery.k8s.io/v1/endpointslices', 'none', { addressType: 'IPv4', endpoints: [] }),
  namespaced(
    'networking.k8s.io/v1/ingresses',
    'web',
    {
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['a.example.com'] }],
        rules: ['a', 'b', 'c', 'd'].map((name) => ({ host: `${name}.example.com` })),
        defaultBackend: { service: { name: 'web', port: { number: 80 } } },
      },
    },
    { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
  ),
  namespaced('networking.k8s.io/v1/ingresses', 'plain', {
    spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  }),
  cluster('networking.k8s.io/v1/ingressclasses', 'nginx', {
    spec: {
      controller: 'example.com/nginx',
      parameters: { apiGroup: 'k8s.example.com', kind: 'Parameters', name: 'all' },
    },
  }),
  cluster('networking.k8s.io/v1/ingressclasses', 'plain', { spec: { controller: 'example.com/plain' } }),
  namespaced('networking.k8s.io/v1/networkpolicies', 'some', { spec: { podSelector: { matchLabels } } }),
  namespaced('networking.k8s.io/v1/networkpolicies', 'all', { spec: { podSelector: {} } }),
];

const STORAGE: readonly Printed[] = [
  namespaced(
    'v1/persistentvolumeclaims',
    'data',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        volumeName: 'disk',
        storageClassName: 'fast',
        resources: { requests: { storage: '10Gi' } },
      },
    },
    { phase: 'Bound', accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], capacity: { storage: '10240Mi' } },
  ),
  namespaced('v1/persistentvolumeclaims', 'wanted', {
    spec: { accessModes: ['ReadWriteMany'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
  }),
  cluster(
    'v1/persistentvolumes',
    'disk',
    {
      spec: {
        accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'].slice(1),
        capacity: { storage: '10Gi' },
        storageClassName: 'fast',
        hostPath: { path: '/tmp' },
        claimRef: { namespace: NAMESPACE, name: 'data' },
      },
    },
    { phase: 'Bound', reason: 'why' },
  ),
  cluster('storage.k8s.io/v1/storageclasses', 'fast', {
    provisioner: 'example.com/fast',
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Retain',
  }),
  {
    resource: 'storage.k8s.io/v1/storageclasses',
    namespaced: false,
    object: {
      metadata: { name: 'slow', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'example.com/slow',
    },
  },
  cluster(
    'storage.k8s.io/v1/volumeattachments',
    'a',
    {
      spec: { attacher: 'csi.example.com', nodeName: 'ready', source: { persistentVolumeName: 'disk' } },
    },
    { attached: true },
  ),
  cluster('storage.k8s.io/v1/csinodes', 'ready', {
    spec: { drivers: [{ name: 'csi.example.com', nodeID: 'x', topologyKeys: [] }] },
  }),
  cluster('storage.k8s.io/v1/csidrivers', 'csi.example.com', {
    spec: {
      attachRequired: false,
      tokenRequests: [{ audience: 'vault' }],
      volumeLifecycleModes: ['Persistent', 'Ephemeral'],
    },
  }),
  cluster('storage.k8s.io/v1/csidrivers', 'plain.example.com', { spec: {} }),
  namespaced('storage.k8s.io/v1/csistoragecapacities', 'c', { storageClassName: 'fast', capacity: '1024Gi' }),
];

/** `openssl req -new -subj /CN=ann`, as base64. */
const CERTIFICATE_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISU1IQUNBUUF3RGpFTU1Bb0dBMVVFQXd3RFlXNXVNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRApRZ0FFdERVdnlhYWt3OGhLWVRDMytNeTdkV09qS0lHT01VMUtyUWVMMXJqZTh1cXJ4WEpYZXBqYXp0dG0yNlliCkJYY3JlOUNRb2pBN29jL2pxalBuNkRiT0ZLQUFNQW9HQ0NxR1NNNDlCQU1DQTBnQU1FVUNJQWRHaXRkVVVtcHYKWkRkenZGSWtHb21YV3ppUlhGKzM0K1J0Q24xWkRrOWRBaUVBMkNmZm1UTnU2K0Q1RTgyMWFaR3pCMUpQOG9KUQppWXJ5OXN0WFpFRWxQSmM9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

const CLUSTER: readonly Printed[] = [
  cluster(
    'v1/nodes',
    'ready',
    {
      metadata: {
        name: 'ready',
        labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/gpu': '', 'kubernetes.io/role': 'x' },
      },
      spec: { unschedulable: true },
    },
    {
      conditions: [{ ...condition('Ready'), lastHeartbeatTime: ago(1) }],
      addresses: [
        { type: 'Hostname', address: 'h' },
        { type: 'InternalIP', address: '10.9.0.1' },
        { type: 'ExternalIP', address: '198.51.100.1' },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.35.0',
        osImage: 'Debian 13',
        kernelVersion: '6.12',
        containerRuntimeVersion: 'containerd://2.1',
        machineID: '',
        systemUUID: '',
        bootID: '',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  ),
  cluster('v1/nodes', 'broken', {}, { conditions: [{ ...condition('Ready', 'Unknown'), lastHeartbeatTime: ago(1) }] }),
  cluster('v1/nodes', 'new'),
  namespaced('v1/configmaps', 'two', { data: { a: '1' }, binaryData: { b: 'AA==' } }),
  namespaced('v1/configmaps', 'empty'),
  namespaced('v1/secrets', 'opaque', { data: { a: 'AA==', b: 'AA==' } }),
  namespaced('v1/secrets', 'token', { type: 'example.com/token' }),
  namespaced('v1/serviceaccounts', 'app'),
  namespaced('v1/limitranges', 'limits', { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } }),
  namespaced(
    'v1/resourcequotas',
    'quota',
    { spec: { hard: { pods: '10', 'limits.cpu': '4', 'requests.cpu': '2' } } },
    {
      hard: { pods: '10', 'limits.cpu': '4', 'requests.cpu': '2' },
      used: { pods: '3', 'limits.cpu': '500m', 'requests.cpu': '1500m' },
    },
  ),
  namespaced('v1/events', 'counted', {
    involvedObject: { kind: 'Pod', namespace: NAMESPACE, name: 'running', fieldPath: 'spec.containers{web}' },
    type: 'Warning',
    reason: 'BackOff',
    message: ' failing\n',
    count: 12,
    firstTimestamp: ago(70),
    lastTimestamp: ago(60),
    source: { component: 'kubelet', host: 'node-1' },
  }),
  namespaced('events.k8s.io/v1/events', 'single', {
    regarding: { kind: 'Deployment', namespace: NAMESPACE, name: 'web' },
    type: 'Normal',
    reason: 'Scaled',
    note: 'scaled down',
    action: 'Scale',
    eventTime: `${ago(55).slice(0, 19)}.000000Z`,
    reportingController: 'kube-steward.io/downscaler',
    reportingInstance: 'downscaler-1',
  }),
  namespaced('events.k8s.io/v1/events', 'series', {
    regarding: { kind: 'Deployment', namespace: NAMESPACE, name: 'web' },
    type: 'Normal',
    reason: 'Scaled',
    note: 'scaled up',
    action: 'Scale',
    eventTime: `${ago(90).slice(0, 19)}.000000Z`,
    reportingController: 'kube-steward.io/downscaler',
    reportingInstance: 'downscaler-1',
    series: { count: 5, lastObservedTime: `${ago(80).slice(0, 19)}.000000Z` },
  }),
  namespaced('coordination.k8s.io/v1/leases', 'held', { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } }),
  namespaced('coordination.k8s.io/v1/leases', 'free'),
  namespaced('rbac.authorization.k8s.io/v1/roles', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  namespaced('rbac.authorization.k8s.io/v1/rolebindings', 'readers', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [
      { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ann' },
      { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' },
      { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'dev' },
      { kind: 'ServiceAccount', namespace: NAMESPACE, name: 'app' },
    ],
  }),
  cluster(
    'flowcontrol.apiserver.k8s.io/v1/flowschemas',
    'mine',
    {
      spec: {
        priorityLevelConfiguration: { name: 'mine' },
        matchingPrecedence: 500,
        distinguisherMethod: { type: 'ByUser' },
      },
    },
    { conditions: [condition('Dangling', 'False')] },
  ),
  cluster('flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', 'mine', {
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 5,
        limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 10 } },
      },
    },
  }),
  cluster('flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', 'rejecting', {
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } },
  }),
  cluster('scheduling.k8s.io/v1/priorityclasses', 'high', { value: 1000, description: 'x' }),
  cluster('node.k8s.io/v1/runtimeclasses', 'gvisor', { handler: 'runsc' }),
  cluster('admissionregistration.k8s.io/v1/validatingwebhookconfigurations', 'hooks', {
    webhooks: [
      {
        name: 'a.example.com',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Ignore',
        clientConfig: { url: 'https://example.com/' },
      },
    ],
  }),
  cluster('admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', 'hooks'),
  cluster('certificates.k8s.io/v1/certificatesigningrequests', 'csr', {
    spec: {
      request: CERTIFICATE_REQUEST,
      signerName: 'example.com/signer',
      usages: ['client auth'],
      expirationSeconds: 7200,
    },
  }),
];

const CRD: Printed = cluster('apiextensions.k8s.io/v1/customresourcedefinitions', 'rockets.example.com', {
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'rockets', singular: 'rocket', kind: 'Rocket', shortNames: ['rk'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Stages', type: 'integer', jsonPath: '.spec.stages' },
          { name: 'Thrust', type: 'number', jsonPath: '.spec.thrust', priority: 1, description: 'In newtons' },
          { name: 'Manned', type: 'boolean', jsonPath: '.spec.manned' },
          { name: 'Note', type: 'string', jsonPath: '.metadata.annotations.example\\.com/note' },
          { name: 'First', type: 'string', jsonPath: '.spec.crew[0].name' },
          { name: 'Launched', type: 'date', jsonPath: '.spec.launched' },
          { name: 'Wrong', type: 'integer', jsonPath: '.spec.name' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
});

const CRD_WITHOUT_COLUMNS: Printed = cluster(
  'apiextensions.k8s.io/v1/customresourcedefinitions',
  'probes.example.com',
  {
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'probes', singular: 'probe', kind: 'Probe' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
);

/** Definitions come first: what they define is served only a moment later. */
export const DEFINITIONS: readonly Printed[] = [CRD, CRD_WITHOUT_COLUMNS];

const CUSTOM: readonly Printed[] = [
  {
    resource: 'example.com/v1/rockets',
    namespaced: true,
    object: {
      apiVersion: 'example.com/v1',
      kind: 'Rocket',
      metadata: { name: 'full', namespace: NAMESPACE, annotations: { 'example.com/note': 'big' } },
      spec: {
        name: 'Saturn',
        stages: 3,
        thrust: 35.1,
        manned: true,
        crew: [{ name: 'Ann' }, { name: 'Bob' }],
        launched: ago(75),
      },
    },
    status: {
      conditions: [
        { type: 'Fuelled', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
    },
  },
  {
    resource: 'example.com/v1/rockets',
    namespaced: true,
    object: {
      apiVersion: 'example.com/v1',
      kind: 'Rocket',
      metadata: { name: 'empty', namespace: NAMESPACE },
      spec: { launched: 'never' },
    },
  },
  {
    resource: 'example.com/v1/probes',
    namespaced: false,
    object: { apiVersion: 'example.com/v1', kind: 'Probe', metadata: { name: 'one' } },
  },
];

export const PRINTED: readonly Printed[] = [...PODS, ...WORKLOADS, ...NETWORK, ...STORAGE, ...CLUSTER, ...CUSTOM];
