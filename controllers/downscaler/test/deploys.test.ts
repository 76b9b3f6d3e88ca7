import t from 'tap';
import { applyMergePatch, type KubeObject, type ManagedFieldsEntry } from '@kube-steward/kube';
import { cronJob, daemonSet, deployment, hpa, namespace, scaledObject } from '@kube-steward/sandbox';
import { OFFICE_HOURS, carriedOut, decisionsOn, inShort, ownerOf, prefixed } from './decisions.ts';

/** Friday evening, 20:41 in Berlin; the night began at 20:30, somebody deployed at 20:35. */
const SLEPT = '2026-11-20T19:30:00Z';
const DEPLOYED = '2026-11-20T19:35:00Z';
const ARGV = [`--default-uptime=${OFFICE_HOURS}`, '--awake-after-deploy=30m'];

const us = ownerOf('/spec/replicas', 'kube-steward-downscaler', { time: SLEPT });
const ci = (time = DEPLOYED): ManagedFieldsEntry => ownerOf('/spec/template/spec/containers', 'helm', { time });

interface Given {
  readonly annotations?: Record<string, string>;
  readonly replicas?: number;
  readonly image?: string;
  readonly managedFields?: ManagedFieldsEntry[];
}
const api = ({ annotations = {}, replicas = 3, image = 'api:1', managedFields = [] }: Given = {}): KubeObject =>
  deployment({ name: 'api', replicas, image, annotations: prefixed(annotations), metadata: { managedFields } });
const decided = (object: KubeObject, argv = ARGV, at?: string): string =>
  inShort(decisionsOn([object], { argv, ...(at && { at }) }).get(`${object.kind ?? ''}/api`));

/** As it was put to sleep at 20:30. */
const asleep = carriedOut([api()], { argv: ARGV, at: SLEPT })[0]!;
/** The same, written by us and by others since. */
const since = (patch: object, ...managedFields: ManagedFieldsEntry[]): KubeObject =>
  applyMergePatch(asleep, { ...patch, metadata: { managedFields } }) as KubeObject;
const NEW_IMAGE = { spec: { template: { spec: { containers: [{ name: 'app', image: 'api:2' }] } } } };

t.test('the template it went to sleep with is remembered where deploys wake it, and forgotten when it is up', (t) => {
  t.match(asleep.metadata.annotations, {
    'downscaler/original-replicas': '3',
    'downscaler/original-template': /^\d+$/,
  });
  const [awake] = carriedOut([asleep], { argv: ARGV, at: '2026-11-23T06:30:00Z' });
  t.strictSame(
    awake,
    deployment({ name: 'api', replicas: 3, image: 'api:1', metadata: { managedFields: [] } }),
    'byte for byte what it was',
  );
  const [without] = carriedOut([api()], { argv: [ARGV[0]!], at: SLEPT });
  t.strictSame(Object.keys(without?.metadata.annotations ?? {}), ['downscaler/original-replicas']);
  t.end();
});

t.test('a deploy at night wakes it for a while', (t) => {
  const deployed = since(NEW_IMAGE, us, ci());
  const decision = decisionsOn([deployed], { argv: ARGV }).get('Deployment/api');
  t.equal(inShort(decision), 'scaleUp AwakeAfterDeploy 0→3');
  t.match(decision, {
    message: 'awake after a deploy by helm until 21:05',
    decidedBy: { source: 'config', key: 'awakeAfterDeploy' },
    nextTransition: '2026-11-20T20:05:00Z',
  });
  const [awake] = carriedOut([deployed], { argv: ARGV });
  t.equal(awake?.metadata.annotations, undefined);
  t.equal(decided(awake!), 'none AwakeAfterDeploy', 'awake, the time of the deploy alone keeps it so');
  t.equal(decided(awake!, ARGV, '2026-11-20T20:04:59Z'), 'none AwakeAfterDeploy');
  t.equal(decided(awake!, ARGV, '2026-11-20T20:05:00Z'), 'scaleDown OutsideUptime 3→0');
  const [again] = carriedOut([awake!], { argv: ARGV, at: '2026-11-20T20:05:00Z' });
  t.equal(again?.metadata.annotations?.['downscaler/original-replicas'], '3', 'with the same original');
  t.equal(decided(again!, ARGV, '2026-11-20T20:05:01Z'), 'none OutsideUptime');
  t.end();
});

t.test('what is a deploy, and what is none', (t) => {
  const size = { spec: { ...NEW_IMAGE.spec, replicas: 2 } };
  const flux = (operation: 'Apply' | 'Update'): ManagedFieldsEntry => ({
    ...ownerOf('/spec/replicas', 'flux', { time: DEPLOYED, operation }),
    fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': {} } } },
  });
  const rows: readonly (readonly [says: string, object: KubeObject, expected: string])[] = [
    ['nothing but our own change', since({}, us), 'none OutsideUptime'],
    [
      'a template that is the same, whatever else changed',
      since({ metadata: { labels: { a: 'b' } } }, us, ci()),
      'none OutsideUptime',
    ],
    ['a deploy that is long past', since(NEW_IMAGE, us, ci('2026-11-20T19:11:00Z')), 'none OutsideUptime'],
    [
      'a size set back without a new template',
      since({ spec: { replicas: 3 } }, flux('Apply')),
      'scaleDown ChangedByGit 3→0',
    ],
    [
      'a deploy that sets the size as well, below the original',
      since(size, flux('Update')),
      'scaleUp AwakeAfterDeploy 2→3',
    ],
    ['a size in Git takes the place of the original', since(size, flux('Apply')), 'scaleUp AwakeAfterDeploy'],
    [
      'a template that we changed ourselves',
      since(NEW_IMAGE, us, ownerOf('/spec/template/spec', 'kube-steward-downscaler', { time: DEPLOYED })),
      'none OutsideUptime',
    ],
    [
      'what we left in the template when it woke',
      since(NEW_IMAGE, us, { ...ci(), manager: 'kube-steward-downscaler-wake' }),
      'none OutsideUptime',
    ],
    ['a write of the status', since(NEW_IMAGE, us, { ...ci(), subresource: 'status' }), 'none OutsideUptime'],
    [
      'a change that is no part of the template',
      since(NEW_IMAGE, us, ownerOf('/metadata/labels/a', 'kubectl-label', { time: DEPLOYED })),
      'none OutsideUptime',
    ],
  ];
  for (const [says, object, expected] of rows) t.equal(decided(object), expected, says);
  t.end();
});

t.test('asleep before anybody remembered its template, the times tell', (t) => {
  const former = (...managedFields: ManagedFieldsEntry[]): KubeObject =>
    api({ replicas: 0, annotations: { 'original-replicas': '3' }, managedFields });
  t.equal(decided(former(us, ci())), 'scaleUp AwakeAfterDeploy 0→3');
  t.equal(decided(former(us, ci('2026-11-20T19:29:00Z'))), 'none OutsideUptime', 'deployed before it went to sleep');
  t.equal(decided(former(us, ci(SLEPT))), 'none OutsideUptime', 'in the very second: told as before');
  t.equal(decided(former(ci())), 'none OutsideUptime', 'nobody knows when it went to sleep');
  t.end();
});

t.test('deployed shortly before the night it stays up for the rest of that time', (t) => {
  const deployed = api({ managedFields: [ci('2026-11-20T19:25:00Z')] });
  t.equal(decided(deployed), 'none AwakeAfterDeploy');
  t.equal(decided(deployed, ARGV, '2026-11-20T19:55:00Z'), 'scaleDown OutsideUptime 3→0');
  t.end();
});

t.test('the annotation in each layer, and what goes before it', (t) => {
  const OFFICE = [ARGV[0]!];
  const deployed = (annotations: Record<string, string> = {}): KubeObject =>
    api({ annotations, managedFields: [ci()] });
  const rows: readonly (readonly [
    object: Record<string, string>,
    around: Record<string, string>,
    argv: string[],
    expected: string,
  ])[] = [
    [{}, {}, OFFICE, 'scaleDown OutsideUptime 3→0'],
    [{ 'awake-after-deploy': '30m' }, {}, OFFICE, 'none AwakeAfterDeploy'],
    [{}, { 'awake-after-deploy': '30m' }, OFFICE, 'none AwakeAfterDeploy'],
    [{ 'awake-after-deploy': '0' }, {}, ARGV, 'scaleDown OutsideUptime 3→0'],
    [{ 'awake-after-deploy': '5m' }, {}, ARGV, 'scaleDown OutsideUptime 3→0'],
    [{ 'force-downtime': 'true' }, {}, ARGV, 'scaleDown ForcedDown 3→0'],
    [{ 'force-uptime': 'true' }, {}, ARGV, 'none ForcedUp'],
    [{ exclude: 'true' }, {}, ARGV, 'none Excluded'],
    [{ 'downscale-period': 'Fri 20:00-23:00 Europe/Berlin' }, {}, ARGV, 'none AwakeAfterDeploy'],
    [{ 'upscale-period': 'Fri 10:00-11:00 Europe/Berlin' }, {}, ARGV, 'none OutsidePeriods'],
    [{ 'awake-after-deploy': 'a while' }, {}, OFFICE, 'invalid InvalidAnnotation'],
    [{}, { 'awake-after-deploy': 'a while' }, OFFICE, 'invalid InvalidAnnotation'],
    [{ uptime: 'always' }, { 'awake-after-deploy': 'a while' }, OFFICE, 'none InsideUptime'],
  ];
  for (const [object, around, argv, expected] of rows) {
    const objects = [namespace({ name: 'default', annotations: prefixed(around) }), deployed(object)];
    const found = inShort(decisionsOn(objects, { argv }).get('Deployment/api'));
    t.equal(found, expected, JSON.stringify([object, around]));
  }
  t.end();
});

t.test('autoscalers wake with the workload that was deployed', (t) => {
  const argv = [...ARGV, '--include-resources=deployments,hpa,scaledobjects', '--downtime-replicas=1'];
  const deployed = api({ managedFields: [ci()] });
  const lowered = hpa({ name: 'api', minReplicas: 1, annotations: prefixed({ 'original-replicas': '2' }) });
  t.equal(
    inShort(decisionsOn([deployed, lowered], { argv }).get('HorizontalPodAutoscaler/api')),
    'scaleUp AwakeAfterDeploy 1→2',
  );
  const paused = scaledObject({
    name: 'api',
    target: 'api',
    annotations: { ...prefixed({ 'original-replicas': '-1' }), 'autoscaling.keda.sh/paused-replicas': '1' },
  });
  t.equal(inShort(decisionsOn([deployed, paused], { argv }).get('ScaledObject/api')), 'resume AwakeAfterDeploy 1→-');
  t.end();
});

t.test('what puts a kind to sleep inside its template is no deploy', (t) => {
  for (const [object, include, path] of [
    [daemonSet({ name: 'api' }), 'daemonsets', '/spec/template/spec/nodeSelector'],
    [daemonSet({ name: 'api', nodeSelector: { disk: 'ssd' } }), 'daemonsets', '/spec/template/spec/nodeSelector'],
    [cronJob({ name: 'api' }), 'cronjobs', '/spec/suspend'],
  ] as const) {
    const argv = [...ARGV, `--include-resources=${include}`];
    const [slept] = carriedOut([object], { argv, at: SLEPT });
    const touched = {
      ...slept!,
      metadata: {
        ...slept!.metadata,
        managedFields: [
          ownerOf(path, 'kube-steward-downscaler', { time: SLEPT }),
          ownerOf(
            include === 'cronjobs' ? '/spec/jobTemplate/spec/template/spec' : '/spec/template/spec/containers',
            'helm',
            {
              time: DEPLOYED,
            },
          ),
        ],
      },
    };
    t.match(slept?.metadata.annotations, { 'downscaler/original-template': /./ });
    t.equal(decided(touched, argv), 'none OutsideUptime', include);
  }
  t.end();
});
