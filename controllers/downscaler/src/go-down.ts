import type { FieldChange } from '@kube-steward/plan';
import { formatDuration } from '@kube-steward/schedule';
import type { Entry } from './annotations.ts';
import { earliest } from './awake.ts';
import { describe } from './describe.ts';
import { pick, type Layers } from './desired.ts';
import { originalText, unreadable } from './come-up.ts';
import { isSetByUs, lastChangeOf } from './manual-change.ts';
import type { Observation } from './observe.ts';
import { isLost, recover } from './original-lost.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { change, type DowntimeSize, NO_SIZE } from './size-forms.ts';
import {
  boundOf,
  changeDown,
  changesUp,
  comesBack,
  downAction,
  isSwitched,
  originalOf,
  raisedTo,
  replicasOf,
  sizeText,
  standingOf,
  upAction,
} from './sizes.ts';
import { acted, invalid, leave, type Verdict } from './verdict.ts';
import type { Workload } from './workload.ts';
import { unitOf, type Desire } from './wish.ts';

/** When to look again whether what was unreadable can be read. */
const UNREAD_RETRY_MS = 60_000;
/** How long a size set by somebody else at night is left, so that the person sees that it took effect. */
export const MANUAL_CHANGE_DELAY_MS = 60_000;

/**
 * What to do with a workload that should be down.
 *
 * | autoscaler | size | original | answer |
 * | --- | --- | --- | --- |
 * | a ScaledObject we manage | | | left to it |
 * | any, downtime size 1 or more | | | left to the autoscaler, which is lowered |
 * | | at the downtime size | | already down; if set by us and the original is lost, or cannot be read, that is said |
 * | | below it | stored by us | up to the downtime size: it was raised |
 * | | above | none | down, unless too young |
 * | | above, set by us | kept | down: the downtime size was lowered |
 * | | above, set by somebody else | see manual-change.ts | |
 */
export const goDown = (o: Observation, policy: Policy, { desired, layers }: Desire, now: number): Verdict => {
  const { workload } = o;
  const form = workload.row.size;
  const none = leave(desired, describe(desired, now));
  if (form.form === 'name')
    return {
      ...none,
      reason: 'RestoredOnly',
      message: `${workload.row.resource.kind}s are restored where another tool left them asleep, never put to sleep`,
    };

  const size = downtimeSize(workload, layers);
  if (size.problem !== undefined) return { ...invalid(size), next: none.next };
  const wanted = size.value;

  const left = leftToAutoscaler(o, policy, wanted, none);
  if (left) return left;
  switch (standingOf(form, workload.fields, wanted)) {
    case 'at':
      if (isLost(workload, policy)) return stillLost(o, none);
      return workload.original === undefined || hasWayBack(workload)
        ? none
        : { ...unreadable(workload, policy), next: none.next };
    case 'below':
      return raised(o, policy, wanted, none);
    case 'unknown':
      return {
        ...none,
        reason: 'SizeUnknown',
        message: `its size (${sizeText(form, workload.fields)}) cannot be compared with the downtime size`,
      };
    case 'refused':
      return refused(size, none);
    case 'above':
      return workload.original === undefined
        ? (staysAwake(o, layers, none, now) ?? asleep(workload, policy, layers, wanted, none))
        : hasWayBack(workload)
          ? downAgain(o, policy, layers, wanted, none, now)
          : unreadable(workload, policy);
  }
};

const NOTHING: Entry<DowntimeSize> = {
  writtenAs: { source: 'default', key: 'downtimeReplicas', value: '0' },
  value: NO_SIZE,
};

/** The downtime size, from the layers of the workload or of the one it follows. */
const downtimeSize = ({ row }: Workload, layers: Layers): Entry<DowntimeSize> => {
  const size = pick(layers, 'downtimeReplicas') ?? NOTHING;
  if (!size.value?.percent || row.size.form === 'budget') return size;
  const { kind } = row.resource;
  return { writtenAs: size.writtenAs, problem: `a share is allowed for disruption budgets only, not for a ${kind}` };
};

/** What can be found again waits for the morning; what cannot is said at night already. */
const stillLost = (o: Observation, none: Verdict): Verdict => {
  const found = recover(o, none);
  return found.action === 'blocked' ? found : none;
};

/** An autoscaler and its target are one unit: exactly one of the two is scaled. */
const leftToAutoscaler = (o: Observation, policy: Policy, wanted: DowntimeSize, none: Verdict): Verdict | undefined => {
  const { workload, autoscaler } = o;
  const left = (reason: Reason, message: string): Verdict => ({ ...none, reason, message });
  const { form } = workload.row.size;
  const { target } = workload;
  if (target && form === 'replicas' && wanted.count === 0 && unitOf(o, policy) !== o)
    return left(
      'LeftToTarget',
      `${target.kind}/${target.name} is scaled to 0 instead, which switches this autoscaler off`,
    );
  if (!autoscaler) return undefined;
  const name = `${autoscaler.row.resource.kind}/${autoscaler.metadata.name}`;
  if (autoscaler.row.size.form === 'pause') return left('LeftToScaledObject', `${name} is paused instead`);
  if (wanted.count === 0 || replicasOf(workload.row.size, workload.fields) === 0) return undefined;
  return left('LeftToAutoscaler', `the lower bound of ${name} becomes ${wanted.count} instead`);
};

/** The downtime size was raised after we went down: a workload of ours follows; anybody else's smaller size is theirs. */
const raised = ({ workload }: Observation, policy: Policy, wanted: DowntimeSize, none: Verdict): Verdict => {
  if (workload.original === undefined || !isSetByUs(workload, policy)) return none;
  const form = workload.row.size;
  const to = raisedTo(form, workload.original, wanted);
  if (!to || standingOf(form, workload.fields, to) !== 'below') return none;
  return acted(none, upAction(form), [changeDown(form, workload.fields, to)]);
};

const refused = ({ writtenAs }: Entry<unknown>, none: Verdict): Verdict => {
  const problem = 'maxUnavailable 0 would block every eviction; allowed while down: 1 or more';
  const isMeant = writtenAs.source === 'object' || writtenAs.source.startsWith('namespace/');
  return isMeant
    ? invalid({ writtenAs, problem })
    : { ...none, reason: 'BudgetWouldTighten', message: problem, decidedBy: writtenAs };
};

/** What keeps something awake that was not down yet tonight. */
const staysAwake = (
  { unread, workload }: Observation,
  layers: Layers,
  none: Verdict,
  now: number,
): Verdict | undefined => {
  if (unread !== undefined) {
    const message = `${unread} cannot be read: it is not known who must not sleep, so nothing new is put to sleep`;
    return { ...none, reason: 'ProtectionUnknown', message, next: now + UNREAD_RETRY_MS };
  }
  const grace = gracePeriod(workload, layers, now);
  return grace && { ...grace, next: earliest(grace.next, none.next) };
};

/** Down for the first time tonight: the original is stored in the same patch. */
const asleep = (workload: Workload, policy: Policy, layers: Layers, wanted: DowntimeSize, none: Verdict): Verdict => {
  const { row, fields } = workload;
  if (!comesBack(row.size, fields, wanted)) return noReturn(workload, none);
  return acted(none, downAction(row.size), stored(workload, policy, layers, wanted));
};

/** Nothing is lost: what could not be brought back exactly is not put to sleep. */
const noReturn = ({ row, fields }: Workload, none: Verdict): Verdict => {
  const message = `its size (${sizeText(row.size, fields)}) could not be brought back exactly, so it is not put to sleep`;
  return { ...none, reason: 'SizeUnknown', message };
};

/** The change of the size, and the annotations that remember the way back. */
const stored = (workload: Workload, { stored: paths }: Policy, layers: Layers, wanted: DowntimeSize): FieldChange[] => {
  const { fields, originalBound, originalPause, originalTemplate, template } = workload;
  const form = workload.row.size;
  const original = originalOf(form, fields);
  const changes = [changeDown(form, fields, wanted), change(paths.original, workload.original, original)];
  const isPaused = form.form === 'pause' && original !== '-1';
  const watchesDeploys = template !== undefined && pick(layers, 'awakeAfterDeploy')?.value;
  note(changes, paths.pause, originalPause, isPaused ? original : undefined);
  note(changes, paths.bound, originalBound, boundOf(form, fields));
  note(changes, paths.template, originalTemplate, watchesDeploys ? String(template) : undefined);
  return changes;
};

/** What was left from an earlier night would be taken for tonight's: it is replaced, or goes. */
const note = (changes: FieldChange[], path: string, from: string | undefined, to: string | undefined): void => {
  if (from !== undefined || to !== undefined) changes.push(change(path, from, to));
};

/** Ages count in whole seconds, as timestamps do: at exactly the grace period it is still too young. */
export const graceEnd = (bornAt: number, graceMs: number): number => bornAt + graceMs + 1000;

const gracePeriod = ({ deployedAt, bornAt }: Workload, layers: Layers, now: number): Verdict | undefined => {
  const grace = pick(layers, 'gracePeriod');
  if (!grace) return undefined;
  if (grace.problem !== undefined) return invalid(grace);
  if (deployedAt?.problem !== undefined) return invalid(deployedAt);
  if (bornAt === undefined || now >= graceEnd(bornAt, grace.value)) return undefined;
  const age = formatDuration(Math.max(0, now - bornAt));
  const message = `${age} old; not put to sleep before ${formatDuration(grace.value)}`;
  return leave({ reason: 'GracePeriod', decidedBy: grace.writtenAs, until: graceEnd(bornAt, grace.value) }, message);
};

/** Without an original that can be read nothing goes down: it would never come back. */
export const hasWayBack = (workload: Workload): boolean =>
  changesUp(workload.row.size, workload.fields, originalText(workload)) !== undefined;

/**
 * It was down tonight already, and is above the downtime size again. What was set meanwhile is forgotten in the morning,
 * unless it cannot be put back to what is stored: the other bound of a budget is the one to come back to from now on.
 */
const downAgain = (
  o: Observation,
  policy: Policy,
  layers: Layers,
  wanted: DowntimeSize,
  none: Verdict,
  now: number,
): Verdict => {
  const { fields, row, originalBound } = o.workload;
  const anew = (): readonly FieldChange[] => stored(o.workload, policy, layers, wanted);
  const changes = isSwitched(row.size, fields, originalBound) ? anew() : [changeDown(row.size, fields, wanted)];
  const again = acted(none, downAction(row.size), changes);
  const latest = lastChangeOf(o.workload, policy);
  if (!latest) return again;
  const name = `${sizeText(row.size, fields)} by ${latest.manager}`;
  const left = (reason: Reason, message: string, next = none.next): Verdict => ({ ...none, reason, message, next });
  if (latest.kind === 'operator') {
    const message = `set back to ${name}; left awake. To put the owner to sleep instead: ${latest.hint}`;
    return { ...left('ManagedByOperator', message), action: 'blocked' };
  }
  if (latest.kind === 'manual' && policy.onManualChange === 'respect')
    return left('ManualChange', `set to ${name} while down; left until the next transition`);
  const due = (latest.at ?? -Infinity) + MANUAL_CHANGE_DELAY_MS;
  const reason = latest.kind === 'git' ? 'ChangedByGit' : 'ManualChange';
  if (now < due) {
    const message = `set to ${name} while down; put to sleep again in ${formatDuration(due - now)}`;
    return left(reason, message, earliest(due, none.next));
  }
  if (latest.kind === 'manual') return { ...again, reason, message: `set to ${name} while down; ${none.message}` };
  const message = `${name} is the size to come back to now; ${none.message}`;
  return comesBack(row.size, fields, wanted)
    ? { ...again, reason, message, changes: anew() }
    : noReturn(o.workload, none);
};
