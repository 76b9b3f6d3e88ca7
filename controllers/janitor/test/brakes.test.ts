import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import { createBrakes } from '../src/brakes.ts';
import type { Trip } from '../src/breaker.ts';
import { decide } from '../src/decide.ts';
import { keyOfObject } from '../src/keys.ts';
import { NO_STATE } from '../src/state.ts';
import { KINDS, NOW, annotated, observation, policy } from './decisions.ts';

const by = policy();
const due = (name: string) => {
  const seen = observation('Deployment', annotated('Deployment', { ttl: '30m' }, { name, uid: name }), by);
  return { candidate: seen.candidate, decision: decide(seen, by, NOW) };
};
const judged = Array.from({ length: 60 }, (_, index) => due(`web-${index}`));

const stage = ({ whileAsking = () => undefined }: { whileAsking?: () => void } = {}) => {
  const there = new Map(judged.map((each) => [keyOfObject(KINDS.Deployment, each.candidate), each]));
  const trips: Trip[] = [];
  const oneMore = (): Promise<void> => {
    whileAsking();
    return Promise.resolve();
  };
  const brakes = createBrakes({
    clock: new VirtualClock(NOW),
    policy: () => by,
    serverClock: { skewMs: () => Promise.resolve(0) },
    populations: { count: () => 60, oneMore },
    saved: () => NO_STATE.breaker,
    onTrip: (trip) => trips.push(trip),
    onSkew: () => undefined,
    onChange: () => undefined,
  });
  return { brakes, there, trips };
};

t.test('what is due together is counted together', async (t) => {
  const { brakes, there, trips } = stage();
  await brakes.foresee([...there.keys()], (key) => there.get(key));
  t.match(trips, [{ count: 51 }]);
});

t.test('what goes while the server is asked how many there are does not count', async (t) => {
  const { brakes, there, trips } = stage({ whileAsking: () => there.clear() });
  await brakes.foresee([...there.keys()], (key) => there.get(key));
  t.same(trips, []);
  t.same(brakes.state.trips, []);
});
