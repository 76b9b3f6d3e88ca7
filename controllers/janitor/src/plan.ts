import type { Decision, ObjectReference, TraceEntry } from '@kube-steward/plan';
import { breakerOn, deleteOf, type Delete, type Trip } from './breaker.ts';
import type { Candidate } from './candidate.ts';
import { describeCost } from './cost.ts';
import { decide } from './decide.ts';
import { NO_ANNOTATIONS } from './annotations.ts';
import { rulesReaching } from './answers.ts';
import { observe } from './observe.ts';
import { isKindIncluded, type Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import type { Survey } from './survey.ts';
import { traceOf } from './trace.ts';
import { isEnd } from './verdict.ts';

/** What would happen to everything that there is, now. */
export const decideAll = function* (survey: Survey, policy: Policy, now: number): Generator<Decision> {
  for (const { store } of survey.kinds.values())
    for (const candidate of store.list())
      yield withCost(decide(observe(survey, candidate), policy, now), survey, candidate);
};

/** What people keep for ever, although it is due: the plan says what that costs. */
const KEPT_BY_PEOPLE: ReadonlySet<string> = new Set<Reason>(['Protected', 'HoldsProtected', 'KeptByAnnotation']);

const withCost = (decision: Decision, survey: Survey, candidate: Candidate): Decision => {
  if (decision.action !== 'blocked' || !KEPT_BY_PEOPLE.has(decision.reason)) return decision;
  const cost = describeCost(survey.cost(candidate));
  return cost === undefined ? decision : { ...decision, message: `${decision.message}: ${cost}` };
};

/**
 * What a controller that runs would hold back of that, as too much at once.
 *
 * @param shown only what holds one of these decisions back; everything when left out
 */
export const tripsOf = (survey: Survey, policy: Policy, now: number, shown?: Iterable<Decision>): readonly Trip[] => {
  const breaker = breakerOn(deletesIn(survey, policy, now), survey.population, now);
  if (!shown) return breaker.state.trips;
  const held = new Set<Trip>();
  for (const decision of shown) {
    const candidate = isEnd(decision) ? survey.find(decision.object) : undefined;
    const trip = candidate && breaker.tripFor(deleteOf(candidate, decision));
    if (trip) held.add(trip);
  }
  return [...held];
};

const deletesIn = function* (survey: Survey, policy: Policy, now: number): Generator<Delete> {
  for (const { store } of survey.kinds.values())
    for (const candidate of store.list()) {
      const decision = decide(observe(survey, candidate), policy, now);
      if (isEnd(decision)) yield deleteOf(candidate, decision);
    }
};

/** The decision on one object, and how it comes about. `undefined`: there is no such object. */
export const explain = (
  survey: Survey,
  policy: Policy,
  object: ObjectReference,
  now: number,
): { readonly decision: Decision; readonly trace: readonly TraceEntry[] } | undefined => {
  const candidate = survey.find(object);
  if (!candidate) return undefined;
  const o = observe(survey, candidate);
  const decision = withCost(decide(o, policy, now), survey, candidate);
  return { decision, trace: traceOf(o, policy, decision, now) };
};

/** Whether neither the object nor a rule for its kind says anything to the janitor: what most objects are. */
export const isSilentOn = ({ layer, resource }: Candidate, policy: Policy): boolean =>
  layer === NO_ANNOTATIONS && (rulesReaching(policy.rules, resource).length === 0 || !isKindIncluded(policy, resource));
