import type { EventRecorder } from '@kube-steward/controller';
import { eventOf, needsPerson, type Decision, type ObjectReference } from '@kube-steward/plan';
import { namespaceReference } from './decide-namespace.ts';
import type { Held } from './mass-sleep.ts';
import type { NamespaceView } from './observe.ts';
import type { Reason } from './reasons.ts';
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

const HELD_FOR_ALL: readonly string[] = ['MassSleepHeld', 'OldDownscalerRuns'] satisfies readonly Reason[];

/** Whether a person has to look at this very object. What holds everything back is told once, and not on each of them. */
export const isForPerson = ({ action, reason }: Decision): boolean =>
  needsPerson(action) && !HELD_FOR_ALL.includes(reason);

/**
 * What needs a person is said on the object that carries it: a bad value of a namespace is the namespace's own decision, and
 * one of the configuration can only name a calendar that cannot be read, which is said on its ConfigMap.
 */
export const warn = (to: Listener, decision: Decision, uid: string): void => {
  const { action, object, decidedBy } = decision;
  const { source = '' } = decidedBy ?? {};
  const isOwn = object.kind === 'Namespace' || !(source === 'config' || source.startsWith('namespace/'));
  const elsewhere = action === 'invalid' && !isOwn;
  if (isForPerson(decision) && !elsewhere) record(to, decision, uid);
};

/** A mass sleep that is held back is said on the namespace in which it began. */
export const warnOfHeld = (to: Listener, { message }: Held, namespace: NamespaceView | undefined): void => {
  if (!namespace || to.dryRun) return;
  const regarding = { ...namespaceReference(namespace), uid: namespace.metadata.uid };
  to.recorder.event({
    regarding,
    type: 'Warning',
    reason: 'MassSleepHeld' satisfies Reason,
    action: 'Blocked',
    note: message,
  });
};
