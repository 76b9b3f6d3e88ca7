import type { KubeObject } from '@kube-steward/kube';
import { formatMicroTime } from './micro-time.ts';

/** The object an event is about. With `uid` and `resourceVersion` it is found by `kubectl describe`. */
export interface EventRegarding {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
}

/** What a controller says. `Warning` only when a person must act. */
export interface EventInput {
  regarding: EventRegarding;
  type: 'Normal' | 'Warning';
  /** A CamelCase constant, at most 128 characters. */
  reason: string;
  /** What was done, in CamelCase, at most 128 characters. */
  action: string;
  /** One sentence; cut at 1024 bytes. */
  note: string;
}

/** `events.k8s.io/v1` Event, as written. */
export interface KubeEvent extends KubeObject {
  eventTime: string;
  series?: EventSeries;
  reportingController: string;
  reportingInstance: string;
  action: string;
  reason: string;
  regarding: EventRegarding;
  note: string;
  type: 'Normal' | 'Warning';
}

/** Says that the event went on: how often in all, and when last. */
export interface EventSeries {
  count: number;
  lastObservedTime: string;
}

const NOTE_BYTES = 1024;
const NAME_LENGTH = 253;

/** Where the API wants an event: beside its object, in `default` for one without a namespace. */
export const namespaceOfEvent = (regarding: EventRegarding): string => regarding.namespace ?? 'default';

/** Two events with the same key are repeats of each other. */
export const eventKey = ({ regarding, type, reason, note }: EventInput): string =>
  [objectKey(regarding), type, reason, note].join('\n');

/** The object, whichever of its revisions. */
export const objectKey = ({ uid, apiVersion, kind, namespace = '', name }: EventRegarding): string =>
  uid ?? `${apiVersion}/${kind}/${namespace}/${name}`;

export interface EventContext {
  /** `kube-steward.io/<controller>`. */
  reportingController: string;
  /** Which process, at most 128 characters. */
  reportingInstance: string;
  at: number;
  /** Makes the name unique among events of one millisecond. */
  serial: number;
}

/** The object to create for an event. */
export const eventObject = (input: EventInput, context: EventContext): KubeEvent => {
  const { reportingController, reportingInstance, at, serial } = context;
  const suffix = (BigInt(Math.round(at)) * 1_000_000n + BigInt(serial % 1_000_000)).toString(16);
  const name = `${input.regarding.name.slice(0, NAME_LENGTH - 1 - suffix.length)}.${suffix}`;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: namespaceOfEvent(input.regarding) },
    eventTime: formatMicroTime(at),
    reportingController,
    reportingInstance: reportingInstance.slice(0, 128),
    action: input.action,
    reason: input.reason,
    regarding: input.regarding,
    note: cutToBytes(input.note, NOTE_BYTES),
    type: input.type,
  };
};

const cutToBytes = (text: string, limit: number): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  const ellipsis = '…';
  const room = bytes.subarray(0, limit - Buffer.byteLength(ellipsis)).toString();
  return room.replace(/\uFFFD$/, '') + ellipsis;
};
