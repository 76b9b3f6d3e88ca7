import { deployment, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { nextTurn, withTurn, type Turns } from '../src/turns.ts';
import { createStage } from './controller-stage.ts';
import { inShort } from './decisions.ts';
import { createLooks } from './looks.ts';

const at = (second: number): number => second * 1000;
const given = (perMinute: number, ...seconds: readonly number[]): Turns =>
  seconds.reduce<Turns>((turns, second) => withTurn(turns, perMinute, at(second)), []);

t.test('the next turn is when the minute has room for it', (t) => {
  const rows = [
    { title: 'nothing has changed yet', turns: [], now: 100, next: 100 },
    { title: 'one turn is left', turns: [90], now: 100, next: 100 },
    { title: 'both are taken', turns: [90, 95], now: 100, next: 150 },
    { title: 'of three, only the latest two count', turns: [10, 90, 95], now: 100, next: 150 },
    { title: 'somebody waits already', turns: [90, 95, 150], now: 100, next: 155 },
    { title: 'the minute is over', turns: [90, 95], now: 160, next: 160 },
    { title: 'both in one second', turns: [90, 90], now: 100, next: 150 },
    { title: 'a turn within a second counts as its end', turns: [89.5, 90], now: 100, next: 150 },
  ];
  for (const { title, turns, now, next } of rows) t.equal(nextTurn(given(2, ...turns), 2, at(now)), at(next), title);
  t.equal(given(3, ...Array.from({ length: 100 }, () => 5)).length, 1, 'a second takes one place, however many');
  t.end();
});

const EVENING = Date.parse('2026-11-20T20:00:00Z');
const MORNING = Date.parse('2026-11-21T07:00:00Z');
const UPTIME = '--default-uptime=Mon-Sun 07:00-20:00 UTC';

const begin = () => {
  const looks = createLooks([UPTIME, '--max-changes-per-minute=2']);
  const asleep = { annotations: { 'downscaler/original-replicas': '3' }, replicas: 0 };
  const look = (name: string, now: number, isAsleep = false) => {
    looks.show(deployment({ name, namespace: 'shop', replicas: 3, ...(isAsleep && asleep) }));
    return looks.look(name, now);
  };
  return { look };
};

t.test('more than a minute may have wait for their turn, which is kept for them', (t) => {
  const { look } = begin();
  for (const name of ['a', 'b']) t.equal(inShort(look(name, EVENING)), 'scaleDown OutsideUptime 3→0', name);
  t.match(look('c', EVENING), {
    action: 'none',
    reason: 'WaitsForTurn',
    message: 'at most 2 workloads a minute are put to sleep: its turn comes in 1m',
    changes: [],
    nextTransition: '2026-11-20T20:01:00Z',
  });
  for (const name of ['d', 'e']) look(name, EVENING);
  t.equal(look('e', EVENING + 1000).nextTransition, '2026-11-20T20:02:00Z', 'the third minute');
  t.equal(look('c', EVENING + 30_000).nextTransition, '2026-11-20T20:01:00Z', 'asked again, it keeps its turn');
  t.equal(look('c', EVENING + 60_000).action, 'scaleDown');
  t.equal(look('e', EVENING + 60_000).reason, 'WaitsForTurn');
  t.end();
});

t.test('a change that is tried again takes no second turn', (t) => {
  const { look } = begin();
  for (let tries = 0; tries < 5; tries += 1) t.equal(look('a', EVENING + tries * 1000).action, 'scaleDown');
  t.equal(look('b', EVENING + 5000).action, 'scaleDown');
  t.equal(look('c', EVENING + 5000).reason, 'WaitsForTurn');
  t.end();
});

t.test('waking waits for waking alone', (t) => {
  const { look } = begin();
  for (const name of ['a', 'b', 'c']) look(name, MORNING - 1000);
  for (const name of ['d', 'e']) t.equal(look(name, MORNING, true).action, 'scaleUp', name);
  t.match(look('f', MORNING, true), { action: 'none', message: /2 workloads a minute are woken/ });
  t.end();
});

t.test('five workloads, two a minute', async (t) => {
  const objects = [
    namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' } }),
    ...['a', 'b', 'c', 'd', 'e'].map((name) =>
      deployment({ namespace: 'shop', name, replicas: 1, creationTimestamp: '2026-01-01T00:00:00Z' }),
    ),
  ];
  const stage = await createStage({ at: '2026-11-19T19:59:50Z', objects });
  t.teardown(() => stage.close());
  await stage.start(['--max-changes-per-minute=2']);
  await stage.passTo('2026-11-19T20:30:00Z');
  await stage.passTo('2026-11-19T20:35:00Z');
  const when = stage.writes({ verb: 'patch', resource: 'deployments' }).map(({ at }) => new Date(at).toISOString());
  t.strictSame(
    when.map((time) => time.slice(11, 19)),
    [
      '20:00:00',
      '20:00:00',
      '20:01:00',
      '20:01:00',
      '20:02:00',
      '20:30:00',
      '20:30:00',
      '20:31:00',
      '20:31:00',
      '20:32:00',
    ],
  );
});
