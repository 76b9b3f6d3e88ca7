import { createTerminal } from '@kube-steward/cli';
import { formatTimestamp } from '@kube-steward/schedule';
import t from 'tap';
import { runDemo } from '../src/index.ts';
import type { Move } from '../src/journal.ts';
import { titleOf } from '../src/sleepers.ts';

const lines: string[] = [];
const stream = { write: (text: string) => lines.push(text) };
const terminal = createTerminal({ stdout: stream, stderr: stream, env: {} });
const demo = await runDemo({ terminal, days: 1 });
const moves = demo.days.flatMap((day) => day.moves);
const text = lines.join('');

/** `[when, to, from, into]` of one object's moves. */
const movesOf = (title: string): unknown[] =>
  moves
    .filter(({ object }) => titleOf(object) === title)
    .map(({ at, to, from, into }) => [formatTimestamp(at), to, from, into]);

t.test('what sleeps and wakes does so at the second its annotations say', (t) => {
  const cases: readonly [string, unknown[]][] = [
    [
      'Deployment shop-dev/catalog',
      [
        ['2026-11-16T05:00:00Z', 'asleep', 3, 0],
        ['2026-11-16T06:30:00Z', 'awake', 0, 3],
        ['2026-11-16T18:30:00Z', 'asleep', 3, 0],
      ],
    ],
    [
      'Deployment mobile-dev/device-farm',
      [
        ['2026-11-16T05:00:00Z', 'asleep', 4, 0],
        ['2026-11-16T15:00:00Z', 'awake', 0, 4],
        ['2026-11-16T21:00:00Z', 'asleep', 4, 0],
      ],
    ],
    [
      'Deployment support-tools/telephony',
      [
        ['2026-11-16T14:00:00Z', 'asleep', 3, 1],
        ['2026-11-17T03:30:00Z', 'awake', 1, 3],
      ],
    ],
    [
      'Rollout delivery/tracking',
      [
        ['2026-11-16T05:00:00Z', 'asleep', 3, 0],
        ['2026-11-16T06:00:00Z', 'awake', 0, 3],
        ['2026-11-16T19:00:00Z', 'asleep', 3, 0],
      ],
    ],
    [
      'CronJob support-tools/escalations',
      [
        ['2026-11-16T14:00:00Z', 'asleep', false, true],
        ['2026-11-17T03:30:00Z', 'awake', true, false],
      ],
    ],
  ];
  for (const [title, expected] of cases) t.same(movesOf(title), expected, title);
  t.end();
});

t.test('what another downscaler left suspended is resumed', (t) => {
  const [first] = moves.filter(({ object }) => object.metadata.name === 'reconcile-accounts');
  t.match(first, { to: 'awake', from: true, into: false, original: '1', at: Date.parse('2026-11-16T07:00:00Z') });
  t.match(text, /reconcile-accounts was left suspended by another downscaler/);
  t.end();
});

t.test('an autoscaler and its target are one unit', (t) => {
  t.same(movesOf('HorizontalPodAutoscaler shop-staging/storefront'), [
    ['2026-11-16T21:00:00Z', 'asleep', 3, 1],
    ['2026-11-17T05:00:00Z', 'awake', 1, 3],
  ]);
  t.same(movesOf('Deployment shop-staging/storefront'), [], 'the target is left to it');
  t.same(movesOf('HorizontalPodAutoscaler shop-dev/storefront'), [], 'and it rests while its target is at 0');
  t.end();
});

t.test('mistakes in annotations are told as Events, with what was meant, and change nothing', (t) => {
  const notices = demo.days.flatMap((day) => day.notices).filter(({ reason }) => reason !== 'WakeIncomplete');
  t.match(
    notices.sort((a, b) => a.object.localeCompare(b.object)),
    [
      {
        object: 'Deployment mobile-dev/analytics-collector',
        reason: 'UnknownAnnotation',
        note: /did you mean downscaler\/uptime/,
      },
      {
        object: 'Deployment payments-test/invoice',
        reason: 'InvalidAnnotation',
        note: /"Fry" is no weekday \(did you mean Fri\?\)/,
      },
    ],
  );
  t.equal(notices.length, 2);
  for (const { object, note } of notices) {
    t.same(movesOf(object), []);
    t.ok(text.includes(note));
  }
  t.end();
});

t.test('what is left alone is listed with its reason', (t) => {
  const reasons = new Map(demo.leftAlone.flatMap(({ reason, workloads }) => workloads.map((name) => [name, reason])));
  t.match(Object.fromEntries(reasons), {
    'payments-test/ledger-db': 'Excluded',
    'payments-test/pci-scan': 'Excluded',
    'kube-system/coredns': 'ProtectedNamespace',
    'demo-day/storefront': 'ForcedUp',
    'legacy/intranet': 'InsideUptime',
  });
  t.notOk(reasons.has('shop-staging/storefront'), 'what its autoscaler takes down is not left alone');
  t.end();
});

t.test('the log tells how each morning went, and who is late and why is an Event', (t) => {
  t.match(
    demo.days.flatMap((day) => day.mornings.map(({ message }) => message)),
    [
      /^4 of 4 awake at 07:00, slowest delivery/,
      '11 of 12 awake at 07:40, slowest shop-dev/search 3m 10s; 1 incomplete: shop-dev/wishlist (image)',
      /^8 of 8 awake at 08:00, slowest payments-test/,
    ],
  );
  t.match(text, /07:40 +The log says how that went:\n +11 of 12 awake at 07:40/);
  t.match(
    text,
    /07:40 +Warning WakeIncomplete on Deployment shop-dev\/wishlist:\n +woken 10m ago, 0 of 1 pods ready \(image/,
  );
  t.end();
});

t.test('the savings are the replicas that sleep, times the hours they do', (t) => {
  const expected = [
    [15, 9 + 5], // data-science
    [13, 2 + 12], // payments-test
    [18, 1.5 + 10.5], // shop-dev
    [2, 1.5 + 8], // its cart, which somebody needs until 22:00
    [8, 1 + 10], // delivery
    [14, 8 + 4], // mobile-dev
    [4, 10 + 8], // device-farm
    [12, 13.5], // support-tools, where one replica stays
    [11, 8], // shop-staging
    [9, 6], // ci
  ].reduce((sum, [replicas = 0, hours = 0]) => sum + replicas * hours, 0);
  const autoscaled = Number((demo.totals.replicaHours - expected).toFixed(6));
  t.ok(autoscaled > 2 * 7.8 && autoscaled <= 2 * 8, 'two of storefront, once its autoscaler has seen that it may');
  t.ok(demo.totals.cpuShare > 0.3 && demo.totals.cpuShare < 0.6);
  t.equal(
    demo.totals.cost.toFixed(6),
    (demo.totals.cpuCoreHours * 0.031 + demo.totals.memoryGibHours * 0.0042).toFixed(6),
  );
  t.end();
});

t.test('each change is one patch, and nothing else is asked for', (t) => {
  const { patches, conflicts, leases, looks, others, lists } = demo.requests;
  t.equal(patches - conflicts, moves.length);
  t.same({ leases, looks, others }, { leases: 0, looks: 14, others: 0 }, 'but of the one that is late');
  t.ok(lists > 0 && lists < 20);
  t.end();
});

t.test('every check holds, after everything has been woken by force too', (t) => {
  t.same(
    demo.checks.flatMap(({ faults }) => faults),
    [],
  );
  t.equal(demo.checks.length, 7);
  t.equal(demo.exitCode, 0);
  t.end();
});

t.test('the story has a line for each transition, in the time of both places', (t) => {
  t.match(
    text,
    /07:30 +shop-dev +wakes +10 workloads 0 → 20 replicas, 2 cron jobs; ready in 3m 10s \(search last\), but not wishlist\n/,
  );
  t.match(text, /14:00 +08:00 New York +mobile-dev +wakes/);
  t.match(text, /npm run sandbox/);
  t.same(
    moves
      .filter(
        (move: Move) =>
          move.to === 'awake' &&
          move.readyAt === undefined &&
          move.at < moves.at(-1)!.at &&
          typeof move.into === 'number' &&
          move.object.kind !== 'HorizontalPodAutoscaler',
      )
      .map(({ object }) => object.metadata.name),
    ['wishlist'],
    'only the workload whose image is gone does not come up',
  );
  t.end();
});

t.test('an exception ends at its second, and is removed with the patch that is due then', (t) => {
  t.same(movesOf('Deployment shop-dev/cart'), [
    ['2026-11-16T05:00:00Z', 'asleep', 2, 0],
    ['2026-11-16T06:30:00Z', 'awake', 0, 2],
    ['2026-11-16T21:00:00Z', 'asleep', 2, 0],
  ]);
  t.match(text, /cart was kept up until now by downscaler\/force-uptime/);
  t.end();
});
