import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { cronJob, daemonSet, deployment, hpa, scaledObject } from '@kube-steward/sandbox';
import { carriedOut, decisionsOn, inShort, ownerOf } from './decisions.ts';

const OURS = 'kube-steward-downscaler';
const ownedBy = (manager: string, path = '/spec/replicas'): { managedFields: ReturnType<typeof ownerOf>[] } => ({
  managedFields: [ownerOf(path, manager)],
});
const lastApplied = (spec: string): Record<string, string> => ({
  'kubectl.kubernetes.io/last-applied-configuration': `{"spec":${spec}}`,
});
/** Asleep by our hand; GitOps pruned the annotation. */
const pruned = (annotations: Record<string, string> = {}, manager = OURS): KubeObject =>
  deployment({ name: 'api', replicas: 0, annotations, metadata: ownedBy(manager) });

const decided = (objects: readonly KubeObject[], id: string, ...argv: string[]): string =>
  inShort(decisionsOn(objects, { argv }).get(id));

t.test('the size comes from the last applied configuration, else from the lower bound of the autoscaler', (t) => {
  const autoscaler = hpa({ name: 'api', minReplicas: 2 });
  const applied = pruned(lastApplied('{"replicas":4}'));
  t.equal(decided([applied, autoscaler], 'Deployment/api'), 'scaleUp OriginalLost 0→4');
  t.equal(decided([pruned(), autoscaler], 'Deployment/api'), 'scaleUp OriginalLost 0→2');
  t.equal(decided([pruned(lastApplied('{"replicas":0}')), autoscaler], 'Deployment/api'), 'scaleUp OriginalLost 0→2');
  t.equal(decided([pruned(lastApplied('{"replicas":')), autoscaler], 'Deployment/api'), 'scaleUp OriginalLost 0→2');
  t.end();
});

t.test('else a person is asked, by day and by night, until the size is set', (t) => {
  const decision = decisionsOn([pruned()]).get('Deployment/api');
  t.match(decision, { action: 'blocked', reason: 'OriginalLost', changes: [] });
  t.match(decision?.message, 'set its size by hand');
  t.equal(decided([pruned()], 'Deployment/api', '--default-uptime=never'), 'blocked OriginalLost');
  const found = pruned(lastApplied('{"replicas":4}'));
  t.equal(
    decided([found], 'Deployment/api', '--default-uptime=never'),
    'none OutsideUptime',
    'known: the morning will do',
  );
  t.end();
});

t.test('a 0 of somebody else, or of nobody known, is no lost original', (t) => {
  t.equal(decided([pruned({}, 'kubectl-scale')], 'Deployment/api'), 'none InsideUptime');
  t.equal(decided([deployment({ name: 'api', replicas: 0 })], 'Deployment/api'), 'none InsideUptime');
  t.equal(
    decided([pruned({}, 'py-kube-downscaler')], 'Deployment/api', '--field-manager=py-kube-downscaler'),
    'blocked OriginalLost',
    'a former name of ours counts',
  );
  t.end();
});

t.test('kinds with one other state come back to it', (t) => {
  const selector = '/spec/template/spec/nodeSelector/kube-downscaler-non-existent';
  const paused = 'autoscaling.keda.sh/paused-replicas';
  const rows: readonly (readonly [include: string, object: KubeObject, expected: string])[] = [
    [
      'cronjobs',
      cronJob({ name: 'api', suspend: true, metadata: ownedBy(OURS, '/spec/suspend') }),
      'resume OriginalLost true→false',
    ],
    [
      'daemonsets',
      daemonSet({
        name: 'api',
        nodeSelector: { 'kube-downscaler-non-existent': 'true' },
        metadata: ownedBy(OURS, selector),
      }),
      'resume OriginalLost true→-',
    ],
    [
      'scaledobjects',
      scaledObject({
        name: 'api',
        annotations: { [paused]: '0' },
        metadata: ownedBy(OURS, `/metadata/annotations/${paused.replace('/', '~1')}`),
      }),
      'resume OriginalLost 0→-',
    ],
  ];
  for (const [include, object, expected] of rows)
    t.equal(decided([object], `${object.kind ?? ''}/api`, `--include-resources=${include}`), expected);
  t.end();
});

t.test('a CronJob that its last applied configuration wants suspended is not resumed', (t) => {
  const suspended = cronJob({
    name: 'api',
    suspend: true,
    annotations: lastApplied('{"suspend":true}'),
    metadata: ownedBy(OURS, '/spec/suspend'),
  });
  t.equal(decided([suspended], 'CronJob/api', '--include-resources=cronjobs'), 'blocked OriginalLost');
  t.end();
});

t.test('excluded while its original was lost: brought back as well', (t) => {
  const excluded = pruned({ ...lastApplied('{"replicas":4}'), 'downscaler/exclude': 'true' });
  t.equal(decided([excluded], 'Deployment/api', '--default-uptime=never'), 'scaleUp OriginalLost 0→4');
  t.equal(decided([excluded], 'Deployment/api', '--upscale-target-only'), 'none Excluded');
  t.end();
});

t.test('an original that is no size is reported and nothing is done', (t) => {
  const rows: readonly (readonly [include: string, object: KubeObject])[] = [
    ['deployments', deployment({ name: 'api', replicas: 0, annotations: { 'downscaler/original-replicas': 'many' } })],
    ['deployments', deployment({ name: 'api', replicas: 0, annotations: { 'downscaler/original-replicas': '-2' } })],
    ['cronjobs', cronJob({ name: 'api', suspend: true, annotations: { 'downscaler/original-replicas': 'yes' } })],
  ];
  for (const [include, object] of rows) {
    const argv = [`--include-resources=${include}`];
    const decision = decisionsOn([object], { argv }).get(`${object.kind ?? ''}/api`);
    t.equal(inShort(decision), 'invalid InvalidAnnotation');
    t.match(decision?.message, /is no size of a (Deployment|CronJob); write the size to come back to/);
    t.strictSame(carriedOut([object], { argv }), [object]);
  }
  t.end();
});
