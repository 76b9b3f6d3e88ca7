import type { Decision, FieldChange, ObjectReference } from '@kube-steward/plan';
import { formatTimestamp, type Schedule } from '@kube-steward/schedule';
import { escapePointer } from '@kube-steward/kube';
import type { Entry, Layer, Written } from './annotations.ts';
import { endOf } from './exceptions.ts';
import { annotationPath } from './kinds.ts';
import { change } from './size-forms.ts';
import { decisionOf, type Verdict } from './verdict.ts';

/** Somebody wants a workload, or all of a namespace, up or down for a while. */
export interface ExceptionRequest {
  readonly state: 'up' | 'down';
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * What writes an exception on an object. It takes the place of a former one, of either kind; what does not end by itself is
 * never overwritten, because nobody would bring it back.
 *
 * | | wanted up | wanted down |
 * | --- | --- | --- |
 * | `force-uptime` | becomes `until …`; blocked if it holds anything else | removed if it ends by itself; blocked if not, unless it is `false`: it would win |
 * | `force-downtime` | removed if it ends by itself; else it stays, and loses | becomes `until …`; blocked if it holds anything else |
 */
export const requestException = (
  object: ObjectReference,
  layer: Layer,
  { state, until }: ExceptionRequest,
  prefix: string,
): Decision => {
  const { forceUptime, forceDowntime } = layer.entries;
  const [key, own, other] =
    state === 'up'
      ? ([`force-uptime`, forceUptime, forceDowntime] as const)
      : ([`force-downtime`, forceDowntime, forceUptime] as const);
  const value = `until ${formatTimestamp(Math.ceil(until / 1000) * 1000)}`;
  const writtenAs = { source: 'object', key: `${prefix}/${key}`, value };
  const found = (action: 'annotate' | 'blocked', message: string, changes: readonly FieldChange[]): Decision => {
    const reason = state === 'up' ? 'ForcedUp' : 'ForcedDown';
    return decisionOf(object, {
      action,
      reason,
      message,
      decidedBy: writtenAs,
      changes,
      next: until,
    } satisfies Verdict);
  };
  if (own && !endsByItself(own)) return found('blocked', wouldBeLost(own.writtenAs), []);
  if (state === 'down' && other && !endsByItself(other) && !isNever(other))
    return found(
      'blocked',
      `it carries ${shown(other.writtenAs)}, which wins over any downtime: remove that first`,
      [],
    );
  const changes = [change(annotationPath(prefix, key), own?.writtenAs.value, value)];
  if (other && endsByItself(other)) changes.push({ path: pathOf(other.writtenAs), from: other.writtenAs.value });
  return found('annotate', `kept ${state} until then`, changes);
};

const endsByItself = (entry: Entry<Schedule>): boolean => endOf('forceUptime', entry) !== undefined;

const isNever = ({ value }: Entry<Schedule>): boolean => {
  const [only] = value?.members ?? [];
  return value?.members.length === 1 && only?.kind === 'constant' && only.value === only.negated;
};

const shown = ({ key, value }: Written): string => `${key} "${value}"`;

const wouldBeLost = (written: Written): string =>
  `it carries ${shown(written)}, which does not end by itself and would be lost: remove that first`;

const pathOf = ({ key }: Written): string => `/metadata/annotations/${escapePointer(key)}`;
