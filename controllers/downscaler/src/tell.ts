import type { EventRecorder } from '@kube-steward/controller';
import { eventOf, needsPerson, type Decision, type ObjectReference } from '@kube-steward/plan';
import type { Warning } from './warnings.ts';

/** Where Events go; a dry run writes none. */
interface Listener {
  readonly recorder: EventRecorder;
  readonly dryRun: boolean;
}

/** What was done, or cannot be, as an Event on the object. */
export const record = ({ recorder, dryRun }: Listener, decision: Decision, uid: string): void => {
  const { regarding, ...event } = eventOf(decision);
  if (!dryRun) recorder.event({ regarding: { ...regarding, uid }, ...event });
};

/** What is acted on, and surely not meant as it stands, is a Warning beside whatever is decided. */
export const remark = (
  { recorder, dryRun }: Listener,
  warnings: readonly Warning[],
  object: ObjectReference,
  uid: string,
): void => {
  if (dryRun) return;
  for (const { reason, message } of warnings)
    recorder.event({ regarding: { ...object, uid }, type: 'Warning', reason, action: 'None', note: message });
};

/** What needs a person is said on the object that carries it: a bad value of a namespace is the namespace's own decision. */
export const warn = (to: Listener, decision: Decision, uid: string): void => {
  const { action, object, decidedBy } = decision;
  const elsewhere = action === 'invalid' && object.kind !== 'Namespace' && decidedBy?.source.startsWith('namespace/');
  if (needsPerson(action) && !elsewhere) record(to, decision, uid);
};
