import { actionName } from './describe.ts';
import type { Action, ControllerName, Decision, ObjectReference } from './decision.ts';

/** The server's limit for an event's note, in bytes of UTF-8. */
const NOTE_LIMIT_BYTES = 1024;

/** What of a decision goes into an events.k8s.io/v1 Event. */
export interface DecisionEvent {
  readonly regarding: ObjectReference;
  /** `Warning` only when a person must act. */
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

export interface EventOptions {
  /** Reasons that need a person although their action does not say so. */
  readonly warnings?: ReadonlySet<string>;
}

/** The event of a decision. What was invalid or blocked is a Warning. */
export const eventOf = (decision: Decision, { warnings }: EventOptions = {}): DecisionEvent => ({
  regarding: decision.object,
  type: needsPerson(decision.action) || warnings?.has(decision.reason) ? 'Warning' : 'Normal',
  reason: decision.reason,
  action: actionName(decision.action),
  note: cutToBytes(decision.message, NOTE_LIMIT_BYTES),
});

/** Whether somebody has to look: nothing will change by itself. */
export const needsPerson = (action: Action): boolean => action === 'invalid' || action === 'blocked';

/** The beginning of a text that fits, ending in `…` if something was cut; never half a character. */
const cutToBytes = (text: string, limit: number): string => {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= limit) return text;
  let end = limit - '…'.length * 3;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${new TextDecoder().decode(bytes.subarray(0, end))}…`;
};

/** The fields of a decision's log line, beside its message. */
export interface DecisionLogFields {
  readonly controller: ControllerName;
  readonly controllerKind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly action: Action;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly nextTransition?: string;
}

export const logFieldsOf = (decision: Decision, { dryRun }: { readonly dryRun: boolean }): DecisionLogFields => ({
  controller: decision.controller,
  controllerKind: decision.object.kind,
  ...(decision.object.namespace !== undefined && { namespace: decision.object.namespace }),
  name: decision.object.name,
  action: decision.action,
  reason: decision.reason,
  dryRun,
  ...(decision.nextTransition !== undefined && { nextTransition: decision.nextTransition }),
});

/** The labels of `kube_steward_..._decisions_total`. No names of objects: their number has no bound. */
export interface DecisionMetricLabels {
  readonly controller: ControllerName;
  readonly action: Action;
  readonly reason: string;
  readonly dry_run: 'true' | 'false';
}

export const metricLabelsOf = (
  { controller, action, reason }: Decision,
  { dryRun }: { readonly dryRun: boolean },
): DecisionMetricLabels => ({ controller, action, reason, dry_run: dryRun ? 'true' : 'false' });
