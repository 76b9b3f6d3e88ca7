import { getPointer, type KubeObject } from '@kube-steward/kube';
import { DAY_MS, parseSchedule, type Schedule } from '@kube-steward/schedule';
import { NO_SIZE } from './size-forms.ts';
import type { KindRow } from './kinds.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { standingOf } from './sizes.ts';
import { transitionsOf } from './transitions.ts';

/** When an object starts something by itself: a CronJob. */
export interface CronRuns {
  readonly expression: string;
  readonly timeZone: string;
  /** How late a run may still be started; absent: as late as can be. */
  readonly deadlineMs: number | undefined;
}

/** The runs of an object of this row; `undefined` for kinds without any. */
export const cronRunsOf = ({ runs }: KindRow, object: KubeObject): CronRuns | undefined => {
  if (!runs) return undefined;
  const expression = getPointer(object, runs.schedule);
  const timeZone = getPointer(object, runs.timeZone);
  const deadline = getPointer(object, runs.deadline);
  return {
    expression: typeof expression === 'string' ? expression : '',
    timeZone: typeof timeZone === 'string' ? timeZone : CONTROLLER_ZONE,
    deadlineMs: typeof deadline === 'number' ? deadline * 1000 : undefined,
  };
};

/** Without a zone of its own a CronJob goes by the one of kube-controller-manager. */
const CONTROLLER_ZONE = 'UTC';
/** How far ahead is looked. */
const AHEAD_MS = 28 * DAY_MS;

interface Stretch {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/**
 * What to tell of a CronJob that has runs in the next four weeks, and none of them while it is up. What its expression cannot be
 * read of, and what somebody suspended himself, is no matter.
 */
export const neverRuns = (o: Observation, policy: Policy, now: number): string | undefined => {
  const { runs, row, fields, original } = o.workload;
  const isSuspended = original === undefined && standingOf(row.size, fields, NO_SIZE) === 'at';
  const starts = runs && !isSuspended && policy.included.includes(row) ? startsOf(runs) : undefined;
  if (!runs || !starts || nextStart(starts, now) >= now + AHEAD_MS) return undefined;
  const awake = awakeIn(o, policy, { from: now, to: now + AHEAD_MS });
  if (awake.some(({ from, to }) => nextStart(starts, from) < to)) return undefined;
  const what = `its schedule ${runs.expression} (${runs.timeZone}) has no run inside its uptime in the next four weeks`;
  return `${what}; ${lateness(runs, awake, starts, now)}`;
};

/** Each start as a window of a second; `undefined` for an expression that only Kubernetes knows (`@every 5m`). */
const startsOf = ({ expression, timeZone }: CronRuns): Schedule | undefined => {
  try {
    return parseSchedule(`cron(${expression}) for 1s ${timeZone}`);
  } catch {
    return undefined;
  }
};

/** The first start at or after a moment. */
const nextStart = (starts: Schedule, at: number): number =>
  starts.matches(at) ? at : (starts.nextChange(at) ?? Infinity);

/** When it is up. What is left as it is stays what it was. */
const awakeIn = (o: Observation, policy: Policy, { from, to }: Stretch): Stretch[] => {
  const found: Stretch[] = [];
  let since = o.workload.original === undefined ? from : undefined;
  for (const { at, state } of transitionsOf(o, policy, from, to)) {
    if (state === 'up') since ??= at;
    if (state !== 'down' || since === undefined) continue;
    if (at > since) found.push({ from: since, to: at });
    since = undefined;
  }
  return since === undefined ? found : [...found, { from: since, to }];
};

/** Kubernetes starts one missed run of a CronJob when it is resumed, unless its deadline is over. */
const lateness = ({ deadlineMs }: CronRuns, awake: readonly Stretch[], starts: Schedule, now: number): string => {
  const wakes = awake.filter(({ from }) => from > now);
  if (wakes.length === 0) return 'nor does it wake in that time: it does not run at all';
  const isCaughtUp = deadlineMs === undefined || wakes.some(({ from }) => nextStart(starts, from - deadlineMs) < from);
  return isCaughtUp
    ? 'one missed run is started late, whenever it wakes'
    : 'its startingDeadlineSeconds are over when it wakes: it does not run at all';
};
