import type { Verdict } from './verdict.ts';
import type { FieldChange } from '@kube-steward/plan';
import { ORIGINAL, ORIGINAL_PAUSE } from './annotations.ts';

import { describe, type Timed } from './describe.ts';
import { isSetByUs } from './manual-change.ts';
import type { Observation } from './observe.ts';
import { annotationPath } from './kinds.ts';
import type { Policy } from './policy.ts';
import { changesUp, replicasOf, standingOf, upAction } from './sizes.ts';
import type { Workload } from './workload.ts';

/**
 * What to do with a workload that should be up.
 *
 * | original | size | answer |
 * | --- | --- | --- |
 * | none | not 0, or 0 by somebody else | nothing |
 * | none | 0, set by us: the annotation was pruned | from the last applied configuration, else the autoscaler's lower bound, else `OriginalLost` |
 * | readable | below it | restored |
 * | readable | at or above it | the annotation is removed, the size is left |
 * | unreadable | | invalid |
 * | any, on an autoscaler whose target still sleeps | | waits for the target |
 */
export const comeUp = (o: Observation, policy: Policy, desired: Timed, now: number): Verdict => {
  const { workload } = o;
  const none: Verdict = {
    action: 'none',
    reason: desired.reason,
    message: describe(desired, now),
    decidedBy: desired.decidedBy,
    next: desired.until,
  };
  if (workload.original === undefined) return isLost(workload, policy) ? recover(o, none) : none;
  if (targetSleeps(o))
    return { ...none, reason: 'WaitsForTarget', message: `restored once ${workload.target ?? 'its target'} is back` };
  const changes = changesUp(workload.row.size, workload.fields, originalText(workload));
  if (!changes) return unreadable(workload, policy);
  return { ...none, action: upAction(workload.row.size), changes: [...changes, ...forget(workload, policy)] };
};

/** A ScaledObject's former pause is stored apart by py-kube-downscaler, in original-replicas by GoKubeDownscaler. */
const originalText = (workload: Workload): string =>
  (workload.row.size.form === 'pause' ? workload.originalPause : undefined) ?? workload.original ?? '';

const forget = (workload: Workload, policy: Policy): FieldChange[] =>
  [[ORIGINAL, workload.original] as const, [ORIGINAL_PAUSE, workload.originalPause] as const].flatMap(([key, from]) =>
    from === undefined ? [] : [{ path: annotationPath(policy.prefix, key), from }],
  );

const unreadable = (workload: Workload, policy: Policy): Verdict => {
  const key = `${policy.prefix}/${ORIGINAL}`;
  return {
    action: 'invalid',
    reason: 'InvalidAnnotation',
    message: `${key}: "${workload.original ?? ''}" is no size of a ${workload.row.resource.kind}; write the size to come back to`,
    decidedBy: { source: 'object', key, value: workload.original ?? '' },
  };
};

const NO_SIZE = { count: 0, percent: false } as const;

/** Down by our own hand, and nothing says what it was before. */
const isLost = (workload: Workload, policy: Policy): boolean => {
  const { form } = workload.row.size;
  if (form !== 'replicas' && form !== 'switch') return false;
  if (workload.sizeOwners.length === 0 || !isSetByUs(workload, policy)) return false;
  return standingOf(workload.row.size, workload.fields, NO_SIZE) === 'at';
};

const recover = (o: Observation, none: Verdict): Verdict => {
  const { workload, autoscaler } = o;
  const { size } = workload.row;
  const bound = autoscaler && replicasOf(autoscaler.row.size, autoscaler.fields);
  const known: readonly (readonly [string, unknown])[] = [
    ['it was resumed, as it must have run before', size.form === 'switch' ? '1' : undefined],
    ['the size is from its last applied configuration', workload.lastApplied],
    [`the size is the lower bound of ${autoscaler?.metadata.name ?? ''}`, bound],
  ];
  for (const [how, original] of known) {
    const changes = original === undefined ? undefined : changesUp(size, workload.fields, String(original));
    if (changes?.length)
      return {
        ...none,
        action: upAction(size),
        reason: 'OriginalLost',
        message: `its stored original is gone; ${how}`,
        changes,
      };
  }
  return {
    ...none,
    action: 'blocked',
    reason: 'OriginalLost',
    message: 'we put it to sleep and its stored original is gone: set its size by hand',
  };
};

const targetSleeps = ({ workload, leader }: Observation): boolean =>
  workload.target !== undefined &&
  leader?.workload.original !== undefined &&
  replicasOf(leader.workload.row.size, leader.workload.fields) === 0;
