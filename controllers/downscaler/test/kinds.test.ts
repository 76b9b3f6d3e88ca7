import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import {
  cronJob,
  daemonSet,
  deployment,
  hpa,
  job,
  pdb,
  rollout,
  scaledObject,
  statefulSet,
} from '@kube-steward/sandbox';
import { PAUSED, custom, goesRound, idOf, type Cycle } from './cycle.ts';
import { FRIDAY_EVENING, decisionsOn, inShort } from './decisions.ts';

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
    ...['False', '0', '1', ''].map(
      (odd) =>
        [
          `a text that would not come back as it was: "${odd}"`,
          'scaledjobs',
          custom('keda.sh/v1alpha1', 'ScaledJob', {}, { 'autoscaling.keda.sh/paused': odd }),
          '0',
          'none SizeUnknown',
        ] as const,
    ),
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
