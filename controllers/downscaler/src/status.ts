import { timestamp } from './describe.ts';
import type { Timed } from './desired.ts';
import { directionOf } from './direction.ts';
import type { Policy } from './policy.ts';
import { change } from './size-forms.ts';
import type { Verdict } from './verdict.ts';
import type { Workload } from './workload.ts';

/**
 * What puts a workload to sleep, and the annotation that says why and until when: in the same patch, and never in one of its
 * own. Whatever brings it back removes it.
 */
export const withStatus = (verdict: Verdict, { isUnseen }: Timed, { status }: Workload, policy: Policy): Verdict => {
  if (!policy.statusAnnotation || directionOf(verdict) !== 'sleep') return verdict;
  const text = statusOf(isUnseen ? { ...verdict, next: undefined } : verdict);
  return { ...verdict, changes: [...verdict.changes, change(policy.stored.status, status, text)] };
};

/** `OutsideUptime until 2026-11-23T06:30:00Z: outside uptime since 20:30; up again Mon 07:30` */
const statusOf = ({ reason, message, next }: Verdict): string =>
  `${reason}${next === undefined ? '' : ` until ${timestamp(next)}`}: ${message}`;
