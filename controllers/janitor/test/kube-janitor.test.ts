import t from 'tap';
import { resolveOptions } from '@kube-steward/cli';
import type { KubeObject } from '@kube-steward/kube';
import { deleteOf } from '../src/breaker.ts';
import { policyOf } from '../src/configure.ts';
import { JANITOR_OPTIONS } from '../src/options.ts';
import type { Policy } from '../src/policy.ts';
import { NO_RULES, readRules } from '../src/rules.ts';
import { formatAge } from '../src/ttl.ts';
import {
  DAY,
  HOUR,
  MINUTE,
  NOW,
  ago,
  annotated,
  decisionOn,
  inShort,
  object,
  observation,
  planOf,
  policy,
} from './decisions.ts';

/** What kube-janitor 20.10 does, point by point: kept as it is, or changed on purpose. */

const said = (annotations: Readonly<Record<string, string>>, by: Policy = policy(), age = HOUR) =>
  inShort(decisionOn('Deployment', annotated('Deployment', annotations, { creationTimestamp: ago(age) }), by));
const DELETED = 'delete TimeToLiveExpired';
const EXPIRED = 'delete ExpiryTimeReached';
const INVALID = 'invalid InvalidAnnotation';

const flags = (...argv: string[]): Policy =>
  policyOf(resolveOptions(JANITOR_OPTIONS, { argv, env: {} }), { rules: NO_RULES });
const byRule = (rule: object, more: Parameters<typeof policy>[0] = {}): Policy =>
  policy({ rules: [{ id: 'rule', resources: ['*'], jmespath: '`true`', ttl: '30m', ...rule }], ...more });

t.test('kept: the grammar of times to live, any case of forever, leading zeros, a line break at the end', async (t) => {
  for (const ttl of ['1s', '59m', '08s', '30m\n']) t.equal(said({ ttl }), DELETED, JSON.stringify(ttl));
  for (const ttl of ['forever', 'FOREVER', 'Forever']) t.equal(said({ ttl }), 'none Forever');
  for (const ttl of ['1H', '-1h', '1.5h', ' 1m', '1m ', '1', 'h', '1y', '٣m', '1m\n\n'])
    t.equal(said({ ttl }), INVALID, ttl);
});

t.test('added: compound times to live', async (t) => {
  t.equal(said({ ttl: '1h30m' }), 'none NotYetDue 12:30');
  t.equal(said({ ttl: '59m59s' }), DELETED);
});

t.test('kept: 0s never deletes, an empty value is none, and an invalid one shields from rules', async (t) => {
  const by = byRule({});
  t.equal(said({ ttl: '0s' }, by), 'none NeverDue');
  t.equal(said({ ttl: '' }, by), DELETED, 'the rule');
  t.equal(said({ ttl: 'soon' }, by), INVALID);
});

t.test('kept: the three forms of an expiry, all UTC, with their one-digit numbers', async (t) => {
  const rows: readonly [expires: string, said: string][] = [
    ['2026-11-20T11:59:59Z', EXPIRED],
    ['2026-11-20T11:59', EXPIRED],
    ['2026-11-20', EXPIRED],
    ['2026-11-21', 'none NotYetDue 2026-11-21T00:00:00Z'],
    ['2026-11-9T1:2:3Z', EXPIRED],
    ['2026-11-20t11:59:59z', EXPIRED],
    ['2026-11- 9', EXPIRED],
    ['2026-11-31', INVALID],
    ['2026-13-01', INVALID],
    ['2026-11-20 11:00', INVALID],
    ['1763640000', INVALID],
    [' 2026-11-20', INVALID],
    ['2026-11-20T24:00', INVALID],
  ];
  for (const [expires, expected] of rows) t.equal(said({ expires }), expected, expires);
});

t.test('added: an expiry with an offset, and seconds without Z', async (t) => {
  t.equal(said({ expires: '2026-11-20T12:59:59+01:00' }), EXPIRED);
  t.equal(said({ expires: '2026-11-20T11:30:00-01:00' }), 'none NotYetDue 12:30');
  t.equal(said({ expires: '2026-11-20T11:59:59' }), EXPIRED);
});

t.test('kept: at the very moment nothing is due yet, and what was made in the future is kept', async (t) => {
  t.equal(said({ ttl: '1h' }), 'none NotYetDue 12:00');
  t.equal(said({ expires: '2026-11-20T12:00:00Z' }), 'none NotYetDue 12:00');
  t.equal(said({ ttl: '1h' }, policy(), HOUR + 1), DELETED);
  t.equal(said({ ttl: '30m' }, policy(), -HOUR), 'none NotYetDue 13:30');
});

t.test('kept: a time to live and an expiry are independent, the earlier one counts', async (t) => {
  t.equal(said({ ttl: 'forever', expires: '2026-11-20' }), EXPIRED);
  t.equal(said({ ttl: '30m', expires: '2026-12-01' }), DELETED);
  t.equal(said({ ttl: 'soon', expires: '2026-11-20' }), EXPIRED);
  t.equal(said({ expires: '2026-12-01' }, byRule({})), DELETED, 'a coming expiry is no protection from rules');
});

t.test('changed: where both are due there is one delete, not two', async (t) => {
  t.equal(said({ ttl: '30m', expires: '2026-11-20' }), DELETED);
});

t.test('kept: the age may count from a deploy, for times to live and for rules, and never for an expiry', async (t) => {
  const by = policy({ deploymentTimeAnnotation: 'deployed-at', rules: [] });
  const deployed = (at: string, annotations: object, policy = by) =>
    inShort(
      decisionOn('Deployment', object('Deployment', { annotations: { 'deployed-at': at, ...annotations } }), policy),
    );
  const ttl = { 'janitor/ttl': '30m' };
  t.equal(deployed('2026-11-20T11:45:00Z', ttl), 'none NotYetDue 12:15');
  t.equal(deployed('2020-01-01T00:00:00Z', ttl), DELETED, 'never earlier than the creation');
  t.equal(deployed('2026-11-20T11:45:00Z', { 'janitor/expires': '2026-11-20' }), EXPIRED);
  t.equal(
    deployed('2026-11-20T11:45:00Z', {}, byRule({}, { deploymentTimeAnnotation: 'deployed-at' })),
    'none NotYetDue 12:15',
  );
});

t.test('changed: a deploy time that cannot be read keeps the object, and is reported', async (t) => {
  const by = policy({ deploymentTimeAnnotation: 'deployed-at' });
  const seen = object('Deployment', { annotations: { 'deployed-at': 'yesterday', 'janitor/ttl': '30m' } });
  const decision = decisionOn('Deployment', seen, by);
  t.equal(inShort(decision), INVALID);
  t.match(decision.message, /^deployed-at: "yesterday" is no moment/);
});

t.test('changed: an object that does not say when it was made is kept, and stops nobody else', async (t) => {
  t.equal(
    inShort(decisionOn('Deployment', annotated('Deployment', { ttl: '30m' }, { creationTimestamp: undefined }))),
    'none AgeUnknown',
  );
  t.equal(
    inShort(
      decisionOn('Deployment', annotated('Deployment', { expires: '2026-11-20' }, { creationTimestamp: undefined })),
    ),
    EXPIRED,
  );
});

t.test(
  'kept: its own time to live, then the first rule that matches; forever first is a list of exceptions',
  async (t) => {
    const by = policy({
      rules: [
        { id: 'keep', resources: ['deployments'], jmespath: 'metadata.labels.keep', ttl: 'forever' },
        { id: 'first', resources: ['*'], jmespath: 'metadata.labels.preview', ttl: '2h' },
        { id: 'second', resources: ['*'], jmespath: 'metadata.labels.preview', ttl: '30m' },
      ],
    });
    const labelled = (...labels: string[]) =>
      inShort(
        decisionOn(
          'Deployment',
          object('Deployment', { labels: Object.fromEntries(labels.map((label) => [label, 'yes'])) }),
          by,
        ),
      );
    t.equal(labelled('preview'), 'none NotYetDue 13:00');
    t.equal(labelled('preview', 'keep'), 'none Forever');
    t.equal(labelled(), 'none NoDeadline');
  },
);

t.test('kept: which kinds and namespaces are looked at; excluding always wins', async (t) => {
  const rows: readonly [flags: readonly string[], metadata: Record<string, unknown>, said: string][] = [
    [[], {}, DELETED],
    [[], { namespace: 'kube-system' }, 'none Excluded'],
    [['--include-namespaces=kube-system'], { namespace: 'kube-system' }, 'none Excluded'],
    [['--include-namespaces=shop'], {}, DELETED],
    [['--include-namespaces=shop,team'], { namespace: 'other' }, 'none Excluded'],
    [['--exclude-namespaces=shop'], {}, 'none Excluded'],
    [['--include-namespaces=sho.*'], {}, 'none Excluded'],
    [['--include-resources=deployments'], {}, DELETED],
    [['--include-resources=services,configmaps'], {}, 'none Excluded'],
    [['--exclude-resources=deployments'], {}, 'none Excluded'],
    [['--include-resources=deployments', '--exclude-resources=deployments'], {}, 'none Excluded'],
    [['--include-resources=XXXdeployments'], {}, 'none Excluded'],
    [['--include-resources=deployments.apps'], {}, DELETED],
    [['--exclude-resources=apps/v1/deployments'], {}, 'none Excluded'],
  ];
  for (const [argv, metadata, expected] of rows)
    t.equal(
      inShort(decisionOn('Deployment', annotated('Deployment', { ttl: '30m' }, metadata), flags(...argv))),
      expected,
      argv.join(' '),
    );
});

t.test('kept: the defaults, and a list replaces its default', async (t) => {
  const event = annotated('Event', { ttl: '30m' });
  t.equal(inShort(decisionOn('Event', event, flags())), 'none Excluded');
  t.equal(inShort(decisionOn('Event', event, flags('--exclude-resources=secrets'))), DELETED);
});

t.test('changed: without kube-system among the excluded namespaces it is still protected', async (t) => {
  const seen = annotated('ConfigMap', { ttl: '30m' }, { namespace: 'kube-system' });
  t.equal(inShort(decisionOn('ConfigMap', seen, flags('--exclude-namespaces=other'))), 'blocked SystemObject');
});

t.test('kept: a Namespace counts by its own name, and its annotations act', async (t) => {
  const namespace = (name: string) => annotated('Namespace', { ttl: '30m' }, { name });
  t.equal(inShort(decisionOn('Namespace', namespace('pr-1'), flags())), DELETED);
  t.equal(inShort(decisionOn('Namespace', namespace('pr-1'), flags('--exclude-namespaces=pr-1'))), 'none Excluded');
  t.equal(
    inShort(decisionOn('Namespace', namespace('pr-1'), flags('--exclude-resources=namespaces'))),
    'none Excluded',
  );
  t.equal(inShort(decisionOn('Namespace', namespace('pr-2'), flags('--include-namespaces=pr-1'))), 'none Excluded');
});

t.test('kept: a plural means the kinds of every group, unless the group is written', async (t) => {
  const rule = (resources: string[]) => policy({ rules: [{ id: 'rule', resources, jmespath: '`true`', ttl: '30m' }] });
  const services = [object('Service', { name: 'core' }), object('KnativeService', { name: 'knative' })];
  t.match(planOf(services, rule(['services'])), { 'Service/core': DELETED, 'Service/knative': DELETED });
  t.match(planOf(services, rule(['services.serving.knative.dev'])), {
    'Service/core': 'none NoDeadline',
    'Service/knative': DELETED,
  });
  t.match(planOf(services, rule(['v1/services'])), { 'Service/core': DELETED, 'Service/knative': 'none NoDeadline' });
});

t.test('changed: a rules file with a mistake is refused whole, with everything that is wrong in it', async (t) => {
  const rule = { id: 'rule', resources: ['pods'], jmespath: 'a', ttl: '1d' };
  t.same(readRules([{ ...rule, description: 'why' }]).rules.length, 1, 'a foreign key is a warning');
  t.equal(readRules([rule, rule]).warnings.length, 1, 'the same id twice');
  for (const bad of [
    { id: 'Rule' },
    { resources: 'pods' },
    { jmespath: 'lower(a)' },
    { jmespath: 'length(a, b)' },
    { ttl: 3 },
  ])
    t.throws(() => readRules([{ ...rule, ...bad }]), JSON.stringify(bad));
});

t.test(
  'kept: what a rule sees: annotations that are empty rather than null, labels that are null, no kind of built-in ones',
  async (t) => {
    const matches = (jmespath: string, seen: KubeObject, of: 'Deployment' | 'KnativeService' = 'Deployment') =>
      inShort(decisionOn(of, seen, byRule({ jmespath })));
    const bare = object('Deployment');
    t.equal(matches('metadata.annotations == `{}`', bare), DELETED);
    t.equal(matches('metadata.labels == `null`', bare), DELETED);
    t.equal(matches("kind == 'Deployment'", bare), 'none NoDeadline');
    t.equal(matches("kind == 'Service'", object('KnativeService'), 'KnativeService'), DELETED);
    t.equal(matches('_context == `{}`', bare), DELETED, 'only volume claims have a context');
  },
);

t.test('changed: an object cannot write its own _context', async (t) => {
  const by = policy({
    rules: [{ id: 'rule', resources: ['persistentvolumeclaims'], jmespath: '_context.pvc_is_not_mounted', ttl: '30m' }],
  });
  const claim = object('PersistentVolumeClaim', {}, { _context: { pvc_is_not_mounted: true } });
  const used = { state: 'used', by: 'Pod/web', isMounted: true } as const;
  t.equal(inShort(decisionOn('PersistentVolumeClaim', claim, by, { references: used })), 'none NoDeadline');
});

t.test('kept: strings have an order, and nothing else is converted to compare it', async (t) => {
  const matches = (jmespath: string, rest = {}) =>
    inShort(decisionOn('Deployment', object('Deployment', {}, rest), byRule({ jmespath })));
  t.equal(matches("metadata.creationTimestamp > '2026-01-01'"), DELETED);
  t.equal(matches("metadata.creationTimestamp > '2027-01-01'"), 'none NoDeadline');
  for (const never of [
    'spec.gone < `1`',
    'spec.gone <= `0`',
    'spec.gone >= `0`',
    "spec.replicas < 'x'",
    'metadata.labels.constructor',
  ])
    t.equal(matches(never, { spec: { replicas: 1 } }), 'none NoDeadline', never);
});

t.test('kept: a rule that finds 0 has found nothing', async (t) => {
  const matches = (jmespath: string) =>
    inShort(
      decisionOn('Deployment', object('Deployment', {}, { spec: { replicas: 0, items: [] } }), byRule({ jmespath })),
    );
  t.equal(matches('spec.replicas'), 'none NoDeadline');
  t.equal(matches('length(spec.items)'), 'none NoDeadline');
  t.equal(matches('spec.replicas == `0`'), DELETED);
  t.equal(matches('!spec.replicas'), 'none NoDeadline', 'inside, 0 is true');
});

t.test('changed: a rule that fails on one object stops there, and at no other', async (t) => {
  const by = policy({
    rules: [
      { id: 'team', resources: ['deployments'], jmespath: "starts_with(metadata.labels.team, 'x')", ttl: '30m' },
      { id: 'all', resources: ['deployments'], jmespath: '`true`', ttl: '30m' },
    ],
  });
  const decisions = planOf(
    [object('Deployment', { name: 'bare' }), object('Deployment', { name: 'web', labels: { team: 'xyz' } })],
    by,
  );
  t.same(decisions, { 'Deployment/bare': 'invalid RuleFailed', 'Deployment/web': DELETED });
});

const template = (claimName: string) => ({
  template: { spec: { volumes: [{ persistentVolumeClaim: { claimName } }] } },
});
const CLAIMS = policy({
  rules: [
    {
      id: 'unused',
      resources: ['persistentvolumeclaims'],
      jmespath: '_context.pvc_is_not_mounted && _context.pvc_is_not_referenced',
      ttl: '30m',
    },
    { id: 'unmounted', resources: ['persistentvolumeclaims'], jmespath: '_context.pvc_is_not_mounted', ttl: '2h' },
  ],
});
const claim = (name = 'data') => object('PersistentVolumeClaim', { name });

t.test('kept: who uses a volume claim', async (t) => {
  const rows: readonly [by: KubeObject, said: string][] = [
    [
      object(
        'Pod',
        {},
        { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] }, status: { phase: 'Succeeded' } },
      ),
      'none NoDeadline',
    ],
    [object('Job', {}, { spec: template('data') }), 'none NotYetDue 13:00'],
    [object('Deployment', {}, { spec: template('data') }), 'none NotYetDue 13:00'],
    [object('CronJob', {}, { spec: { jobTemplate: { spec: template('data') } } }), 'none NotYetDue 13:00'],
    [object('Deployment', {}, { spec: template('other') }), DELETED],
    [object('Deployment', { namespace: 'elsewhere' }, { spec: template('data') }), DELETED],
  ];
  for (const [by, expected] of rows)
    t.equal(planOf([claim(), by], CLAIMS)['PersistentVolumeClaim/data'], expected, `${by.kind} ${JSON.stringify(by)}`);
});

t.test('kept: what a StatefulSet made is its own, whatever its size is now', async (t) => {
  const set = object(
    'StatefulSet',
    { name: 'd.b' },
    { spec: { replicas: 1, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } },
  );
  const said = (name: string) => planOf([claim(name), set], CLAIMS)[`PersistentVolumeClaim/${name}`];
  t.equal(said('data-d.b-7'), 'none NotYetDue 13:00');
  t.equal(said('data-d.b-x'), DELETED);
  t.equal(said('data-dxb-0'), DELETED, 'changed: a dot in its name is a dot');
  t.equal(said('log-d.b-0'), DELETED);
});

t.test('changed: every kind with a pod template counts, and snapshots', async (t) => {
  const users = [
    object('DaemonSet', {}, { spec: template('data') }),
    object('ReplicaSet', {}, { spec: template('data') }),
    object('StatefulSet', {}, { spec: template('data') }),
    { ...object('ConfigMap'), apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', spec: template('data') },
    {
      ...object('ConfigMap'),
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      spec: { source: { persistentVolumeClaimName: 'data' } },
    },
  ] as KubeObject[];
  for (const user of users)
    t.equal(planOf([claim(), user], CLAIMS)['PersistentVolumeClaim/data'], 'none NotYetDue 13:00', user.kind ?? '');
});

t.test('changed: where somebody cannot be asked who uses a claim, it is kept, and nothing else is', async (t) => {
  const unknown = { state: 'unknown', why: 'jobs may not be read' } as const;
  t.equal(
    inShort(decisionOn('PersistentVolumeClaim', claim(), CLAIMS, { references: unknown })),
    'blocked ReferencesUnknown',
  );
  const own = annotated('PersistentVolumeClaim', { ttl: '30m' });
  t.equal(inShort(decisionOn('PersistentVolumeClaim', own, CLAIMS, { references: unknown })), DELETED);
});

t.test('changed: no code of others is run; the flag for it names what takes its place', async (t) => {
  t.throws(() => flags('--resource-context-hook=module.hook'), /_context\.pvc_is_not_mounted/);
});

t.test('kept: what an object owns goes in the background, or as its rule says', async (t) => {
  const propagation = (by: Policy) => decisionOn('Job', object('Job'), by).deletion?.propagation;
  t.equal(propagation(byRule({})), 'Background');
  t.equal(propagation(byRule({ propagation: 'Foreground' })), 'Foreground');
  t.equal(decisionOn('Job', annotated('Job', { ttl: '1s' })).deletion?.propagation, 'Background');
});

t.test('kept: reasons and messages of events, word for word', async (t) => {
  const message = (annotations: Record<string, string>, by = policy(), seen = {}) =>
    decisionOn('Deployment', annotated('Deployment', annotations), by, seen).message;
  t.equal(
    message({ ttl: '30m' }),
    'Deployment web with 30m TTL is 1h old and will be deleted (annotation janitor/ttl is set)',
  );
  t.equal(
    message({ expires: '2026-11-20T11:00' }),
    'Deployment web expired on 2026-11-20T11:00 and will be deleted (annotation janitor/expires is set)',
  );
  t.equal(message({}, byRule({})), 'Deployment web with 30m TTL is 1h old and will be deleted (rule rule matches)');
  t.equal(
    message({ ttl: '2h' }, policy({ noticeMs: 3 * HOUR })),
    'Deployment web will be deleted at 2026-11-20T14:00:00Z (annotation janitor/ttl is set)',
  );
  t.equal(formatAge(11 * DAY + 11 * HOUR + 13 * MINUTE + 9000), '1w4d11h13m9s');
  t.equal(formatAge(0), '0s');
  t.equal(formatAge(-1000), '-1s');
});

t.test(
  'kept: a notice within its time of the deadline; changed: guaranteed, and repeated when the deadline moves',
  async (t) => {
    const by = policy({ noticeMs: 30 * MINUTE });
    const ttl = (ttl: string, notice?: { deadline: number; at: number }, annotations = {}) =>
      inShort(decisionOn('Deployment', annotated('Deployment', { ttl, ...annotations }), by, { notice }));
    t.equal(ttl('2h'), 'none NotYetDue 12:30');
    t.equal(ttl('80m'), 'notify DeleteNotification 12:30');
    t.equal(ttl('80m', { deadline: NOW + 20 * MINUTE, at: NOW - 10 * MINUTE }), 'none NotYetDue 12:20');
    t.equal(ttl('50m'), 'notify DeleteNotification 12:30', 'the window was missed');
    t.equal(ttl('50m', { deadline: NOW - 10 * MINUTE, at: NOW - 5 * MINUTE }), 'none NoticeStands 12:25');
    t.equal(ttl('50m', { deadline: NOW - 10 * MINUTE, at: NOW - 31 * MINUTE }), DELETED);
    t.equal(
      ttl('80m', { deadline: NOW - 10 * MINUTE, at: NOW - HOUR }),
      'notify DeleteNotification 12:30',
      'extended since',
    );
    t.equal(
      ttl('50m', undefined, { notified: 'yes' }),
      'notify DeleteNotification 12:30',
      'kube-janitor’s own mark is no notice',
    );
    t.equal(
      inShort(decisionOn('Deployment', annotated('Deployment', { ttl: '10m' }), by)),
      'notify DeleteNotification 12:10',
      'no longer than its time to live',
    );
  },
);

t.test('changed: a time to live beyond all bounds is a bad value, and not the end of everything', async (t) => {
  t.equal(said({ ttl: '99999999999999w' }), INVALID);
  t.equal(said({ ttl: '9'.repeat(400) + 's' }), INVALID);
  t.equal(said({ ttl: '52000w' }).replace(/\d{4}-.*/, ''), 'none NotYetDue ');
});

t.test('changed: waiting after a delete, and polling, mean nothing here, and are said so', async (t) => {
  const { notices } = resolveOptions(JANITOR_OPTIONS, {
    argv: ['--wait-after-delete=5', '--interval=60', '--debug', '--quiet'],
    env: {},
  });
  t.equal(notices.length, 4);
  for (const notice of notices) t.match(notice, /has no effect/);
});

t.test('kept: names in the environment', async (t) => {
  const env = {
    INCLUDE_RESOURCES: 'deployments',
    EXCLUDE_RESOURCES: 'pods',
    INCLUDE_NAMESPACES: 'shop',
    EXCLUDE_NAMESPACES: 'other',
    RULES_FILE: '/rules.yaml',
  };
  const { values } = resolveOptions(JANITOR_OPTIONS, { argv: [], env });
  t.match(values, {
    includeResources: ['deployments'],
    excludeResources: ['pods'],
    includeNamespaces: ['shop'],
    excludeNamespaces: ['other'],
    rulesFile: '/rules.yaml',
  });
});

t.test('kept: what is counted has the kind and the rule to it', async (t) => {
  const by = byRule({});
  const seen = observation('Deployment', object('Deployment'), by);
  t.same(deleteOf(seen.candidate, decisionOn('Deployment', object('Deployment'), by)), {
    kind: 'deployments.apps',
    namespace: 'shop',
    rule: 'rule',
  });
});

t.test('changed: an object is decided on once, by its uid and in one version', async (t) => {
  const twice = [
    annotated('Deployment', { ttl: '30m' }),
    { ...annotated('Deployment', { ttl: '30m' }), apiVersion: 'apps/v1beta2' },
  ];
  t.same(planOf(twice), { 'Deployment/web': DELETED });
});

t.test('changed: kinds of the same name in two groups are two kinds', async (t) => {
  t.same(
    planOf([
      annotated('Service', { ttl: '30m' }, { name: 'a' }),
      annotated('KnativeService', { ttl: '30m' }, { name: 'b' }),
    ]),
    { 'Service/a': DELETED, 'Service/b': DELETED },
  );
});

t.test('changed: a kind without a namespace is looked at when it is asked for; Namespaces always are', async (t) => {
  const role = annotated('ClusterRole', { ttl: '30m' });
  t.equal(inShort(decisionOn('ClusterRole', role, flags())), 'none Excluded');
  t.equal(inShort(decisionOn('ClusterRole', role, flags('--include-cluster-resources'))), DELETED);
});

t.test('changed: a rule for a kind that nobody has installed is no error', async (t) => {
  t.same(
    planOf(
      [object('Deployment')],
      policy({ rules: [{ id: 'rule', resources: ['flubbers.example.org'], jmespath: 'a', ttl: '1d' }] }),
    ),
    {
      'Deployment/web': 'none NoDeadline',
    },
  );
});
