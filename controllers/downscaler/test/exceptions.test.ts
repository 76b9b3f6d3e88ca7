import t from 'tap';
import { deployment, namespace } from '@kube-steward/sandbox';
import type { KubeObject } from '@kube-steward/kube';
import { OFFICE_HOURS, decisionsOn, inShort, ownerOf, prefixed } from './decisions.ts';

const OVER = 'until 2026-11-20T18:00:00Z';
const ON = 'until 2026-11-20T22:00:00Z';
const OFFICE = [`--default-uptime=${OFFICE_HOURS}`];

const api = (annotations: Record<string, string>, replicas = 3): KubeObject =>
  deployment({ name: 'api', namespace: 'team', replicas, annotations: prefixed(annotations) });
const team = (annotations: Record<string, string> = {}): KubeObject =>
  namespace({ name: 'team', annotations: prefixed(annotations) });

/** What is decided on the workload, and the annotations that go. */
const outcome = (
  object: KubeObject,
  {
    argv = OFFICE,
    around = {},
    id = 'Deployment/api',
  }: { argv?: string[]; around?: Record<string, string>; id?: string } = {},
): string => {
  const decision = decisionsOn([team(around), object], { argv }).get(id);
  const gone = decision?.changes.filter(({ to }) => to === undefined).map(({ path }) => path.split('~1').at(-1)) ?? [];
  return [inShort(decision), ...gone].join(' ');
};

t.test('an exception that is over goes: in the patch that is due anyway, else in one of its own', (t) => {
  const rows: readonly (readonly [
    says: string,
    annotations: Record<string, string>,
    replicas: number,
    expected: string,
  ])[] = [
    ['forced up until now, down from now on', { 'force-uptime': OVER }, 3, 'scaleDown OutsideUptime 3→0 force-uptime'],
    ['down already', { 'force-uptime': OVER, 'original-replicas': '3' }, 0, 'annotate ExceptionExpired force-uptime'],
    [
      'forced down until now, up from now on',
      { uptime: 'always', 'force-downtime': OVER, 'original-replicas': '3' },
      0,
      'scaleUp InsideUptime 0→3 original-replicas force-downtime',
    ],
    [
      'two at once',
      { uptime: 'always', exclude: OVER, 'exclude-until': '2026-11-20' },
      3,
      'annotate ExceptionExpired exclude exclude-until',
    ],
    ['one that is on', { 'force-uptime': ON }, 3, 'none ForcedUp'],
    [
      'one that is on, beside one that is over',
      { 'force-uptime': ON, 'exclude-until': '2026-11-20' },
      3,
      'annotate ExceptionExpired exclude-until',
    ],
    ['a window that may come again', { 'force-uptime': 'Mon 10:00-12:00 UTC' }, 0, 'none OutsideUptime'],
    ['a list is nobody’s to cut', { 'force-uptime': `${OVER}, ${OVER}` }, 0, 'none OutsideUptime'],
    ['a range', { 'force-uptime': '2026-11-20T10:00:00Z - 2026-11-20T11:00:00Z' }, 0, 'none OutsideUptime'],
    ['what excludes all but it', { 'force-uptime': `!${OVER}` }, 3, 'none ForcedUp'],
    ['a uptime is no exception', { uptime: OVER }, 3, 'scaleDown OutsideUptime 3→0'],
    ['what cannot be read is left as it is', { 'force-uptime': OVER, uptime: 'soon' }, 3, 'invalid InvalidAnnotation'],
    ['what is excluded is left alone', { 'force-uptime': OVER, exclude: 'true' }, 3, 'none Excluded'],
  ];
  for (const [says, annotations, replicas, expected] of rows)
    t.equal(outcome(api(annotations, replicas)), expected, says);
  t.end();
});

t.test('what is over counts as gone already, so that its removal changes nothing', (t) => {
  t.equal(
    outcome(api({ 'force-uptime': OVER }), { around: { 'force-uptime': 'true' } }),
    'annotate ExceptionExpired force-uptime',
    'the force value of the namespace is not hidden any more',
  );
  t.equal(
    outcome(api({ exclude: OVER }), { argv: [...OFFICE, '--explicit-include'] }),
    'none Excluded',
    'an exclusion that is over includes nothing',
  );
  t.end();
});

t.test('the next moment is the end of an exception, whatever hides it', (t) => {
  const decision = decisionsOn([team(), api({ 'force-uptime': 'true', 'force-downtime': ON })]).get('Deployment/api');
  t.match(decision, { action: 'none', nextTransition: '2026-11-20T22:00:00Z' });
  t.end();
});

t.test('what somebody applies would only come back: it is left to him', (t) => {
  const mine = api({ uptime: 'always', 'force-uptime': OVER });
  const path = '/metadata/annotations/downscaler~1force-uptime';
  const ownedBy = (operation: 'Apply' | 'Update'): KubeObject => ({
    ...mine,
    metadata: { ...mine.metadata, managedFields: [ownerOf(path, 'somebody', { operation })] },
  });
  t.equal(outcome(ownedBy('Update')), 'annotate ExceptionExpired force-uptime');
  t.equal(outcome(ownedBy('Apply')), 'none InsideUptime');
  const lastApplied = (annotations: object): KubeObject => ({
    ...mine,
    metadata: {
      ...mine.metadata,
      annotations: {
        ...mine.metadata.annotations,
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ metadata: { annotations } }),
      },
    },
  });
  t.equal(outcome(lastApplied({ 'downscaler/force-uptime': OVER })), 'none InsideUptime');
  t.equal(outcome(lastApplied({ 'downscaler/uptime': 'always' })), 'annotate ExceptionExpired force-uptime');
  t.end();
});

t.test('namespaces are rid of theirs too, where they are ours to look after', (t) => {
  const of = (around: Record<string, string>, argv: string[] = []): string =>
    outcome(api({}), { around, argv, id: 'Namespace/team' });
  t.equal(of({ 'force-uptime': OVER }), 'annotate ExceptionExpired force-uptime');
  t.equal(of({ 'force-uptime': ON }), 'no decision');
  t.equal(of({ 'force-uptime': OVER, uptime: 'soon' }), 'invalid InvalidAnnotation');
  t.equal(of({ 'force-uptime': OVER, exclude: 'true' }), 'no decision');
  t.equal(of({ 'force-uptime': OVER }, ['--include-namespaces=shop']), 'no decision');
  t.equal(of({ 'force-uptime': OVER }, ['--namespace-selector=team=shop']), 'no decision');
  t.equal(of({ 'force-uptime': OVER }, ['--exclude-namespaces=team']), 'invalid NeverActs');
  t.end();
});
