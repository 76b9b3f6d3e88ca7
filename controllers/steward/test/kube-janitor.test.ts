import type { KubeObject } from '@kube-steward/kube';
import t from 'tap';
import { kubeJanitor, type Listed, type OldFate } from '../src/migrate/kube-janitor/kube-janitor.ts';
import { oldRulesOf } from '../src/migrate/kube-janitor/rules.ts';
import { JANITOR_FLAGS } from '../src/migrate/kube-janitor/settings.ts';
import { oldExpiry, oldTtl } from '../src/migrate/kube-janitor/values.ts';
import { readOldSettings, wordsOf } from '../src/migrate/old-settings.ts';

const CREATED = '2026-11-01T00:00:00Z';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Annotations = Readonly<Record<string, string>>;
interface Shape extends KubeObject {
  readonly spec?: unknown;
  readonly _context?: unknown;
}

const listed = (
  plural: string,
  kind: string,
  {
    name = 'web',
    namespace = 'shop',
    annotations,
    ...rest
  }: Record<string, unknown> & { annotations?: Annotations } = {},
  group = 'apps',
): Listed => ({
  object: {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind,
    metadata: { name, namespace, creationTimestamp: CREATED, ...(annotations && { annotations }) },
    ...rest,
  } as unknown as Shape,
  group,
  plural,
  namespaced: true,
});

const deployment = (annotations: Annotations = {}, rest: Record<string, unknown> = {}): Listed =>
  listed('deployments', 'Deployment', { annotations, ...rest });

const namespace = (name: string, annotations: Annotations): Listed => ({
  object: { kind: 'Namespace', metadata: { name, creationTimestamp: CREATED, annotations } },
  group: '',
  plural: 'namespaces',
  namespaced: false,
});

interface Circumstances {
  readonly args?: string;
  readonly rules?: readonly Readonly<Record<string, unknown>>[];
  readonly others?: readonly Listed[];
}

const fateOf = (one: Listed, { args = '', rules = [], others = [] }: Circumstances = {}): OldFate =>
  kubeJanitor(readOldSettings(JANITOR_FLAGS, wordsOf(args), {}), oldRulesOf({ rules }), [one, ...others]).fate(one);

/** How long after its creation it goes; `kept` otherwise, with the rule that says so. */
const told = ({ at, rule }: OldFate): string =>
  at === undefined ? `kept: ${rule}` : `${(at - Date.parse(CREATED)) / HOUR_MS}h: ${rule}`;

const PREVIEW = { id: 'preview', resources: ['deployments'], jmespath: 'metadata.labels.preview', ttl: '3d' };
const ALL = { id: 'all', resources: ['*'], jmespath: 'metadata.name', ttl: '1d' };
const ttl = (value: string): Annotations => ({ 'janitor/ttl': value });
const expires = (value: string): Annotations => ({ 'janitor/expires': value });

t.test('times to live, as it reads them', (t) => {
  const rows: readonly (readonly [text: string, ttl: ReturnType<typeof oldTtl>])[] = [
    ['8h', 8 * HOUR_MS],
    ['08s', 8000],
    ['2w', 14 * DAY_MS],
    ['0s', 0],
    ['forever', 'forever'],
    ['ForEver', 'forever'],
    ['1d\n', DAY_MS],
    ['1D', undefined],
    ['1d12h', undefined],
    [' 1d', undefined],
    ['1.5h', undefined],
    ['-1h', undefined],
    ['1y', undefined],
    ['60', undefined],
  ];
  for (const [text, read] of rows) t.equal(oldTtl(text), read, JSON.stringify(text));
  t.end();
});

t.test('moments, as it reads them', (t) => {
  const rows: readonly (readonly [text: string, moment: string | undefined])[] = [
    ['2026-11-02T03:04:05Z', '2026-11-02T03:04:05Z'],
    ['2026-11-02T03:04', '2026-11-02T03:04:00Z'],
    ['2026-11-02', '2026-11-02T00:00:00Z'],
    ['2026-1-2T3:4:5z', '2026-01-02T03:04:05Z'],
    ['2026-11- 2', '2026-11-02T00:00:00Z'],
    ['2026-11-02t03:04', '2026-11-02T03:04:00Z'],
    ['2026-11-02T03:04:05', undefined],
    ['2026-11-02T03:04:05+01:00', undefined],
    ['2026-11-02T03:04:05.5Z', undefined],
    ['2026-11-02T24:00', undefined],
    ['2026-11-02T03:04:60Z', undefined],
    ['2026-02-30', undefined],
    ['2026-13-01', undefined],
    ['0000-01-01', undefined],
    ['1790000000', undefined],
    ['tomorrow', undefined],
  ];
  for (const [text, moment] of rows)
    t.equal(oldExpiry(text), moment === undefined ? undefined : Date.parse(moment), text);
  t.end();
});

t.test('two handlers decide for themselves, and the earlier deadline counts', (t) => {
  const rows: readonly (readonly [name: string, annotations: Annotations, told: string])[] = [
    ['nothing', {}, 'kept: NoDeadline'],
    ['a time to live', ttl('8h'), '8h: TimeToLive'],
    ['for ever', ttl('forever'), 'kept: Forever'],
    ['0s', ttl('0s'), 'kept: Forever'],
    ['an empty one is none', ttl(''), '24h: Rule'],
    ['an invalid one shields from rules', ttl('1d12h'), 'kept: BadValue'],
    ['a moment', expires('2026-11-01T05:00'), '5h: Expiry'],
    ['a moment to come does not protect from rules', expires('2026-12-01'), '24h: Rule'],
    ['an invalid moment does not either', expires('soon'), '24h: Rule'],
    ['for ever, but expired', { ...ttl('forever'), ...expires('2026-11-01T05:00') }, '5h: Expiry'],
    ['an invalid time to live, but expired', { ...ttl('x'), ...expires('2026-11-01T05:00') }, '5h: Expiry'],
    ['both: the time to live first', { ...ttl('2h'), ...expires('2026-11-01T05:00') }, '2h: TimeToLive'],
    ['both: the moment first', { ...ttl('9h'), ...expires('2026-11-01T05:00') }, '5h: Expiry'],
    ['longer than anything counted here', ttl('9999999999w'), 'kept: TimeToLive'],
  ];
  for (const [name, annotations, expected] of rows) {
    const rules = expected.endsWith('Rule') || name.includes('shields') ? [ALL] : [];
    t.equal(told(fateOf(deployment(annotations), { rules })), expected, name);
  }
  t.end();
});

t.test('the age begins with a deploy that is told of, in one form only', (t) => {
  const args = '--deployment-time-annotation=deployed';
  const rows: readonly (readonly [deployed: string, told: string])[] = [
    ['2026-11-01T10:00:00Z', '18h: TimeToLive'],
    ['2026-10-01T10:00:00Z', '8h: TimeToLive'],
    ['2026-11-01T10:00:00+01:00', '8h: TimeToLive'],
    ['yesterday', '8h: TimeToLive'],
  ];
  for (const [deployed, expected] of rows)
    t.equal(told(fateOf(deployment({ ...ttl('8h'), deployed }), { args })), expected, deployed);
  const moment = deployment({ ...expires('2026-11-01T05:00'), deployed: '2026-11-09T00:00:00Z' });
  t.equal(told(fateOf(moment, { args })), '5h: Expiry', 'a moment is one');
  const ageless = {
    ...deployment(ttl('8h')),
    object: { kind: 'Deployment', metadata: { name: 'x', annotations: ttl('8h') } },
  };
  t.equal(told(fateOf(ageless)), 'kept: AgeUnknown');
  t.end();
});

t.test('what it looks at: exact names, and what is excluded stays so', (t) => {
  const d = deployment(ttl('1h'));
  const rows: readonly (readonly [args: string, one: Listed, told: string])[] = [
    ['', d, '1h: TimeToLive'],
    ['--include-resources=deployments', d, '1h: TimeToLive'],
    ['--include-resources=statefulsets', d, 'kept: NotIncluded'],
    ['--include-resources=statefulsets,deployments', d, '1h: TimeToLive'],
    ["--include-resources='statefulsets, deployments'", d, 'kept: NotIncluded'],
    ['--include-resources=deployments --exclude-resources=deployments', d, 'kept: NotIncluded'],
    ['--include-namespaces=shop', d, '1h: TimeToLive'],
    ['--include-namespaces=sh.*', d, 'kept: ExcludedNamespace'],
    ['--exclude-namespaces=shop', d, 'kept: ExcludedNamespace'],
    ['', listed('events', 'Event', { annotations: ttl('1h') }, ''), 'kept: NotIncluded'],
    ['', listed('pods', 'Pod', { namespace: 'kube-system', annotations: ttl('1h') }, ''), 'kept: ExcludedNamespace'],
    [
      '--include-namespaces=kube-system',
      listed('pods', 'Pod', { namespace: 'kube-system', annotations: ttl('1h') }, ''),
      'kept: ExcludedNamespace',
    ],
    [
      '--exclude-namespaces=playground',
      listed('pods', 'Pod', { namespace: 'kube-system', annotations: ttl('1h') }, ''),
      '1h: TimeToLive',
    ],
    ['', namespace('preview-1', ttl('1h')), '1h: TimeToLive'],
    ['', namespace('kube-system', ttl('1h')), 'kept: ExcludedNamespace'],
    ['--exclude-resources=namespaces', namespace('preview-1', ttl('1h')), 'kept: NotIncluded'],
    ['', { ...namespace('v1', ttl('1h')), plural: 'persistentvolumes' }, 'kept: NotIncluded'],
    ['--include-cluster-resources', { ...namespace('v1', ttl('1h')), plural: 'persistentvolumes' }, '1h: TimeToLive'],
    ['', listed('services', 'Service', { annotations: ttl('1h') }, 'serving.knative.dev'), '1h: TimeToLive'],
  ];
  for (const [args, one, expected] of rows) t.equal(told(fateOf(one, { args })), expected, `${one.plural} ${args}`);
  t.end();
});

t.test('a namespace that it is limited to has to be there', (t) => {
  const others = [namespace('shop', {})];
  const d = deployment(ttl('1h'));
  t.equal(told(fateOf(d, { args: '--include-namespaces=shop', others })), '1h: TimeToLive');
  t.match(fateOf(d, { args: '--include-namespaces=shop,gone', others }), {
    rule: 'RunEnds',
    reason: /no namespace "gone"/,
  });
  t.end();
});

t.test('a kind of the same name in another group is hidden behind the first', (t) => {
  const core = listed('services', 'Service', {}, '');
  const knative = listed('services', 'Service', { annotations: ttl('1h') }, 'serving.knative.dev');
  t.equal(told(fateOf(knative, { others: [core] })), 'kept: Hidden');
  t.equal(told(fateOf(knative, { others: [listed('services', 'Service', { name: 'api' }, '')] })), '1h: TimeToLive');
  t.end();
});

t.test('rules: the first that matches, in the order of the file', (t) => {
  const preview = {
    metadata: { name: 'web', namespace: 'shop', creationTimestamp: CREATED, labels: { preview: 'yes' } },
  };
  const rows: readonly (readonly [name: string, rules: Circumstances['rules'], rest: object, told: string])[] = [
    ['it matches', [PREVIEW], preview, '72h: Rule'],
    ['it does not', [PREVIEW], {}, 'kept: NoDeadline'],
    ['the first one', [ALL, PREVIEW], preview, '24h: Rule'],
    ['an allow-list', [{ ...ALL, ttl: 'forever' }, PREVIEW], preview, 'kept: Forever'],
    ['another kind', [{ ...PREVIEW, resources: ['XXXdeployments'] }], preview, 'kept: NoDeadline'],
    ['a text is taken letter by letter', [{ ...PREVIEW, resources: 'deployments' }], preview, 'kept: NoDeadline'],
    ['but for one letter', [{ ...ALL, resources: '*' }], {}, '24h: Rule'],
    [
      '0 counts as nothing in the end',
      [{ ...ALL, jmespath: 'spec.replicas' }],
      { spec: { replicas: 0 } },
      'kept: NoDeadline',
    ],
    ['0 is 0', [{ ...ALL, jmespath: 'spec.replicas == `0`' }], { spec: { replicas: 0 } }, '24h: Rule'],
    ['texts have an order', [{ ...ALL, jmespath: "metadata.creationTimestamp > '2019-04-01'" }], {}, '24h: Rule'],
    ['a missing field has none', [{ ...ALL, jmespath: 'spec.replicas < `1`' }], {}, 'kept: NoDeadline'],
    ['annotations are never null', [{ ...ALL, jmespath: '!(metadata.annotations)' }], {}, '24h: Rule'],
    ['items of a list have no kind', [{ ...ALL, jmespath: "kind == 'Deployment'" }], {}, 'kept: NoDeadline'],
    ['unknown keys go unnoticed', [{ ...ALL, mod: 'dryRun' }], {}, '24h: Rule'],
  ];
  for (const [name, rules = [], rest, expected] of rows)
    t.equal(told(fateOf(deployment({}, rest as Record<string, unknown>), { rules })), expected, name);
  const custom = listed('certificates', 'Certificate', {}, 'cert-manager.io');
  t.equal(
    told(fateOf(custom, { rules: [{ ...ALL, jmespath: "kind == 'Certificate'" }] })),
    '24h: Rule',
    'custom kinds do',
  );
  t.end();
});

t.test('where its whole run ends', (t) => {
  const rows: readonly (readonly [name: string, one: Listed, circumstances: Circumstances])[] = [
    [
      'a function meets a missing field',
      deployment(),
      { rules: [{ ...ALL, jmespath: "starts_with(metadata.labels.team, 'x')" }] },
    ],
    ['a function that does not exist', deployment(), { rules: [{ ...ALL, jmespath: 'lower(metadata.name)' }] }],
    ['too few arguments', deployment(), { rules: [{ ...ALL, jmespath: 'starts_with(@)' }] }],
    ['a time nobody can add', deployment(ttl('99999999999999w')), { args: '--delete-notification=3600' }],
  ];
  for (const [name, one, circumstances] of rows)
    t.match(fateOf(one, circumstances), { rule: 'RunEnds', reason: /^its run ends here: ./ }, name);
  const shielded = fateOf(deployment(ttl('forever')), { rules: [{ ...ALL, jmespath: 'lower(metadata.name)' }] });
  t.equal(told(shielded), 'kept: Forever', 'rules are not asked');
  t.end();
});

t.test('a file that it does not start with', (t) => {
  const rows: readonly (readonly [file: unknown, reason: RegExp])[] = [
    [null, /no list of rules/],
    [{}, /no list of rules/],
    [{ rules: null }, /no list of rules/],
    [{ rules: [{ ...ALL, id: 'All' }] }, /rule 0 of its file: "All" is no id/],
    [{ rules: [ALL, { ...ALL, ttl: '1d12h' }] }, /rule 1 of its file: "1d12h" is no time to live/],
    [{ rules: [{ ...ALL, ttl: 3600 }] }, /3600 is no time to live/],
    [{ rules: [{ ...ALL, jmespath: 'metadata.' }] }, /rule 0/],
    [{ rules: [{ ...ALL, jmespath: undefined }] }, /jmespath is missing/],
    [{ rules: ['x'] }, /id is missing/],
  ];
  for (const [file, reason] of rows) t.throws(() => oldRulesOf(file), reason, JSON.stringify(file));
  t.same(oldRulesOf({ rules: [] }), []);
  t.end();
});

const claim = (name = 'data', rest: Record<string, unknown> = {}): Listed =>
  listed('persistentvolumeclaims', 'PersistentVolumeClaim', { name, ...rest }, '');
const volumes = (claimName: string) => ({ volumes: [{ persistentVolumeClaim: { claimName } }] });
const template = (claimName: string) => ({ template: { spec: volumes(claimName) } });

t.test('who uses a volume claim, as far as it looks', (t) => {
  const rows: readonly (readonly [name: string, user: Listed | undefined, mounted: boolean, referenced: boolean])[] = [
    ['nobody', undefined, false, false],
    ['a pod', listed('pods', 'Pod', { spec: volumes('data') }, ''), true, true],
    [
      'a pod that is over',
      listed('pods', 'Pod', { spec: volumes('data'), status: { phase: 'Succeeded' } }, ''),
      true,
      true,
    ],
    ['a pod elsewhere', listed('pods', 'Pod', { namespace: 'other', spec: volumes('data') }, ''), false, false],
    ['a Deployment', listed('deployments', 'Deployment', { spec: template('data') }), false, true],
    ['a Job', listed('jobs', 'Job', { spec: template('data') }, 'batch'), false, true],
    [
      'a CronJob',
      listed('cronjobs', 'CronJob', { spec: { jobTemplate: { spec: template('data') } } }, 'batch'),
      false,
      true,
    ],
    ['a DaemonSet: unseen', listed('daemonsets', 'DaemonSet', { spec: template('data') }), false, false],
    ['a ReplicaSet: unseen', listed('replicasets', 'ReplicaSet', { spec: template('data') }), false, false],
    [
      "a StatefulSet's template: unseen",
      listed('statefulsets', 'StatefulSet', { spec: template('data') }),
      false,
      false,
    ],
  ];
  const fate = (jmespath: string, user: Listed | undefined): string =>
    told(fateOf(claim(), { rules: [{ ...ALL, jmespath }], others: user ? [user] : [] }));
  for (const [name, user, mounted, referenced] of rows) {
    t.equal(fate('_context.pvc_is_not_mounted', user), mounted ? 'kept: NoDeadline' : '24h: Rule', `${name}: mounted`);
    t.equal(fate('_context.pvc_is_not_referenced', user), referenced ? 'kept: NoDeadline' : '24h: Rule', name);
  }
  t.end();
});

t.test('claims that are made for a StatefulSet go by their names', (t) => {
  const set = (name: string): Listed =>
    listed('statefulsets', 'StatefulSet', { name, spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } });
  const rows: readonly (readonly [claim: string, set: string, used: boolean])[] = [
    ['data-db-0', 'db', true],
    ['data-db-99', 'db', true],
    ['data-db-x', 'db', false],
    ['logs-db-0', 'db', false],
    ['data-db-0-old', 'db', false],
    ['data-dbx1-0', 'db.1', true],
  ];
  const rules = [{ ...ALL, jmespath: '_context.pvc_is_not_referenced' }];
  for (const [name, owner, used] of rows)
    t.equal(
      told(fateOf(claim(name), { rules, others: [set(owner)] })),
      used ? 'kept: NoDeadline' : '24h: Rule',
      `${name} of ${owner}`,
    );
  t.end();
});

t.test('an object may pass itself off as unused', (t) => {
  const rules = [{ ...ALL, jmespath: '_context.pvc_is_not_referenced' }];
  const others = [listed('pods', 'Pod', { spec: volumes('data') }, '')];
  const shadow = claim('data', { _context: { pvc_is_not_referenced: true } });
  t.equal(told(fateOf(shadow, { rules, others })), '24h: Rule');
  t.end();
});
