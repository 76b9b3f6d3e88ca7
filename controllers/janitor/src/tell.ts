import type { EventInput, EventRecorder } from '@kube-steward/controller';
import { eventOf, type Decision } from '@kube-steward/plan';
import type { Candidate } from './candidate.ts';
import type { Reason } from './reasons.ts';

/**
 * What is kept although it is due, and that a person has to do something about. All others that are kept are so on purpose, or
 * told of in one place for all.
 */
const NEEDS_PERSON: ReadonlySet<string> = new Set([
  'OwnerUnknown',
  'InsideUnknown',
  'ReferencesUnknown',
  'RecreationLoop',
] satisfies readonly Reason[]);

/** Whether it is said on the object itself that it needs somebody. */
export const isForPerson = ({ action, reason }: Decision): boolean =>
  action === 'invalid' || (action === 'blocked' && NEEDS_PERSON.has(reason));

/** The Event of a decision, on the object as it was when it was decided on. */
export const eventFor = (decision: Decision, { metadata }: Candidate): EventInput => {
  const { regarding, ...event } = eventOf(decision);
  const { uid, resourceVersion } = metadata;
  return { ...event, regarding: { ...regarding, uid, resourceVersion } };
};

/** What needs a person is a Warning on the object. */
export const warn = (recorder: EventRecorder, decision: Decision, candidate: Candidate): void => {
  if (isForPerson(decision)) recorder.event(eventFor(decision, candidate));
};
