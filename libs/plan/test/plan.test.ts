import fc from 'fast-check';
import t from 'tap';

import {
  ACTIONS,
  composeGuards,
  createPlan,
  describeChange,
  describeSummary,
  eventOf,
  guardEach,
  isChange,
  logFieldsOf,
  metricLabelsOf,
  selectDecisions,
  veto,
} from '../src/index.ts';
import type { Action, Decision } from '../src/index.ts';
import { AT, SAMPLE, decision } from './sample-plan.ts';

t.test('decisions are sorted by namespace, kind, name and controller, whatever order they come in', (t) => {
  const order = createPlan(SAMPLE, { at: AT }).decisions;
  t.strictSame(
    order.map(({ object }) => `${object.namespace ?? ''}/${object.kind}/${object.name}`),
    [
      '/Namespace/pr-4711',
      'kube-system/ConfigMap/cluster-autoscaler-priority-expander',
      'team-data/Deployment/api',
      'team-data/Deployment/warehouse',
      'team-shop/CronJob/report',
      'team-shop/Deployment/cart',
      'team-shop/Deployment/checkout',
    ],
  );
  fc.assert(
    fc.property(fc.shuffledSubarray([...SAMPLE], { minLength: SAMPLE.length }), (shuffled) => {
      t.strictSame(createPlan(shuffled, { at: AT }).decisions, order);
    }),
    { numRuns: 20 },
  );
  t.end();
});

t.test('keys stand in the order of the document, and what is absent is left out', (t) => {
  const scrambled = Object.fromEntries(Object.entries(decision()).reverse()) as unknown as Decision;
  const messy = {
    ...scrambled,
    nextTransition: undefined,
    changes: [{ to: 0, from: undefined, path: '/spec/replicas' }],
    object: { name: 'a', namespace: undefined, kind: 'Node', apiVersion: 'v1' },
    decidedBy: { value: undefined, key: 'x', source: 'config' },
  } as unknown as Decision;
  t.equal(
    JSON.stringify(createPlan([messy], { at: AT, source: 'dir' })),
    '{"apiVersion":"kube-steward.io/v1alpha1","kind":"Plan","metadata":{"at":"2026-11-20T19:41:00Z","source":"dir"},' +
      '"decisions":[{"controller":"downscaler","object":{"apiVersion":"v1","kind":"Node","name":"a"},' +
      '"action":"scaleDown","reason":"OutsideUptime","message":"outside uptime since 20:30; up again Mon 07:30",' +
      '"decidedBy":{"source":"config","key":"x"},"changes":[{"path":"/spec/replicas","to":0}]}],"summary":{"scaleDown":1}}',
  );
  t.end();
});

t.test('the summary counts every decision by action, those not shown as well', (t) => {
  const plan = createPlan(SAMPLE, { at: AT, held: ['too much'] });
  const summary = { scaleDown: 1, suspend: 1, delete: 1, setPriority: 1, invalid: 1, none: 2, wouldTrip: true };
  t.strictSame(plan.summary, summary);
  const shown = selectDecisions(plan, 'changes');
  t.strictSame(shown.summary, summary);
  t.equal(shown.decisions.length, 5, 'invalid ones are shown, though they change nothing');
  t.equal(selectDecisions(plan, 'all').decisions.length, 7);
  t.notOk('wouldTrip' in createPlan([], { at: AT, held: [] }).summary);
  t.strictSame(plan.held, ['too much']);
  t.notOk('held' in createPlan([], { at: AT, held: [] }));
  t.end();
});

t.test('a summary is told in words', (t) => {
  t.equal(
    describeSummary({ scaleDown: 2, setPriority: 1, notify: 2, none: 212 }, 'changes'),
    '2 scale down, 2 notifications, 1 priority change; 212 unchanged (--show all)',
  );
  t.equal(describeSummary({}, 'changes'), 'no changes');
  t.end();
});

t.test('a change is told in a few characters', (t) => {
  const rows: [action: Action, changes: Decision['changes'], text: string][] = [
    ['scaleDown', decision().changes, '3 -> 0'],
    [
      'scaleUp',
      [
        { path: '/metadata/annotations/a', from: '1' },
        { path: '/spec/replicas', from: 0, to: 3 },
      ],
      '0 -> 3',
    ],
    ['scaleDown', [{ path: '/spec/minReplicas', to: 1 }], 'none -> 1'],
    ['scaleDown', [{ path: '/spec/maxUnavailable', from: '50%', to: '100%' }], '50% -> 100%'],
    ['setPriority', [{ path: '/data/x', from: 'a\nb', to: 'x'.repeat(99) }], `a b -> ${'x'.repeat(39)}…`],
    ['scaleUp', [], 'scaleUp'],
    ['suspend', [{ path: '/spec/suspend', from: false, to: true }], 'suspend'],
    ['delete', [], 'delete'],
    ['annotate', [{ path: '/metadata/annotations/a', from: '1' }], 'annotate'],
    ['none', [], '-'],
    ['blocked', [], '-'],
  ];
  for (const [action, changes, text] of rows) t.equal(describeChange(decision({ action, changes })), text, action);
  t.end();
});

const objection = { reason: 'Frozen', message: 'the namespace is frozen until Monday' };

t.test('a guard takes back changes, and nothing else', (t) => {
  const guard = guardEach(() => objection);
  for (const action of ACTIONS) {
    const before = decision({ action });
    const [after] = guard([before]);
    if (!isChange(before)) t.equal(after, before, action);
    else t.match(after, { action: 'blocked', reason: 'Frozen', changes: [], object: before.object }, action);
  }
  t.equal(veto(decision(), objection).message, 'the namespace is frozen until Monday; would be scaleDown 3 -> 0');
  t.equal(
    veto(decision({ action: 'delete', changes: [] }), objection).message,
    'the namespace is frozen until Monday; would be delete',
  );
  t.end();
});

t.test('guards come one after the other; the first objection stands', (t) => {
  const frozen = guardEach(({ object }) => (object.name === 'a' ? objection : undefined));
  const all = guardEach(() => ({ reason: 'TooMany', message: 'too many' }));
  const guarded = composeGuards(frozen, all)([decision({ name: 'a' }), decision({ name: 'b' })]);
  t.strictSame(
    guarded.map(({ reason }) => reason),
    ['Frozen', 'TooMany'],
  );
  const untouched = [decision()];
  t.equal(composeGuards()(untouched), untouched);
  t.end();
});

t.test('event, log line and metric say the same', (t) => {
  const one = decision();
  t.strictSame(eventOf(one), {
    regarding: one.object,
    type: 'Normal',
    reason: 'OutsideUptime',
    action: 'ScaleDown',
    note: 'outside uptime since 20:30; up again Mon 07:30',
  });
  t.strictSame(logFieldsOf(one, { dryRun: true }), {
    controller: 'downscaler',
    controllerKind: 'Deployment',
    namespace: 'team-shop',
    name: 'checkout',
    action: 'scaleDown',
    reason: 'OutsideUptime',
    dryRun: true,
    nextTransition: '2026-11-23T06:30:00Z',
  });
  t.strictSame(metricLabelsOf(one, { dryRun: false }), {
    controller: 'downscaler',
    action: 'scaleDown',
    reason: 'OutsideUptime',
    dry_run: 'false',
  });
  t.end();
});

t.test('an event is a Warning only when a person must act', (t) => {
  for (const action of ACTIONS) {
    const expected = action === 'invalid' || action === 'blocked' ? 'Warning' : 'Normal';
    t.equal(eventOf(decision({ action })).type, expected, action);
  }
  const lost = decision({ action: 'none', reason: 'OriginalLost' });
  t.equal(eventOf(lost, { warnings: new Set(['OriginalLost']) }).type, 'Warning');
  t.end();
});

t.test('an event note fits the 1024 bytes of the API, whole characters only', (t) => {
  const note = (message: string): string => eventOf(decision({ message })).note;
  t.equal(note('a'.repeat(1024)), 'a'.repeat(1024));
  t.equal(note('a'.repeat(1025)), `${'a'.repeat(1021)}…`);
  const letters = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '😀'), minLength: 200, maxLength: 1500 });
  fc.assert(
    fc.property(letters, (message) => {
      const cut = note(message);
      return Buffer.byteLength(cut) <= 1024 && (cut === message || message.startsWith(cut.slice(0, -1)));
    }),
  );
  t.end();
});
