import type { FieldChange } from '@kube-steward/plan';
import { NO_SIZE } from './size-forms.ts';
import { ORIGINAL } from './annotations.ts';
import { describe } from './describe.ts';
import type { Timed } from './desired.ts';
import type { KindReference } from './kinds.ts';
import { leftAtZero } from './left-at-zero.ts';
import { lastChangeOf } from './manual-change.ts';
import type { Observation } from './observe.ts';
import { isLost, recover } from './original-lost.ts';
import type { Policy } from './policy.ts';
import { boundOf, changesUp, isSwitched, replicasOf, sizeText, standingOf, upAction } from './sizes.ts';
import { acted, invalid, leave, type Verdict } from './verdict.ts';
import type { Workload } from './workload.ts';

/**
 * What to do with a workload that should be up, by the first row that holds.
 *
 * | original | size | answer |
 * | --- | --- | --- |
 * | none | not 0, or 0 by somebody else | nothing |
 * | none | 0, set by us: the annotation was pruned | see original-lost.ts |
 * | none | 0, and its ScaledObject was woken | see left-at-zero.ts |
 * | any, on an autoscaler whose target still sleeps | | waits for the target |
 * | readable | below it | restored |
 * | readable | below it and above 0, applied meanwhile (by Git) | the annotation is removed, the size is left |
 * | readable | at or above it | the annotation is removed, the size is left |
 * | of a budget's other bound | | the annotations are removed, the bound is left |
 * | unreadable | | invalid |
 */
export const comeUp = (o: Observation, policy: Policy, desired: Timed, now: number): Verdict => {
  const { workload } = o;
  const none = leave(desired, describe(desired, now));
  if (workload.original === undefined)
    return isLost(workload, policy) ? recover(o, none) : (leftAtZero(o, policy, desired, none, now) ?? none);
  if (targetSleeps(o))
    return { ...none, reason: 'WaitsForTarget', message: `restored once ${nameOf(workload.target)} is back` };
  const { fields, originalBound, row } = workload;
  if (isSwitched(row.size, fields, originalBound)) {
    const message = `${none.message}; its ${boundOf(row.size, fields) ?? ''} was set while down, and stays`;
    return { ...none, action: upAction(row.size), message, changes: forget(workload, policy) };
  }
  const changes = changesUp(row.size, fields, originalText(workload));
  if (!changes) return unreadable(workload, policy);
  const manager = changes.length > 0 ? whoApplied(workload, policy) : undefined;
  if (manager === undefined) return acted(none, upAction(row.size), [...changes, ...forget(workload, policy)]);
  const message = `${none.message}; ${sizeText(row.size, fields)} was applied by ${manager} while down, and stays`;
  return { ...none, action: upAction(row.size), message, changes: forget(workload, policy) };
};

/** Whoever applied a smaller size while it was down: it is the size to come back to. */
const whoApplied = (workload: Workload, policy: Policy): string | undefined => {
  if (standingOf(workload.row.size, workload.fields, NO_SIZE) !== 'above') return undefined;
  const change = lastChangeOf(workload, policy);
  return change?.kind === 'git' ? change.manager : undefined;
};

/** A ScaledObject's former pause is stored apart by py-kube-downscaler, in original-replicas by GoKubeDownscaler. */
export const originalText = (workload: Workload): string =>
  (workload.row.size.form === 'pause' ? workload.originalPause : undefined) ?? workload.original ?? '';

const forget = (
  { original, originalPause, originalBound, originalTemplate, status }: Workload,
  { stored }: Policy,
): FieldChange[] =>
  [
    [stored.original, original] as const,
    [stored.pause, originalPause] as const,
    [stored.bound, originalBound] as const,
    [stored.template, originalTemplate] as const,
    [stored.status, status] as const,
  ].flatMap(([path, from]) => (from === undefined ? [] : [{ path, from }]));

/** The one form of "nobody knows what it was". */
export const unreadable = (workload: Workload, policy: Policy): Verdict => {
  const key = `${policy.prefix}/${ORIGINAL}`;
  const value = workload.original ?? '';
  const problem = `"${value}" is no size of a ${workload.row.resource.kind}; write the size to come back to`;
  return invalid({ writtenAs: { source: 'object', key, value }, problem });
};

const nameOf = (target: KindReference | undefined): string => (target ? `${target.kind}/${target.name}` : 'its target');

const targetSleeps = ({ workload, leader }: Observation): boolean =>
  workload.target !== undefined &&
  leader?.workload.original !== undefined &&
  replicasOf(leader.workload.row.size, leader.workload.fields) === 0;
