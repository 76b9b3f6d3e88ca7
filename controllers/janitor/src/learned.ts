import type { ControllerContext, Lease, Logger } from '@kube-steward/controller';
import { RESOURCES } from '@kube-steward/kube';
import { MINUTE_MS, SECOND_MS } from '@kube-steward/schedule';
import { acknowledgedIn } from './ack.ts';
import { createBrakes, type Brakes, type BrakesState } from './brakes.ts';
import { tripMessage } from './breaker.ts';
import { MOST_SKEW_MS } from './guard.ts';
import { createMemory, type Memory } from './memory.ts';
import type { JanitorMetrics } from './metrics.ts';
import { warnOfOurselves } from './own-events.ts';
import type { JANITOR_OPTIONS } from './options.ts';
import type { Policy } from './policy.ts';
import { createPopulations } from './populations.ts';
import type { Reason } from './reasons.ts';
import { createServerClock } from './server-clock.ts';
import { createStateStore, type StateStore } from './state-store.ts';
import { NO_STATE, type State } from './state.ts';

/** What the controller has learned, and what of it is saved. */
export interface Learned {
  readonly memory: Memory;
  readonly brakes: Brakes;
  readonly store: StateStore;
  /** From now on this process looks too: it finds out whether anybody did before it. */
  look(): Promise<void>;
  /** From now on this process decides: what others save is only heard of. */
  lead(): void;
}

/** For so long nobody may have looked: a restart, another node. */
const LONGEST_GAP_MS = 15 * MINUTE_MS;

type Context = Pick<
  ControllerContext<typeof JANITOR_OPTIONS>,
  'client' | 'clock' | 'log' | 'events' | 'informers' | 'options' | 'ownNamespace' | 'ownState' | 'queue'
>;

/** Memory and brakes, filled with what was saved before, and saved as they change. */
export const createLearned = (context: Context, policy: () => Policy, metrics: JanitorMetrics): Learned => {
  const { client, clock, log, events, informers, options, ownNamespace, ownState, queue } = context;
  let saved: BrakesState = NO_STATE.breaker;
  let savedAt = NO_STATE.savedAt;
  let isLeading = false;
  const changed = (): void => store.changed();
  const memory = createMemory(changed);
  const brakes = createBrakes({
    clock,
    policy,
    serverClock: createServerClock(client, clock),
    populations: createPopulations(client, clock),
    saved: () => saved,
    onTrip(trip) {
      const reason: Reason = 'MassDeleteHeld';
      log.error({ reason, scope: trip.scope, count: trip.count, of: trip.of }, tripMessage(trip));
      warnOfOurselves(events, ownNamespace, { reason, note: tripMessage(trip) });
    },
    onSkew: watchSkew(log, metrics),
    onChange({ trips }) {
      metrics.tripped(trips.map(({ scope }) => scope));
      changed();
    },
  });

  const store = createStateStore({
    client: ownState,
    namespace: ownNamespace,
    informers,
    clock,
    log,
    current(): State {
      const breaker = isLeading ? brakes.state : saved;
      return {
        savedAt: clock.now(),
        objects: options.dryRun ? withoutNotices(memory.objects) : memory.objects,
        breaker,
      };
    },
    onRead({ objects, breaker, ...state }, data) {
      memory.take(objects);
      ({ savedAt } = state);
      if (isLeading) {
        const scopes = acknowledgedIn(data, brakes.state.trips);
        for (const scope of scopes) log.info({ scope }, 'somebody has acknowledged the mass delete: it goes on');
        for (const key of new Set(scopes.flatMap((scope) => brakes.acknowledge(scope)))) queue.add(key);
      } else {
        const scopes = new Set(acknowledgedIn(data, breaker.trips));
        saved = {
          ...breaker,
          trips: breaker.trips.filter(({ scope }) => !scopes.has(scope)),
          acknowledged: [...breaker.acknowledged, ...breaker.trips.filter(({ scope }) => scopes.has(scope))],
        };
      }
    },
  });
  let hasGap = false;
  return {
    memory,
    brakes,
    store,
    async look() {
      const lookedAt = Math.max(savedAt, await lastRenewal(context));
      // Who runs it once in a while knows that nobody looks in between.
      hasGap = !options.once && clock.now() - lookedAt > LONGEST_GAP_MS;
    },
    lead() {
      isLeading = true;
      if (hasGap) memory.forgetMatches();
    },
  };
};

/** Whoever led renewed the Lease for as long as it looked. Where nobody can say, nobody looked. */
const lastRenewal = async ({ options, ownNamespace, ownState }: Context): Promise<number> => {
  if (!options.leaderElect) return -Infinity;
  const name = { namespace: options.leaseNamespace ?? ownNamespace, name: options.leaseName };
  const lease = await ownState.get<Lease>(RESOURCES.leases, name).catch(() => undefined);
  const renewedAt = Date.parse(lease?.spec?.renewTime ?? '');
  return Number.isNaN(renewedAt) ? -Infinity : renewedAt;
};

/** That nothing is deleted because of two clocks is said once, and once when it is over. */
const watchSkew = (log: Logger, metrics: JanitorMetrics): ((skewMs: number) => void) => {
  let wasOff = false;
  return (skewMs) => {
    metrics.clockSkew(skewMs);
    const isOff = Math.abs(skewMs) > MOST_SKEW_MS;
    const reason: Reason = 'ClockSkew';
    const seconds = Math.round(skewMs / SECOND_MS);
    if (isOff && !wasOff)
      log.error({ reason, seconds }, 'our clock and that of the API server differ: nothing is deleted');
    if (!isOff && wasOff) log.info('our clock and that of the API server agree again');
    wasOff = isOff;
  };
};

/** In a dry run nobody was told of anything: what counts is announced anew. */
const withoutNotices = (objects: State['objects']): State['objects'] =>
  new Map(
    Array.from(objects, ([uid, { firstMatched }]) => [uid, { firstMatched }] as const).filter(
      ([, { firstMatched }]) => firstMatched !== undefined,
    ),
  );
