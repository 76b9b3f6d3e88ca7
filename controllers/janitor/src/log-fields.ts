import type { Decision } from '@kube-steward/plan';
import { parseObjectKey, type Key } from './keys.ts';

/** The fields of every log line of a reconcile: which object it is about. */
export const fieldsOfKey = (key: Key): Record<string, unknown> => {
  const { kind, name } = parseObjectKey(key);
  return { resource: kind, ...name };
};

/** What a line about a decision has beside those. */
export const fieldsOfDecision = (decision: Decision): Record<string, unknown> => {
  const { action, reason, decidedBy, changes, deletion, nextTransition } = decision;
  return { action, reason, decidedBy: decidedBy?.source, changes, deletion, nextTransition };
};
