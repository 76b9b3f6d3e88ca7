import t from 'tap';
import {
  ackCommand,
  breakerOn,
  createBreaker,
  isMassDelete,
  scopeNamed,
  tripMessage,
  type Breaker,
  type Delete,
  type Trip,
} from '../src/breaker.ts';
import { MINUTE, NOW } from './decisions.ts';

const due = (rest: Partial<Delete> = {}): Delete => ({
  kind: 'deployments.apps',
  namespace: 'shop',
  rule: 'preview',
  ...rest,
});

t.test('more than fifty, and more than half of them all', async (t) => {
  const rows: readonly [count: number, of: number, isMass: boolean][] = [
    [50, 50, false],
    [51, 51, true],
    [51, 101, true],
    [51, 102, false],
    [1000, 12_000, false],
  ];
  for (const [count, of, isMass] of rows) t.equal(isMassDelete(count, of), isMass, `${count} of ${of}`);
});

t.test(
  'a plan tells what would trip, as a controller would: the narrowest of rule, kind and namespace, each against its own kind',
  async (t) => {
    const scopes = (deletes: readonly Delete[], all: number, here = all) =>
      breakerOn(deletes, (_kind, namespace) => (namespace === undefined ? all : here), NOW).state.trips.map(
        ({ scope }) => scope,
      );
    const many = (count: number, rest?: Partial<Delete>) => Array.from({ length: count }, () => due(rest));
    t.same(scopes(many(60), 100), ['rule/preview']);
    t.same(scopes(many(60), 1000, 100), ['namespace/shop'], 'a namespace is emptied');
    t.same(scopes([...many(30, { rule: 'a' }), ...many(30, { rule: 'b' })], 100), ['kind/deployments.apps']);
    t.same(scopes([...many(30), ...many(30, { kind: 'configmaps' })], 40), [], 'of two kinds, neither is many');
    t.same(scopes(many(60, { rule: undefined, namespace: undefined }), 100), ['kind/deployments.apps']);
  },
);

const stage = (all: number, state?: Breaker['state']) => {
  const trips: Trip[] = [];
  const breaker = createBreaker({
    population: () => all,
    ...(state && { state }),
    onTrip: (trip) => trips.push(trip),
  });
  return { breaker, trips };
};
const look = (breaker: Breaker, from: number, to: number, now = NOW) => {
  for (let index = from; index < to; index++) breaker.looked(`shop/web-${index}`, due(), now);
};

t.test('a controller counts what is due, and what it has deleted in the last ten minutes', async (t) => {
  const { breaker, trips } = stage(100);
  look(breaker, 0, 30);
  for (let index = 0; index < 30; index++) breaker.deleted(`shop/web-${index}`, NOW);
  look(breaker, 30, 50, NOW + 9 * MINUTE);
  t.equal(breaker.tripFor(due()), undefined);
  breaker.looked('shop/one-more', due(), NOW + 9 * MINUTE);
  t.equal(breaker.tripFor(due()), undefined, '51 of 130: those that are gone count among them all');
  t.same(trips, []);

  const later = stage(100);
  look(later.breaker, 0, 30);
  for (let index = 0; index < 30; index++) later.breaker.deleted(`shop/web-${index}`, NOW);
  look(later.breaker, 30, 81, NOW + 11 * MINUTE);
  t.equal(later.trips[0]?.count, 51, 'what was deleted longer ago counts no more');
});

t.test('it says how many, and how to go on', async (t) => {
  const { breaker, trips } = stage(60);
  look(breaker, 0, 60);
  t.same(
    trips.map(({ scope, count }) => [scope, count]),
    [['rule/preview', 51]],
    'told once, by the narrowest that holds it',
  );
  t.equal(
    tripMessage(trips[0]!),
    'rule preview: 51 of 60 deployments.apps would be deleted within 10m; held until a person runs "steward janitor ack preview"',
  );
  t.equal(ackCommand('kind/deployments.apps'), 'steward janitor ack kind/deployments.apps');
  t.equal(scopeNamed('preview'), 'rule/preview');
  t.equal(scopeNamed('namespace/shop'), 'namespace/shop');
});

t.test('it holds until a person agrees, and agrees to this wave alone', async (t) => {
  const { breaker, trips } = stage(60);
  look(breaker, 0, 60);
  t.equal(breaker.tripFor(due())?.scope, 'rule/preview');
  breaker.acknowledge('rule/preview');
  t.equal(breaker.tripFor(due()), undefined, 'of its kind and in its namespace too');
  look(breaker, 0, 60);
  t.equal(breaker.tripFor(due()), undefined);
  for (let index = 0; index < 60; index++) breaker.gone(`shop/web-${index}`);
  look(breaker, 60, 120);
  t.equal(trips.length, 2, 'the next wave is held again');
});

t.test('it lets go when nothing is due any more, and remembers over a restart while something is', async (t) => {
  const { breaker } = stage(60);
  look(breaker, 0, 60);
  const restarted = stage(60, breaker.state);
  t.equal(restarted.breaker.tripFor(due())?.count, 60, 'as many as have come by now');
  look(restarted.breaker, 0, 60);
  t.same(restarted.trips, [], 'it was told before');
  for (let index = 0; index < 60; index++) restarted.breaker.looked(`shop/web-${index}`, undefined, NOW);
  t.equal(restarted.breaker.tripFor(due()), undefined);
});

t.test('what is meant is what was due then, with a little more, and by the rules of then', async (t) => {
  const acknowledged = () => {
    const { breaker } = stage(60);
    look(breaker, 0, 60);
    for (const { scope } of breaker.state.trips) breaker.acknowledge(scope);
    return breaker;
  };
  const rows: readonly [what: string, then: (breaker: Breaker) => void, isHeld: boolean][] = [
    ['nothing else', () => undefined, false],
    ['ten more', (breaker) => look(breaker, 60, 70), false],
    ['as many again', (breaker) => look(breaker, 60, 120), true],
    [
      'other rules',
      (breaker) => {
        breaker.disown();
        look(breaker, 0, 60);
      },
      true,
    ],
  ];
  for (const [what, then, isHeld] of rows) {
    const breaker = acknowledged();
    then(breaker);
    t.equal(breaker.tripFor(due()) !== undefined, isHeld, what);
  }
  const before = acknowledged();
  const restarted = stage(60, before.state).breaker;
  look(restarted, 0, 60);
  t.equal(restarted.tripFor(due()), undefined, 'over a restart');
  look(restarted, 60, 120);
  t.ok(restarted.tripFor(due()));
});

t.test('of thousands of deletes a restart remembers a few rows, which is enough to hold', async (t) => {
  const { breaker } = stage(5000);
  for (let index = 0; index < 2000; index++) {
    breaker.looked(`web-${index}`, due({ namespace: `pr-${index}` }), NOW);
    breaker.deleted(`web-${index}`, NOW);
  }
  t.equal(breaker.state.recent.length, 500);
  const restarted = stage(100, breaker.state);
  restarted.breaker.looked('web', due({ namespace: 'pr' }), NOW + MINUTE);
  t.match(restarted.trips, [{ scope: 'rule/preview', count: 501 }]);
});
