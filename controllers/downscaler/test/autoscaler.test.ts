import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { cronJob, deployment, hpa, job, namespace, rollout, scaledObject, statefulSet } from '@kube-steward/sandbox';
import { carriedOut, decisionsOn, inShort, ownerOf, prefixed } from './decisions.ts';

const NIGHT = '--default-uptime=never';
const decided = (objects: readonly KubeObject[], ...argv: string[]): Record<string, string> =>
  Object.fromEntries([...decisionsOn(objects, { argv })].map(([id, decision]) => [id, inShort(decision)]));

t.test('downtime size 0: only the target is scaled, and the autoscaler is left', (t) => {
  const unit = [deployment({ name: 'api', replicas: 4 }), hpa({ name: 'api', minReplicas: 3 })];
  for (const include of ['deployments', 'deployments,horizontalpodautoscalers'])
    t.strictSame(decided(unit, NIGHT, `--include-resources=${include}`), {
      'Deployment/api': 'scaleDown OutsideUptime 4→0',
      'HorizontalPodAutoscaler/api': 'none LeftToTarget',
    });
  t.strictSame(carriedOut(carriedOut(unit, { argv: [NIGHT] })), unit, 'and the target comes back by itself');
  t.end();
});

t.test('downtime size 1 or more: the lower bound is lowered, and the target is left to the autoscaler', (t) => {
  const unit = [deployment({ name: 'api', replicas: 4 }), hpa({ name: 'api', minReplicas: 3 })];
  const argv = [NIGHT, '--downtime-replicas=1'];
  t.strictSame(decided(unit, ...argv), {
    'Deployment/api': 'none LeftToAutoscaler',
    'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→1',
  });
  t.strictSame(carriedOut(carriedOut(unit, { argv })), unit, 'and the bound comes back');
  t.end();
});

t.test('a force value of an autoscaler that is over does not hide the one of its target', (t) => {
  const over = prefixed({ 'force-uptime': 'until 2026-11-20T18:00:00Z' });
  const argv = [NIGHT, '--downtime-replicas=1'];
  const unit = (force: Record<string, string>) => [
    deployment({ name: 'api', replicas: 4, annotations: prefixed(force) }),
    hpa({ name: 'api', minReplicas: 3, annotations: over }),
  ];
  t.match(decided(unit({ 'force-uptime': 'true' }), ...argv), {
    'HorizontalPodAutoscaler/api': 'annotate ExceptionExpired',
  });
  t.match(decided(unit({}), ...argv), { 'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→1' });
  t.end();
});

t.test('restored in order: the target first, its autoscaler once the target is back', (t) => {
  const original = { 'downscaler/original-replicas': '3' };
  const unit = [
    deployment({ name: 'api', replicas: 0, annotations: original }),
    hpa({ name: 'api', minReplicas: 1, annotations: original }),
  ];
  t.strictSame(decided(unit), {
    'Deployment/api': 'scaleUp InsideUptime 0→3',
    'HorizontalPodAutoscaler/api': 'none WaitsForTarget',
  });
  t.strictSame(decided(carriedOut(unit)), {
    'Deployment/api': 'none InsideUptime',
    'HorizontalPodAutoscaler/api': 'scaleUp InsideUptime 1→3',
  });
  t.end();
});

t.test('the size changed from 0 to 1 at night: the target is woken for the autoscaler to take over', (t) => {
  const owned = { managedFields: [ownerOf('/spec/replicas', 'kube-steward-downscaler')] };
  const unit = [
    deployment({
      name: 'api',
      replicas: 0,
      annotations: { 'downscaler/original-replicas': '4' },
      metadata: owned,
    }),
    hpa({ name: 'api', minReplicas: 3 }),
  ];
  t.strictSame(decided(unit, NIGHT, '--downtime-replicas=1'), {
    'Deployment/api': 'scaleUp OutsideUptime 0→1',
    'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→1',
  });
  t.end();
});

t.test('an autoscaler follows its target, with its own annotations over those of the target', (t) => {
  const unit = (target: Record<string, string>, own: Record<string, string>): KubeObject[] => [
    deployment({ name: 'api', replicas: 4, annotations: prefixed(target) }),
    hpa({ name: 'api', minReplicas: 3, annotations: prefixed(own) }),
  ];
  const one = '--downtime-replicas=1';
  const bound = (objects: KubeObject[], ...argv: string[]): string | undefined =>
    decided(objects, one, ...argv)['HorizontalPodAutoscaler/api'];
  t.equal(bound(unit({ uptime: 'never' }, {})), 'scaleDown OutsideUptime 3→1', 'the values of the target');
  t.equal(bound(unit({ uptime: 'never' }, { uptime: 'always' })), 'none InsideUptime', 'its own first');
  t.equal(bound(unit({ exclude: 'true' }, {}), NIGHT), 'none Excluded', 'excluded with its target');
  t.equal(bound(unit({ exclude: 'true' }, { exclude: 'false' }), NIGHT), 'none Excluded', 'either is enough');
  t.equal(bound(unit({}, { exclude: 'true' }), NIGHT), 'none Excluded', 'excluded by itself');
  t.equal(bound(unit({}, { uptime: 'soon' }), NIGHT), 'invalid InvalidAnnotation', 'a bad value of its own');
  t.end();
});

t.test('excluded while its bound was lowered: restored, unless its target is to stay asleep', (t) => {
  const original = { 'downscaler/original-replicas': '3' };
  const unit = [
    deployment({ name: 'api', replicas: 1, annotations: { 'downscaler/exclude': 'true' } }),
    hpa({ name: 'api', minReplicas: 1, annotations: original }),
  ];
  const bound = (...argv: string[]): string | undefined => decided(unit, ...argv)['HorizontalPodAutoscaler/api'];
  t.equal(bound(NIGHT), 'scaleUp Excluded 1→3');
  t.equal(bound(NIGHT, '--upscale-target-only'), 'none Excluded');
  t.end();
});

t.test('an autoscaler whose target is not included goes by itself, if it is included, and is else left alone', (t) => {
  const unit = [
    statefulSet({ name: 'api', replicas: 4 }),
    hpa({
      name: 'api',
      minReplicas: 3,
      target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'api' },
    }),
  ];
  t.strictSame(decided(unit, NIGHT, '--include-resources=hpa'), {
    'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→1',
  });
  t.strictSame(decided(unit, NIGHT), {}, 'with deployments alone neither of the two is spoken of');
  const alone = hpa({ name: 'api', minReplicas: 3 });
  t.strictSame(decided([alone], NIGHT), {}, 'a target that does not exist');
  t.strictSame(decided([alone], NIGHT, '--include-resources=hpa'), {
    'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→1',
  });
  t.end();
});

t.test('a target of a ScaledObject is left to it, and the ScaledObject follows the values of its target', (t) => {
  const argv = ['--include-resources=deployments,scaledobjects'];
  const unit = (target: Record<string, string>, own: Record<string, string> = {}): KubeObject[] => [
    deployment({ name: 'api', replicas: 4, annotations: prefixed(target) }),
    scaledObject({ name: 'api', annotations: prefixed(own) }),
  ];
  for (const size of ['0', '1'])
    t.strictSame(decided(unit({ uptime: 'never' }), ...argv, `--downtime-replicas=${size}`), {
      'Deployment/api': 'none LeftToScaledObject',
      'ScaledObject/api': `suspend OutsideUptime -→${size}`,
    });
  t.equal(decided(unit({}, { uptime: 'never' }), ...argv)['ScaledObject/api'], 'suspend OutsideUptime -→0');
  t.strictSame(
    decided(unit({ uptime: 'never' })),
    { 'Deployment/api': 'scaleDown OutsideUptime 4→0' },
    'not where ScaledObjects are not included',
  );
  t.end();
});

t.test('the autoscaler that KEDA makes is left to its ScaledObject', (t) => {
  const keda = scaledObject({ name: 'api', metadata: { name: 'api', uid: '1' } });
  const objects = [
    deployment({ name: 'api', replicas: 4 }),
    keda,
    hpa({ name: 'keda-hpa-api', target: 'api', minReplicas: 3, owner: keda }),
  ];
  for (const include of ['deployments,scaledobjects', 'deployments,scaledobjects,hpa', 'deployments'])
    t.equal(
      decided(objects, NIGHT, '--downtime-replicas=1', `--include-resources=${include}`)[
        'HorizontalPodAutoscaler/keda-hpa-api'
      ],
      'none OwnedByManagedKind',
      include,
    );
  t.end();
});

t.test('scalers that point at each other or at themselves are no unit', (t) => {
  const itself = hpa({
    name: 'api',
    minReplicas: 3,
    target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'api' },
  });
  t.strictSame(decided([itself], NIGHT, '--include-resources=hpa'), {
    'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→1',
  });
  t.end();
});

t.test('a namespace speaks for the whole unit', (t) => {
  const objects = [
    namespace({ name: 'default', annotations: prefixed({ uptime: 'never', 'downscale-replicas': '2' }) }),
    deployment({ name: 'api', replicas: 4 }),
    hpa({ name: 'api', minReplicas: 3 }),
  ];
  t.strictSame(decided(objects), {
    'Deployment/api': 'none LeftToAutoscaler',
    'HorizontalPodAutoscaler/api': 'scaleDown OutsideUptime 3→2',
  });
  t.end();
});

t.test('a target counts by group and kind: another group has Rollouts too, and versions are no matter', (t) => {
  const argv = [NIGHT, '--downtime-replicas=1', '--include-resources=rollouts'];
  const scaling = (apiVersion: string): Record<string, string> =>
    decided(
      [
        rollout({ name: 'api', replicas: 4 }),
        hpa({ name: 'api', minReplicas: 3, target: { apiVersion, kind: 'Rollout', name: 'api' } }),
      ],
      ...argv,
    );
  t.equal(scaling('argoproj.io/v1beta9')['Rollout/api'], 'none LeftToAutoscaler');
  t.equal(scaling('delivery.example.org/v1')['Rollout/api'], 'scaleDown OutsideUptime 4→1');
  t.equal(scaling('delivery.example.org/v1')['HorizontalPodAutoscaler/api'], undefined, 'it follows nothing we know');
  t.end();
});

t.test('a Job follows the CronJob of its own group alone', (t) => {
  const argv = [NIGHT, '--include-resources=cronjobs', '--scale-children'];
  const child = (apiVersion: string): Record<string, string> =>
    decided(
      [
        cronJob({ name: 'api' }),
        job({
          name: 'api-1',
          suspend: false,
          owner: { apiVersion, kind: 'CronJob', metadata: { name: 'api', uid: '1' } },
        }),
      ],
      ...argv,
    );
  t.equal(child('batch/v1')['Job/api-1'], 'suspend OutsideUptime false→true');
  t.equal(child('volcano.example.org/v1')['Job/api-1'], undefined);
  t.end();
});
