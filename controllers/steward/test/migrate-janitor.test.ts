import type { KubeObject } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import t from 'tap';
import { compareJanitors, type Subject } from '../src/migrate/kube-janitor/check.ts';
import { janitorOf, rulesPlace } from '../src/migrate/kube-janitor/found.ts';
import type { OldFate } from '../src/migrate/kube-janitor/kube-janitor.ts';

const FROM = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;
const SPAN = { from: FROM, to: FROM + 14 * 24 * HOUR_MS };
const iso = (hours: number): string => new Date(FROM + hours * HOUR_MS).toISOString().replace('.000', '');

interface Case {
  readonly plural?: string;
  readonly group?: string;
  readonly namespaced?: boolean;
  readonly old: OldFate;
  /** The janitor's decisions, by the hour from which each is taken. */
  readonly ours: readonly (Partial<Decision> & { readonly from?: number })[];
  readonly owner?: Subject;
  readonly isTerminating?: boolean;
}

const OBJECT = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

const subjectOf = ({ plural = 'deployments', ours, owner, isTerminating }: Omit<Case, 'old'>): Subject => ({
  listed: {
    object: { metadata: { name: 'web', namespace: 'shop', ...(isTerminating && { deletionTimestamp: iso(0) }) } },
    group: 'apps',
    plural,
    namespaced: true,
  },
  object: OBJECT,
  decide(now) {
    const given = ours.findLast(({ from = 0 }) => FROM + from * HOUR_MS <= now);
    return {
      controller: 'janitor',
      object: OBJECT,
      action: 'none',
      reason: 'NoDeadline',
      message: 'm',
      changes: [],
      ...given,
    };
  },
  owner,
});

const compare = (one: Case) => compareJanitors([subjectOf(one)], { fate: () => one.old }, SPAN);

const GONE: Partial<Decision> = { action: 'delete', reason: 'TimeToLiveExpired' };
const later = (hours: number) => [
  { reason: 'NotYetDue', nextTransition: iso(hours) },
  { ...GONE, from: hours },
];
const KEPT: OldFate = { rule: 'NoDeadline', reason: 'nothing' };
const goes = (hours: number, rest: Partial<OldFate> = {}): OldFate => ({
  at: FROM + hours * HOUR_MS,
  rule: 'TimeToLive',
  reason: 'janitor/ttl',
  ...rest,
});

t.test('what becomes of an object counts, and not the way there', (t) => {
  const same: readonly (readonly [name: string, one: Case])[] = [
    ['kept by both', { old: KEPT, ours: [{}] }],
    ['overdue for both', { old: goes(-400), ours: [GONE] }],
    ['in an hour for both', { old: goes(1), ours: later(1) }],
    ['seconds apart', { old: { ...goes(1), at: FROM + HOUR_MS - 30_000 }, ours: later(1) }],
    ['later than anybody looks', { old: goes(1000), ours: [{ reason: 'NotYetDue', nextTransition: iso(1000) }] }],
    ['later there, never here', { old: goes(1000), ours: [{}] }],
    ['on its way already', { old: goes(-1), ours: [{ reason: 'Terminating' }], isTerminating: true }],
    [
      'kept by an error there, invalid here',
      { old: { rule: 'BadValue', reason: 'x' }, ours: [{ action: 'invalid', reason: 'InvalidAnnotation' }] },
    ],
  ];
  for (const [name, one] of same) t.same(compare(one).differences, [], name);
  t.end();
});

const rule = (id: string): Partial<OldFate> => ({ rule: 'Rule', source: `rule/${id}`, reason: `rule ${id}` });
const by = (id: string): Partial<Decision> => ({ decidedBy: { source: `rule/${id}`, key: 'ttl', value: '1d' } });

/** Every row of the table of differences, and the words that help. */
const DIFFERENT: readonly (readonly [id: string, one: Case, remedy: RegExp])[] = [
  [
    'RefusesToStart',
    { old: { rule: 'RefusesToStart', reason: 'rule 0: x' }, ours: [GONE] },
    /correct its rules: rule 0: x/,
  ],
  [
    'RunEnds',
    { old: { rule: 'RunEnds', reason: 'its run ends here: x' }, ours: [GONE] },
    /ttl: forever before the others/,
  ],
  ['NotIncluded', { old: { rule: 'NotIncluded', reason: 'x' }, ours: [GONE] }, /--exclude-resources=deployments/],
  ['NotIncluded', { old: goes(-1), ours: [{ reason: 'Excluded' }] }, /take deployments and shop off/],
  ['ExcludedNamespace', { old: { rule: 'ExcludedNamespace', reason: 'x' }, ours: [GONE] }, /--exclude-namespaces=shop/],
  ['Hidden', { old: { rule: 'Hidden', reason: 'x' }, ours: [GONE] }, /janitor\/protect: "true"/],
  [
    'Protected',
    { old: goes(-1), ours: [{ action: 'blocked', reason: 'Protected', message: 'janitor/protect keeps it' }] },
    /janitor\/protect keeps it/,
  ],
  ['SystemObject', { old: goes(-1), ours: [{ action: 'blocked', reason: 'SystemObject' }] }, /^none/],
  ['OwnedObject', { old: goes(-1), ours: [{ reason: 'OwnerDecides' }] }, /on its owner/],
  [
    'BadValueHere',
    { old: goes(-1), ours: [{ action: 'invalid', reason: 'UnknownAnnotation', message: 'janitor/tll' }] },
    /correct it: janitor\/tll/,
  ],
  [
    'BadValueThere',
    { old: { rule: 'BadValue', reason: 'x', key: 'janitor/ttl' }, ours: [GONE] },
    /take janitor\/ttl off/,
  ],
  [
    'RuleFailed',
    { old: goes(-1, rule('a')), ours: [{ action: 'invalid', reason: 'RuleFailed', message: 'rule a: x' }] },
    /correct rule a: x/,
  ],
  [
    'RuleDryRun',
    { old: goes(-1, rule('a')), ours: [{ action: 'blocked', reason: 'RuleDryRun', ...by('a') }] },
    /mode: enforce in rule a/,
  ],
  ['StillUsed', { plural: 'persistentvolumeclaims', old: goes(-1, rule('a')), ours: [{}] }, /^none/],
  ['Wildcard', { plural: 'secrets', old: goes(-1, rule('a')), ours: [{}] }, /name secrets in rule a, or allowWildcard/],
  [
    'Notice',
    { old: goes(-1), ours: [{ action: 'notify', reason: 'DeleteNotification', nextTransition: iso(24) }] },
    /--delete-notification=0/,
  ],
  [
    'Quarantine',
    {
      old: goes(-1, rule('a')),
      ours: [{ action: 'quarantine', reason: 'Quarantined', nextTransition: iso(24), ...by('a') }],
    },
    /no quarantine in rule a/,
  ],
  [
    'AgeBasis',
    {
      old: goes(-1, { ...rule('a'), key: 'ttl' }),
      ours: [{ reason: 'NotYetDue', nextTransition: iso(1000), ...by('a') }],
    },
    /no since in rule a/,
  ],
  [
    'AgeBasis',
    { old: goes(-1, { ...rule('a'), key: 'ttl' }), ours: later(5).map((each) => ({ ...each, ...by('a') })) },
    /T12:00:00Z/,
  ],
  ['Rules', { old: goes(-1, rule('a')), ours: later(5).map((each) => ({ ...each, ...by('b') })) }, /the same rules/],
  ['Other', { old: goes(-1), ours: [{ action: 'blocked', reason: 'ReferencesUnknown' }] }, /compare the two reasons/],
];

t.test('every kind of difference is named, with what makes it equal', (t) => {
  for (const [id, one, remedy] of DIFFERENT) {
    const { differences } = compare(one);
    t.match(differences, [{ id, remedy }], id);
    t.match(differences[0]?.what, /^\S.*\S$/);
  }
  t.end();
});

t.test('both moments are told', (t) => {
  const { compared, differences } = compare({ old: goes(-1), ours: later(5) });
  t.equal(compared, 1);
  t.match(
    differences,
    [{ old: { at: FROM, reason: 'janitor/ttl' }, new: { at: FROM + 5 * HOUR_MS } }],
    'overdue is now',
  );
  t.end();
});

t.test('what goes with its owner needs no deadline of its own', (t) => {
  const child = (owner: Subject): Case => ({ old: goes(3), ours: [{ reason: 'OwnerDecides' }], owner });
  const owner = (hours: number, above?: Subject): Subject =>
    subjectOf({ ours: later(hours), ...(above && { owner: above }) });
  const staying = subjectOf({ ours: [{}], owner: owner(2) });
  t.same(compare(child(owner(2))).differences, [], 'the owner goes first');
  t.same(compare(child(staying)).differences, [], 'its own owner does');
  t.match(compare(child(owner(5))).differences, [{ id: 'OwnedObject' }], 'the owner goes later');
  t.match(compare(child(subjectOf({ ours: [{}] }))).differences, [{ id: 'OwnedObject' }], 'the owner stays');
  t.end();
});

t.test('where its run ends is told of, also where nothing differs', (t) => {
  const { differences, runEnds } = compare({
    old: { rule: 'RunEnds', reason: 'its run ends here: x' },
    ours: [{ action: 'invalid', reason: 'RuleFailed' }],
  });
  t.same(differences, []);
  t.match(runEnds, [{ object: OBJECT, reason: 'its run ends here: x' }]);
  t.end();
});

t.test('a deadline that moves along ends the search', (t) => {
  const moving: Subject = {
    ...subjectOf({ ours: [] }),
    decide: (now) => ({
      ...{ controller: 'janitor', object: OBJECT, action: 'none', reason: 'NotYetDue', message: 'm', changes: [] },
      nextTransition: new Date(now + 60_000).toISOString(),
    }),
  };
  t.match(compareJanitors([moving], { fate: () => goes(-1) }, SPAN).differences, [{ old: { at: FROM } }]);
  t.end();
});

const MOUNT = {
  volumes: [{ name: 'config', configMap: { name: 'janitor-rules' } }],
  containers: [
    {
      image: 'hjacobs/kube-janitor:20.10.0',
      args: ['--rules-file=/config/rules.yaml', '--interval', '60'],
      volumeMounts: [{ name: 'config', mountPath: '/config' }],
    },
  ],
};
const running = (kind: string, spec: Record<string, unknown>): KubeObject =>
  ({ kind, metadata: { name: 'cleaner', namespace: 'infra' }, spec }) as KubeObject;

t.test('it is found by its image, as a Deployment or a CronJob, with its rules', (t) => {
  const found = janitorOf(running('Deployment', { template: { spec: MOUNT } }));
  t.match(found, { tool: 'kube-janitor', namespace: 'infra', name: 'cleaner', acts: true });
  t.same(found?.args, ['--rules-file=/config/rules.yaml', '--interval', '60']);
  t.same(found && rulesPlace(found, { 'rules-file': '/config/rules.yaml' }), {
    configMap: 'janitor-rules',
    key: 'rules.yaml',
  });
  t.equal(found && rulesPlace(found, { 'rules-file': '/elsewhere/rules.yaml' }), undefined);
  t.equal(found && rulesPlace(found, {}), undefined);
  const cron = { template: { spec: MOUNT } };
  t.match(janitorOf(running('CronJob', { jobTemplate: { spec: cron } })), { acts: true });
  t.match(janitorOf(running('CronJob', { suspend: true, jobTemplate: { spec: cron } })), { acts: false });
  t.match(janitorOf(running('Deployment', { replicas: 0, template: { spec: MOUNT } })), { acts: false });
  t.equal(janitorOf(running('StatefulSet', { template: { spec: MOUNT } })), undefined);
  t.equal(janitorOf(running('Deployment', { template: { spec: { containers: [{ image: 'nginx' }] } } })), undefined);
  t.end();
});

t.test('one file that is mounted by itself is found too', (t) => {
  const [container] = MOUNT.containers;
  const volumeMounts = [{ name: 'config', mountPath: '/etc/rules.yaml', subPath: 'rules.yaml' }];
  const found = janitorOf(
    running('Deployment', { template: { spec: { ...MOUNT, containers: [{ ...container, volumeMounts }] } } }),
  );
  t.match(found && rulesPlace(found, { 'rules-file': '/etc/rules.yaml' }), {
    configMap: 'janitor-rules',
    key: 'rules.yaml',
  });
  t.end();
});
