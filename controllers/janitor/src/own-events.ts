import type { EventInput, EventRecorder } from '@kube-steward/controller';
import type { Reason } from './reasons.ts';
import { STATE_NAME } from './state-store.ts';

/** What is about the janitor itself is said on the ConfigMap of its state: the one object that is always there, and its own. */
export const warnOfOurselves = (
  recorder: EventRecorder,
  namespace: string,
  { reason, note }: { readonly reason: Reason; readonly note: string },
): void => {
  const regarding: EventInput['regarding'] = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: STATE_NAME };
  recorder.event({ regarding, type: 'Warning', reason, action: 'Blocked', note });
};
