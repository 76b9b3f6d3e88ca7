import t, { type Test } from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import {
  cronJob,
  customObject,
  customResourceDefinition,
  daemonSet,
  deployment,
  hpa,
  job,
  pdb,
  rollout,
  scaledObject,
  statefulSet,
} from '@kube-steward/sandbox';
import { FRIDAY_EVENING, FRIDAY_NOON, OFFICE_HOURS, carriedOut, decisionsOn, inShort } from './decisions.ts';

const custom = (
  apiVersion: string,
  kind: string,
  spec: Record<string, unknown>,
  annotations?: Record<string, string>,
): KubeObject =>
  customObject({ apiVersion, kind, name: 'api', namespace: 'default', spec, ...(annotations && { annotations }) });

const ORIGINAL = 'downscaler/original-replicas';
const PAUSED = 'autoscaling.keda.sh/paused-replicas';
const originalOf = (object: KubeObject | undefined): string | undefined => object?.metadata.annotations?.[ORIGINAL];
const idOf = (object: KubeObject): string => `${object.kind ?? ''}/${object.metadata.name}`;

interface Cycle {
  readonly include?: string;
  readonly object: KubeObject;
  readonly argv?: readonly string[];
  readonly down: string;
  readonly original: string;
  readonly up: string;
}

/** Down in the evening, nothing more to do at night, and byte for byte what it was the next morning. */
const goesRound = (t: Test, { include, object, argv = [], down, original, up }: Cycle): void => {
  const options = {
    argv: [`--default-uptime=${OFFICE_HOURS}`, ...(include ? [`--include-resources=${include}`] : []), ...argv],
  };
  const id = idOf(object);
  t.equal(inShort(decisionsOn([object], options).get(id)), down, `${id} goes down`);
  const [asleep] = carriedOut([object], options);
  t.equal(originalOf(asleep), original, `${id} stores its original`);
  t.equal(decisionsOn([asleep as KubeObject], options).get(id)?.action, 'none', `${id} stays down`);
  const morning = { ...options, at: FRIDAY_NOON };
  t.equal(inShort(decisionsOn([asleep as KubeObject], morning).get(id)), up, `${id} comes up`);
  t.strictSame(carriedOut([asleep as KubeObject], morning), [object], `${id} is what it was`);
};

const replicasOf = (include: string, object: KubeObject): Cycle => ({
  include,
  object,
  down: 'scaleDown OutsideUptime 3→0',
  original: '3',
  up: 'scaleUp InsideUptime 0→3',
});

t.test('each kind goes down and comes back as what it was', (t) => {
  const cycles: readonly Cycle[] = [
    replicasOf('deployments', deployment({ name: 'api', replicas: 3 })),
    replicasOf('statefulsets', statefulSet({ name: 'api', replicas: 3 })),
    replicasOf('rollouts', rollout({ name: 'api', replicas: 3 })),
    replicasOf('stacks', custom('zalando.org/v1', 'Stack', { replicas: 3 })),
    replicasOf('prometheuses', custom('monitoring.coreos.com/v1', 'Prometheus', { replicas: 3 })),
    replicasOf('postgresqls', custom('acid.zalan.do/v1', 'postgresql', { numberOfInstances: 3 })),
    replicasOf('kafkaconnects', custom('kafka.strimzi.io/v1beta2', 'KafkaConnect', { replicas: 3 })),
    replicasOf('kafkamirrormaker2s', custom('kafka.strimzi.io/v1beta2', 'KafkaMirrorMaker2', { replicas: 3 })),
    replicasOf('kafkabridges', custom('kafka.strimzi.io/v1beta2', 'KafkaBridge', { replicas: 3 })),
    replicasOf('deploymentconfigs', custom('apps.openshift.io/v1', 'DeploymentConfig', { replicas: 3 })),
    replicasOf(
      'autoscalingrunnersets',
      custom('actions.github.com/v1alpha1', 'AutoscalingRunnerSet', { minRunners: 3, maxRunners: 9 }),
    ),
    {
      include: 'hpa',
      object: hpa({ name: 'api', minReplicas: 3 }),
      down: 'scaleDown OutsideUptime 3→1',
      original: '3',
      up: 'scaleUp InsideUptime 1→3',
    },
    {
      include: 'stacks',
      object: custom('zalando.org/v1', 'Stack', { autoscaler: { maxReplicas: 8 } }),
      down: 'scaleDown OutsideUptime -→0',
      original: '8',
      up: 'scaleUp InsideUptime 0→-',
    },
    ...['cronjobs', 'jobs'].map((include) => ({
      include,
      object: include === 'jobs' ? job({ name: 'api', suspend: false }) : cronJob({ name: 'api' }),
      down: 'suspend OutsideUptime false→true',
      original: '1',
      up: 'resume InsideUptime true→false',
    })),
    {
      include: 'daemonsets',
      object: daemonSet({ name: 'api' }),
      down: 'suspend OutsideUptime -→true',
      original: '1',
      up: 'resume InsideUptime true→-',
    },
    {
      include: 'pdb',
      object: pdb({ name: 'api', minAvailable: 2 }),
      down: 'scaleDown OutsideUptime 2→0',
      original: '2',
      up: 'scaleUp InsideUptime 0→2',
    },
    {
      include: 'pdb',
      object: pdb({ name: 'api', minAvailable: '50%' }),
      down: 'scaleDown OutsideUptime 50%→0',
      original: '50%',
      up: 'scaleUp InsideUptime 0→50%',
    },
    {
      include: 'pdb',
      object: pdb({ name: 'api', maxUnavailable: 0 }),
      argv: ['--downtime-replicas=100%'],
      down: 'scaleDown OutsideUptime 0→100%',
      original: '0',
      up: 'scaleUp InsideUptime 100%→0',
    },
    {
      include: 'scaledobjects',
      object: scaledObject({ name: 'api' }),
      down: 'suspend OutsideUptime -→0',
      original: '-1',
      up: 'resume InsideUptime 0→-',
    },
    {
      include: 'scaledobjects',
      object: scaledObject({ name: 'api', annotations: { [PAUSED]: '4' } }),
      down: 'suspend OutsideUptime 4→0',
      original: '4',
      up: 'resume InsideUptime 0→4',
    },
    {
      include: 'scaledjobs',
      object: custom('keda.sh/v1alpha1', 'ScaledJob', {}),
      down: 'suspend OutsideUptime -→true',
      original: '1',
      up: 'resume InsideUptime true→-',
    },
    {
      include: 'clusters',
      object: custom('postgresql.cnpg.io/v1', 'Cluster', {}, { 'cnpg.io/hibernation': 'off' }),
      down: 'suspend OutsideUptime off→on',
      original: 'off',
      up: 'resume InsideUptime on→off',
    },
    {
      include: 'clusters',
      object: custom('postgresql.cnpg.io/v1', 'Cluster', {}),
      down: 'suspend OutsideUptime -→on',
      original: '1',
      up: 'resume InsideUptime on→-',
    },
  ];
  for (const cycle of cycles) goesRound(t, cycle);
  t.end();
});

t.test('any kind is a row by --scale-target, found by the plural of its kind', (t) => {
  const target = (line: string): readonly string[] => [`--scale-target=example.org/v1/caches:${line}`];
  const resource = (spec: Record<string, unknown>, annotations?: Record<string, string>): KubeObject =>
    custom('example.org/v1', 'Cache', spec, annotations);
  const suspended = 'suspend OutsideUptime';
  const cycles: readonly Cycle[] = [
    {
      object: resource({ replicas: 3 }),
      argv: target('/spec/replicas=0'),
      down: 'scaleDown OutsideUptime 3→0',
      original: '3',
      up: 'scaleUp InsideUptime 0→3',
    },
    {
      object: resource({ shards: 3 }),
      argv: target('/spec/shards=1'),
      down: 'scaleDown OutsideUptime 3→1',
      original: '3',
      up: 'scaleUp InsideUptime 1→3',
    },
    {
      object: resource({ suspend: false }),
      argv: target('/spec/suspend=true'),
      down: `${suspended} false→true`,
      original: '1',
      up: 'resume InsideUptime true→false',
    },
    {
      object: resource({ mode: 'Running' }),
      argv: target('/spec/mode=Stopped'),
      down: `${suspended} Running→Stopped`,
      original: 'Running',
      up: 'resume InsideUptime Stopped→Running',
    },
    {
      object: resource({}, { 'example.org/state': 'on' }),
      argv: target('/metadata/annotations/example.org~1state=0'),
      down: `${suspended} on→0`,
      original: 'on',
      up: 'resume InsideUptime 0→on',
    },
    {
      object: resource({}),
      argv: target('/metadata/annotations/example.org~1paused=true'),
      down: `${suspended} -→true`,
      original: '1',
      up: 'resume InsideUptime true→-',
    },
  ];
  for (const cycle of cycles) goesRound(t, cycle);
  t.end();
});

t.test('/scale and the kind come from the custom resource definition', (t) => {
  const definition = customResourceDefinition({
    group: 'example.org',
    version: 'v1',
    plural: 'mice',
    kind: 'Mouse',
    scale: { specReplicasPath: '.spec.tail.length', statusReplicasPath: '.status.length' },
  });
  const mouse = custom('example.org/v1', 'Mouse', { tail: { length: 7 } });
  const argv = ['--scale-target=example.org/v1/mice:/scale=0', '--default-uptime=never'];
  const decision = decisionsOn([definition, mouse], { argv }).get('Mouse/api');
  t.equal(decision?.changes[0]?.path, '/spec/tail/length');
  t.equal(inShort(decision), 'scaleDown OutsideUptime 7→0');
  const unknown = custom('example.org/v1', 'Mice', { replicas: 7 });
  const guessed = ['--scale-target=example.org/v1/mices:/scale=0', '--default-uptime=never'];
  t.equal(inShort(decisionsOn([unknown], { argv: guessed }).get('Mice/api')), 'scaleDown OutsideUptime 7→0');
  t.end();
});

interface Left {
  readonly says: string;
  readonly include: string;
  readonly object: KubeObject;
  readonly up: string;
}

t.test('what either tool left asleep is brought back, in both forms it was stored', (t) => {
  const asleep = (original: string, more: Record<string, string> = {}): Record<string, string> => ({
    [ORIGINAL]: original,
    ...more,
  });
  const service = (kind: string, apiVersion: string, spec: Record<string, unknown>, original: string): KubeObject =>
    custom(apiVersion, kind, spec, asleep(original));
  const rows: readonly Left[] = [
    ...['1', 'false', '0'].map((stored) => ({
      says: `a CronJob stored as ${stored}`,
      include: 'cronjobs',
      object: cronJob({ name: 'api', suspend: true, annotations: asleep(stored) }),
      up: 'resume InsideUptime true→false',
    })),
    {
      says: 'a CronJob that go stored as suspended before stays so, and loses the annotation',
      include: 'cronjobs',
      object: cronJob({ name: 'api', suspend: true, annotations: asleep('true') }),
      up: 'resume InsideUptime',
    },
    ...[
      ['1', 'kube-downscaler-non-existent'] as const,
      ['false', 'downscaler/match-none'] as const,
      ['1', 'downscaler/match-none'] as const,
    ].map(([stored, key]) => ({
      says: `a DaemonSet stored as ${stored} with the selector ${key}`,
      include: 'daemonsets',
      object: daemonSet({ name: 'api', nodeSelector: { disk: 'ssd', [key]: 'true' }, annotations: asleep(stored) }),
      up: 'resume InsideUptime true→-',
    })),
    {
      says: 'a DaemonSet with the keys of both',
      include: 'daemonsets',
      object: daemonSet({
        name: 'api',
        nodeSelector: { 'kube-downscaler-non-existent': 'true', 'downscaler/match-none': 'true' },
        annotations: asleep('false'),
      }),
      up: 'resume InsideUptime true→- true→-',
    },
    {
      says: 'a ScaledObject whose pause py keeps apart',
      include: 'scaledobjects',
      object: scaledObject({
        name: 'api',
        annotations: asleep('1', { [PAUSED]: '0', 'downscaler/original-pause-replicas': '2' }),
      }),
      up: 'resume InsideUptime 0→2',
    },
    {
      says: 'a ScaledObject whose pause go keeps in original-replicas',
      include: 'scaledobjects',
      object: scaledObject({ name: 'api', annotations: asleep('2', { [PAUSED]: '0' }) }),
      up: 'resume InsideUptime 0→2',
    },
    {
      says: 'an autoscaler whose upper bound was lowered meanwhile',
      include: 'hpa',
      object: hpa({ name: 'api', minReplicas: 1, maxReplicas: 4, annotations: asleep('6') }),
      up: 'scaleUp InsideUptime 1→4',
    },
    {
      says: 'an autoscaler stored as 0 comes back to what the API accepts',
      include: 'hpa',
      object: hpa({ name: 'api', minReplicas: 1, annotations: asleep('0') }),
      up: 'scaleUp InsideUptime',
    },
    {
      says: 'a Service that go made a ClusterIP',
      include: 'services',
      object: service('Service', 'v1', { type: 'ClusterIP' }, 'LoadBalancer'),
      up: 'resume InsideUptime ClusterIP→LoadBalancer',
    },
    {
      says: 'a Service that somebody gave another type meanwhile',
      include: 'awselbservices',
      object: service('Service', 'v1', { type: 'NodePort' }, 'LoadBalancer'),
      up: 'resume InsideUptime',
    },
    {
      says: 'an Ingress class with a hyphen',
      include: 'ingresses',
      object: service(
        'Ingress',
        'networking.k8s.io/v1',
        { ingressClassName: 'kube-downscaler-ingress-class' },
        'nginx-internal-2',
      ),
      up: 'resume InsideUptime kube-downscaler-ingress-class→nginx-internal-2',
    },
    {
      says: 'a Gateway class',
      include: 'gateways',
      object: service(
        'Gateway',
        'gateway.networking.k8s.io/v1',
        { gatewayClassName: 'kube-downscaler-gateway-class' },
        'istio',
      ),
      up: 'resume InsideUptime kube-downscaler-gateway-class→istio',
    },
  ];
  for (const { says, include, object, up } of rows) {
    const options = { argv: [`--include-resources=${include}`] };
    t.equal(inShort(decisionsOn([object], options).get(idOf(object))), up, says);
    t.equal(originalOf(carriedOut([object], options)[0]), undefined, `${says}: the annotation is gone`);
  }
  t.end();
});

t.test('sizes that are left as they are', (t) => {
  const rows: readonly (readonly [
    says: string,
    include: string,
    object: KubeObject,
    argv: string,
    expected: string,
  ])[] = [
    [
      'a Deployment without replicas has one',
      'deploy',
      deployment({ name: 'api', replicas: null }),
      '0',
      'scaleDown OutsideUptime -→0',
    ],
    [
      'an autoscaler without minReplicas has one',
      'hpa',
      hpa({ name: 'api', minReplicas: null }),
      '0',
      'none OutsideUptime',
    ],
    ['a Stack without any size', 'stacks', custom('zalando.org/v1', 'Stack', {}), '0', 'none SizeUnknown'],
    ['a user suspended it before', 'cronjobs', cronJob({ name: 'api', suspend: true }), '0', 'none OutsideUptime'],
    ['a user scaled it to 0 before', 'deploy', deployment({ name: 'api', replicas: 0 }), '0', 'none OutsideUptime'],
    [
      'a suspended kind is suspended whatever the size',
      'cronjobs',
      cronJob({ name: 'api' }),
      '1',
      'suspend OutsideUptime false→true',
    ],
    [
      'maxUnavailable 0 would block every eviction',
      'pdb',
      pdb({ name: 'api', maxUnavailable: 1 }),
      '0',
      'none BudgetWouldTighten',
    ],
    ['a budget never gets stricter', 'pdb', pdb({ name: 'api', minAvailable: 1 }), '2', 'none OutsideUptime'],
    [
      'a budget never gets stricter by maxUnavailable',
      'pdb',
      pdb({ name: 'api', maxUnavailable: 3 }),
      '2',
      'none OutsideUptime',
    ],
    [
      'a share and a number cannot be compared',
      'pdb',
      pdb({ name: 'api', minAvailable: '50%' }),
      '1',
      'none SizeUnknown',
    ],
    ['a share of a share', 'pdb', pdb({ name: 'api', minAvailable: '50%' }), '20%', 'scaleDown OutsideUptime 50%→20%'],
    [
      'a share is for budgets only',
      'deploy',
      deployment({ name: 'api', replicas: 3 }),
      '50%',
      'invalid InvalidAnnotation',
    ],
    [
      'a Service is never put to sleep',
      'services',
      custom('v1', 'Service', { type: 'LoadBalancer' }),
      '0',
      'none RestoredOnly',
    ],
  ];
  for (const [says, include, object, size, expected] of rows) {
    const argv = ['--default-uptime=never', `--include-resources=${include}`, `--downtime-replicas=${size}`];
    t.equal(inShort(decisionsOn([object], { argv }).get(idOf(object))), expected, says);
  }
  const refused = pdb({ name: 'api', maxUnavailable: 1, annotations: { 'downscaler/downtime-replicas': '0' } });
  const argv = ['--default-uptime=never', '--include-resources=pdb'];
  const decision = decisionsOn([refused], { argv, at: FRIDAY_EVENING }).get('PodDisruptionBudget/api');
  t.equal(inShort(decision), 'invalid InvalidAnnotation', 'maxUnavailable 0 is refused where somebody wrote it');
  t.match(decision?.message, /maxUnavailable 0 would block every eviction; allowed while down: 1 or more/);
  t.end();
});
