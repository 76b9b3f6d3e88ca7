import type { Decision } from '@kube-steward/plan';
import { subjectOf, type Key } from './keys.ts';
import type { View } from './observe.ts';

/** The fields of every log line of a reconcile: which object it is about. */
export const fieldsOfKey = (view: View, key: Key): Record<string, unknown> => {
  const subject = subjectOf(view.workloads.keys(), key);
  if (!subject || 'calendars' in subject) return { key };
  if ('namespace' in subject) return { controllerKind: 'Namespace', name: subject.namespace };
  if ('morning' in subject) return { transition: subject.morning };
  const [namespace, name] = subject.object.split('/');
  return { controllerKind: subject.row.resource.kind, namespace, name };
};

/** What a line about a decision has beside those. */
export const fieldsOfDecision = ({ action, reason, changes, nextTransition }: Decision): Record<string, unknown> => ({
  action,
  reason,
  changes,
  nextTransition,
});
