import type { EventRecorder, Reconcile, ReconcileContext, ReconcileResult } from '@kube-steward/controller';
import { isChange, type Decision } from '@kube-steward/plan';
import { MINUTE_MS } from '@kube-steward/schedule';
import type { Brakes } from './brakes.ts';
import type { Candidate } from './candidate.ts';
import { carryOut, readAgain, type Hands } from './carry-out.ts';
import type { Foresight } from './foresight.ts';
import { judgeForSure, type Bench } from './judge.ts';
import type { Key } from './keys.ts';
import { fieldsOfDecision } from './log-fields.ts';
import type { JanitorMetrics } from './metrics.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { firstMatchedAfter } from './since.ts';
import { isForPerson, warn } from './tell.ts';
import { timestamp, isEnd } from './verdict.ts';
import type { WatchedKinds } from './watch.ts';

/** Everything one reconcile works with. */
export interface ReconcileDependencies extends Bench, Hands {
  readonly kinds: WatchedKinds;
  readonly brakes: Brakes;
  readonly recorder: EventRecorder;
  readonly metrics: JanitorMetrics;
  readonly dryRun: boolean;
  /** Told of what became of each object that was looked at. */
  readonly onDecided: (decision: Decision) => void;
  readonly foresight: Pick<Foresight, 'begun' | 'renewed'>;
}

/** An object that is changed all the time is decided on so often at once; then after a while. */
const MOST_TRIES = 4;
const LATER_MS = 1000;

/** Observe, decide, guard, apply, record; and come back at the next moment the answer can change. */
export const createReconcile =
  (deps: ReconcileDependencies): Reconcile =>
  async (key, context) => {
    await deps.foresight.begun();
    const candidate = deps.kinds.candidate(key);
    // Its kind will have it looked at when it has been read.
    if (candidate === 'unread') return undefined;
    if (!candidate) {
      deps.memory.gone(key);
      deps.brakes.gone(key);
      return undefined;
    }
    return settle(deps, context, key, { candidate, policy: deps.policy(), tries: MOST_TRIES });
  };

interface Attempt {
  readonly candidate: Candidate;
  /** By whose rules it was read. */
  readonly policy: Policy;
  /** How many are left, this one among them. */
  readonly tries: number;
}

const settle = async (
  deps: ReconcileDependencies,
  context: ReconcileContext,
  key: Key,
  attempt: Attempt,
): Promise<ReconcileResult | undefined> => {
  const { candidate, tries } = attempt;
  deps.memory.seen(key, candidate);
  if (deps.memory.isDeleted(candidate)) return undefined;
  const decision = await guarded(deps, key, candidate, context.signal);
  const done = !isChange(decision) || (await applied(deps, context, key, attempt, decision));
  if (done) {
    deps.metrics.decided(decision);
    deps.onDecided(decision);
    if (!isChange(decision)) leave(deps, context, candidate, decision);
    return { requeueAfterMs: untilNext(decision, deps.clock.now()) };
  }
  const policy = deps.policy();
  const fresh = await readAgain(deps.client, policy, candidate, context.signal);
  if (!fresh) return undefined;
  if (tries === 1) return { requeueAfterMs: LATER_MS };
  return settle(deps, context, key, { candidate: fresh, policy, tries: tries - 1 });
};

const guarded = async (
  deps: ReconcileDependencies,
  key: Key,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<Decision> => {
  const { observation, decision } = await judgeForSure(deps, candidate, signal);
  const firstMatched = firstMatchedAfter(observation, deps.clock.now());
  const isNew = firstMatched !== undefined && firstMatched !== observation.firstMatched;
  // Noted by a clock that is wrong, it would be too old once that is set right.
  const isDoubtful = isNew && !(await deps.brakes.isClockRight());
  deps.memory.matched(candidate, isDoubtful ? undefined : firstMatched);
  if (isEnd(decision)) await deps.foresight.renewed();
  const checked = await deps.brakes.check(key, candidate, decision);
  return isDoubtful ? { ...checked, nextTransition: timestamp(deps.clock.now() + MINUTE_MS) } : checked;
};

/** The object is the same, so nothing but the rules and what surrounds it can have changed. */
const isStillMeant = async (
  deps: ReconcileDependencies,
  { candidate, policy }: Attempt,
  { action, reason }: Decision,
  signal: AbortSignal,
): Promise<boolean> => {
  const { decision } = await judgeForSure(deps, candidate, signal);
  return deps.policy() === policy && decision.action === action && decision.reason === reason;
};

/** @returns false: it is not any more what was decided on */
const applied = async (
  deps: ReconcileDependencies,
  { log, signal }: ReconcileContext,
  key: Key,
  attempt: Attempt,
  decision: Decision,
): Promise<boolean> => {
  const { candidate } = attempt;
  const { dryRun, metrics, memory, clock, brakes } = deps;
  if (dryRun) {
    if (decision.action === 'notify')
      memory.announced(candidate, Date.parse(decision.deletion?.deadline ?? ''), clock.now());
  } else {
    try {
      const orders = { signal, isStillMeant: () => isStillMeant(deps, attempt, decision, signal) };
      if (!(await carryOut(deps, candidate, decision, orders))) return false;
    } catch (error) {
      if (decision.action === 'delete') metrics.deleted(candidate.resource, 'failed');
      throw error;
    }
    if (decision.action === 'delete') metrics.deleted(candidate.resource, 'done');
    if (isEnd(decision)) brakes.applied(key, candidate, decision);
  }
  log.info(fieldsOfDecision(decision), decision.message);
  return true;
};

/** Nothing is done; where somebody has to do something about it, that is said. */
const leave = (
  { recorder }: ReconcileDependencies,
  { log }: ReconcileContext,
  candidate: Candidate,
  decision: Decision,
): void => {
  if (isForPerson(decision)) log.warn(fieldsOfDecision(decision), decision.message);
  else log.debug(fieldsOfDecision(decision), decision.message);
  warn(recorder, decision, candidate);
};

/** What could not be found out may be known without any object being changed: rights are given, a server answers again. */
const ASK_AGAIN_MS: { readonly [R in Reason]?: number } = {
  OwnerUnknown: 10 * MINUTE_MS,
  InsideUnknown: 10 * MINUTE_MS,
  HoldsProtected: 10 * MINUTE_MS,
  ReferencesUnknown: 10 * MINUTE_MS,
};

const untilNext = ({ reason, nextTransition }: Decision, now: number): number | undefined => {
  if (nextTransition === undefined) return ASK_AGAIN_MS[reason as Reason];
  return Math.max(1, Date.parse(nextTransition) - now);
};
