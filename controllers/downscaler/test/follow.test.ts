import { createLogger, noEvents } from '@kube-steward/controller';
import type { Client, Unstructured } from '@kube-steward/kube';
import { daemonSet } from '@kube-steward/sandbox';
import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import { createFollower, type Follower } from '../src/follow.ts';
import { workloadKey } from '../src/keys.ts';
import { observeAll, type Observation } from '../src/observe.ts';
import { viewOfManifests } from '../src/view.ts';
import { FRIDAY_EVENING, OFFICE_HOURS, carriedOut, policy } from './decisions.ts';

const ARGV = ['--include-resources=daemonsets', `--default-uptime=${OFFICE_HOURS}`];
const MORNING = '2026-11-20T06:30:00Z';
const POLICY = policy(ARGV);

const observed = (object: Unstructured): Observation => [...observeAll(viewOfManifests([object], POLICY), POLICY)][0]!;

/** A follower without a controller, and what it says. */
const begin = () => {
  const clock = new VirtualClock(MORNING);
  const said: string[] = [];
  const log = createLogger({
    name: 'downscaler',
    level: 'info',
    clock,
    destination: { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) },
  });
  const follower: Follower = createFollower({
    policy: POLICY,
    clock,
    client: {} as Client,
    recorder: noEvents,
    metrics: { took: () => undefined, incomplete: () => undefined },
    queue: { add: () => undefined, addAfter: () => undefined },
  });
  return { clock, said, log, follower, context: { log, signal: new AbortController().signal, reconcileId: '1' } };
};

const agent = { ...daemonSet({ name: 'agent' }), status: { desiredNumberScheduled: 2, numberReady: 2 } };
const [asleep] = carriedOut([agent], { argv: ARGV, at: FRIDAY_EVENING });

t.test('who is found to be back at a look that comes late, is part of the morning all the same', async (t) => {
  const { clock, said, log, follower, context } = begin();
  const stale = observed(asleep as Unstructured);
  const key = workloadKey(stale.workload);
  follower.before(key, stale, 'wakes', log);
  follower.woken(key, stale);
  clock.advance(600_001);
  await follower.look(key, observed(agent), context);
  clock.advance(20_000);
  follower.tell('2026-11-20T06:30:00Z', log);
  t.strictSame(said, ['1 of 1 awake at 07:40, slowest default/agent 10m']);
});

t.test('who is looked at before the watch knows that it was woken, is part of the morning all the same', async (t) => {
  const { clock, said, log, follower, context } = begin();
  const stale = observed(asleep as Unstructured);
  const key = workloadKey(stale.workload);
  follower.before(key, stale, 'wakes', log);
  follower.woken(key, stale);
  follower.before(key, stale, 'wakes', log);
  clock.advance(2000);
  await follower.look(key, observed(agent), context);
  clock.advance(20_000);
  follower.tell('2026-11-20T06:30:00Z', log);
  t.strictSame(said, ['1 of 1 awake at 07:30, slowest default/agent 2s']);
});
