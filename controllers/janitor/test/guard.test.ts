import t from 'tap';
import { candidateOf } from '../src/candidate.ts';
import { decide } from '../src/decide.ts';
import { guard, type Circumstances } from '../src/guard.ts';
import { afterDelete, isForgotten, leftAloneUntil, type Recreations } from '../src/recreation.ts';
import { compareDeadlines, takeTurn, type Bucket } from '../src/turns.ts';
import { DAY, HOUR, KINDS, MINUTE, NOW, annotated, decisionOn, inShort, observation, policy } from './decisions.ts';

const by = policy();
const due = annotated('Deployment', { ttl: '30m' }, { labels: { 'app.kubernetes.io/managed-by': 'shop-operator' } });
const candidate = candidateOf(KINDS.Deployment, by)(due);
const decision = decide(observation('Deployment', due, by), by, NOW);
const guarded = (circumstances: Circumstances) => guard(decision, candidate, circumstances, NOW);

const deleted = (...minutes: readonly number[]): Recreations =>
  minutes.reduce<Recreations | undefined>(
    (before, minute) => afterDelete(before, `uid-${minute}`, NOW + minute * MINUTE),
    undefined,
  )!;

t.test('what stands against a delete beside the object itself', async (t) => {
  const trip = { scope: 'rule/preview', kind: 'deployments.apps', count: 60, of: 100, at: NOW } as const;
  const rows: readonly [circumstances: Circumstances, said: string][] = [
    [{}, 'delete TimeToLiveExpired'],
    [{ skewMs: 60_000 }, 'delete TimeToLiveExpired'],
    [{ skewMs: 60_001 }, 'blocked ClockSkew 12:01'],
    [{ skewMs: -61_000 }, 'blocked ClockSkew 12:01'],
    [{ trip }, 'blocked MassDeleteHeld'],
    [{ recreations: deleted(-30, -20, -10) }, 'blocked RecreationLoop 12:50'],
    [{ turn: NOW + MINUTE }, 'none WaitsForTurn 12:01'],
    [{ turn: NOW }, 'delete TimeToLiveExpired'],
    [{ trip, turn: NOW + MINUTE }, 'blocked MassDeleteHeld'],
  ];
  for (const [circumstances, said] of rows)
    t.equal(inShort(guarded(circumstances)), said, JSON.stringify(circumstances));
  t.equal(
    guarded({ recreations: deleted(-30, -20, -10) }).message,
    'deleted 3 times within 1h, and made again by shop-operator: it belongs out of there; would be delete',
  );
  t.equal(guarded({ skewMs: -61_000 }).deletion, undefined);
});

t.test('nothing is announced by a clock that is wrong', async (t) => {
  const noticed = policy({ noticeMs: HOUR });
  const notify = decide(observation('Deployment', due, noticed), noticed, NOW);
  t.equal(notify.action, 'notify');
  t.equal(guard(notify, candidate, {}, NOW), notify);
  t.equal(inShort(guard(notify, candidate, { skewMs: -61_000 }, NOW)), 'blocked ClockSkew 12:01');
});

t.test('what deletes nothing is nobody’s concern', async (t) => {
  const kept = decisionOn('Deployment', annotated('Deployment', { ttl: '2h' }));
  t.equal(guard(kept, candidate, { skewMs: HOUR }, NOW), kept);
});

t.test('what is made again and again is left alone, longer each time', async (t) => {
  const at = (minutes: number) => NOW + minutes * MINUTE;
  const until = (recreations: Recreations, minute: number, uid = 'new') => {
    const found = leftAloneUntil(recreations, uid, at(minute));
    return found === undefined ? undefined : (found - NOW) / MINUTE;
  };
  t.equal(until(deleted(0, 10), 20), undefined, 'twice is no loop');
  t.equal(until(deleted(0, 10, 20), 30), 80);
  t.equal(until(deleted(0, 10, 20), 81), undefined, 'tried again');
  t.equal(until(deleted(0, 10, 20, 81), 90), 81 + 120);
  t.equal(until(deleted(0, 50, 100), 110), undefined, 'three times in more than an hour');
  t.equal(until(deleted(0, 10, 20), 30, 'uid-20'), undefined, 'the last one itself, still on its way out');
  t.same(deleted(0, 0, 0).deletes.length, 1, 'one object counts once');
  t.equal(until(deleted(0, 10, 20, 500), 510), undefined, 'calm for long enough: counted from the beginning');
  t.equal(isForgotten(deleted(0, 10, 20), at(130)), false);
  t.equal(isForgotten(deleted(0, 10, 20), at(141)), true);
  const forever = deleted(...Array.from({ length: 30 }, (_, index) => index * 1000));
  t.ok(until(forever, 29 * 1000 + 1) === undefined || (until(forever, 29 * 1000 + 1) ?? 0) <= 29_000 + DAY / MINUTE);
});

t.test('turns come as fast as the bucket fills', async (t) => {
  let bucket: Bucket | undefined;
  const turns = Array.from({ length: 5 }, () => {
    const taken = takeTurn(bucket, 2, NOW);
    bucket = taken.bucket;
    return taken.turn - NOW;
  });
  t.same(turns, [0, 0, 500, 1000, 1500]);
  t.equal(takeTurn(bucket, 2, NOW + HOUR).turn, NOW + HOUR);
  t.equal(takeTurn({ tokens: 0, at: NOW }, 0.5, NOW).turn, NOW + 2000);
});

t.test('whoever is overdue longest goes first', async (t) => {
  const named = (name: string, ttl: string) => decisionOn('Deployment', annotated('Deployment', { ttl }, { name }));
  const order = [named('c', '10m'), named('b', '20m'), named('a', '20m'), named('d', '1m')].sort(compareDeadlines);
  t.same(
    order.map(({ object }) => object.name),
    ['d', 'c', 'a', 'b'],
  );
});
