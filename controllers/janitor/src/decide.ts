import { isChange, type Decision, type Deletion } from '@kube-steward/plan';
import { deadlinesIn, expiryFinding, ttlFinding, type Deadline } from './deadline.ts';
import { keptMeanwhile, misread } from './misread.ts';
import { noticeVerdict } from './notice.ts';
import type { Observation } from './observe.ts';
import { isIncluded, type Policy } from './policy.ts';
import { vetoOf } from './protections.ts';
import { beginQuarantine, liftQuarantine, quarantineVerdict } from './quarantine.ts';
import type { Mark } from './quarantine-mark.ts';
import type { Reason } from './reasons.ts';
import { formatAge } from './ttl.ts';
import { decisionOf, leave, timestamp, type Verdict } from './verdict.ts';

/**
 * What should happen to one object now. Pure: the same observation, policy and time give the same decision, whoever asks.
 *
 * | its kind and namespace | what it is | what it says | answer |
 * | --- | --- | --- | --- |
 * | not included | | | none |
 * | included | terminating | | none |
 * | | owned, by whom is not known | either way the same | that |
 * | | | it depends | blocked, until somebody has looked |
 * | | | a key or a protection that cannot be read | invalid |
 * | | | no deadline, or it is still to come | none (notify within the notice); out of quarantine if it is in it |
 * | | | a value or a rule that cannot be read, and no other deadline is past | invalid |
 * | | protected | a deadline is past | blocked |
 * | | | a deadline is past | notify, then quarantine, then delete |
 */
export const decide = (o: Observation, policy: Policy, now: number): Decision =>
  decisionOf(o.candidate.reference, judge(o, policy, now));

const judge = (o: Observation, policy: Policy, now: number): Verdict => {
  const { resource, metadata, isTerminating } = o.candidate;
  if (!isIncluded(policy, resource, metadata))
    return leave('Excluded', `${resource.plural} in ${metadata.namespace ?? metadata.name} are not included`);
  if (isTerminating) return leave('Terminating', 'it is being deleted already');
  return o.owner === 'unknown' ? eitherWay(o, policy, now) : judgeKnown(o, policy, now);
};

/** Whether its owner lives matters only where the answer depends on it; then nothing is done before that is known. */
const eitherWay = (o: Observation, policy: Policy, now: number): Verdict => {
  const alive = judgeKnown({ ...o, owner: 'alive' }, policy, now);
  const gone = judgeKnown({ ...o, owner: 'gone' }, policy, now);
  if (alive.action === gone.action && alive.reason === gone.reason) return gone;
  const { kind, name } = o.candidate.owner ?? { kind: 'its', name: 'owner' };
  if (doesSomething(alive) || doesSomething(gone))
    return {
      action: 'blocked',
      reason: 'OwnerUnknown',
      message: `whether ${kind}/${name} is still there is not known`,
      decidedBy: gone.decidedBy,
    };
  return { ...alive, next: earlier(alive.next, gone.next) };
};

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

const doesSomething = ({ action }: Verdict): boolean => isChange({ action } as Decision);

const judgeKnown = (o: Observation, policy: Policy, now: number): Verdict => {
  const { layer } = o.candidate;
  const own = o.owner !== 'alive';
  const inDoubt = misreadOf(o);
  if (own && inDoubt) return inDoubt;
  const ttl = ttlFinding(o, policy, now, own);
  const expiry = expiryFinding(o, own);
  const deadlines = deadlinesIn([ttl, expiry]);
  const due = deadlines.filter(({ at }) => now > at);
  const next = soonest(deadlines.filter(({ at }) => now <= at));
  // A copy of its owner's is no matter, until a rule would delete it.
  if (due.length > 0 && inDoubt) return inDoubt;
  if (due.length > 0) return whenAnyDue(o, policy, due, next, now);
  const problem = [ttl, expiry].find((finding) => finding?.kind === 'problem');
  if (problem?.kind === 'problem')
    return next || problem.verdict.reason !== 'InvalidAnnotation'
      ? { ...problem.verdict, next: next?.at }
      : keptMeanwhile(problem.verdict);
  const { quarantined, protect } = layer.entries;
  if (own && quarantined?.value) return lifted(policy, quarantined.value, quarantined.writtenAs.value);
  if (protect?.value === true)
    return leave('Protected', `${protect.writtenAs.key} keeps it`, { decidedBy: protect.writtenAs });
  if (next) return whenPending(o, policy, next, now);
  if (ttl?.kind === 'settled') return ttl.verdict;
  return own || (!layer.entries.ttl && !layer.entries.expires) ? NO_DEADLINE : ownerDecides(o);
};

const NO_DEADLINE = leave('NoDeadline', 'neither its annotations nor a rule say when it should go');

const ownerDecides = ({ candidate: { owner } }: Observation): Verdict =>
  leave('OwnerDecides', `${owner?.kind ?? ''}/${owner?.name ?? ''} decides: its own annotations are copies`);

/** A key that means nothing may have been meant to protect; so may a protection that cannot be read. */
const misreadOf = ({ candidate: { layer } }: Observation): Verdict | undefined => {
  const { protect, quarantined } = layer.entries;
  const isInDoubt = layer.unknown.length > 0 || [protect, quarantined].some((entry) => entry?.problem !== undefined);
  return isInDoubt ? keptMeanwhile(misread(layer)) : undefined;
};

const soonest = (deadlines: readonly Deadline[]): Deadline | undefined => deadlines.toSorted((a, b) => a.at - b.at)[0];

/** Each by itself, the time to live first: what keeps the object from the one need not keep it from the other. */
const whenAnyDue = (
  o: Observation,
  policy: Policy,
  due: readonly Deadline[],
  next: Deadline | undefined,
  now: number,
): Verdict => {
  const verdicts = due.map((deadline) => whenDue(o, policy, deadline, now));
  const [first = NO_DEADLINE] = verdicts;
  const free = verdicts.find(({ action }) => action !== 'blocked');
  if (free) return free;
  const { quarantined } = o.candidate.layer.entries;
  return quarantined?.value && o.owner !== 'alive' && MEANT_TO_STAY.has(first.reason)
    ? {
        ...lifted(policy, quarantined.value, quarantined.writtenAs.value),
        message: `${first.message}: it is brought back`,
      }
    : { ...first, next: next?.at };
};

/** Somebody has said so: what is only not known, or in a dry run, stays as it is. */
const MEANT_TO_STAY: ReadonlySet<Reason> = new Set(['Protected', 'HoldsProtected', 'KeptByAnnotation']);

const whenPending = (o: Observation, policy: Policy, deadline: Deadline, now: number): Verdict => {
  const { decidedBy } = deadline;
  const veto = vetoOf(o, deadline, policy);
  if (veto) return leave(veto.reason, veto.message, { decidedBy });
  const notice = noticeFor(o, policy, deadline, now);
  if (notice.kind === 'announce') return announce(o, deadline, notice.deletedAt);
  const next = notice.kind === 'wait' ? notice.until : deadline.at;
  return leave('NotYetDue', willBeDeleted(o, deadline, deadline.at), { decidedBy, next });
};

const whenDue = (o: Observation, policy: Policy, deadline: Deadline, now: number): Verdict => {
  const { decidedBy, rule } = deadline;
  const veto = vetoOf(o, deadline, policy);
  if (veto) return { action: 'blocked', ...veto, decidedBy };
  if (rule?.mode === 'dryRun')
    return {
      action: 'blocked',
      reason: 'RuleDryRun',
      message: `rule ${rule.id} is in a dry run: ${expired(o, deadline, now)}`,
      decidedBy,
    };
  const notice = noticeFor(o, policy, deadline, now);
  if (notice.kind === 'announce') return announce(o, deadline, notice.deletedAt);
  if (notice.kind === 'wait')
    return leave('NoticeStands', willBeDeleted(o, deadline, notice.until), { decidedBy, next: notice.until });
  return afterNotice(o, policy, deadline, now);
};

const afterNotice = (o: Observation, policy: Policy, deadline: Deadline, now: number): Verdict => {
  const { decidedBy, rule } = deadline;
  const mark = o.candidate.layer.entries.quarantined?.value;
  const quarantine = quarantineVerdict(mark, rule?.quarantineMs, now);
  switch (quarantine.kind) {
    case 'begin':
      return {
        action: 'quarantine',
        reason: 'Quarantined',
        message: willBeDeleted(o, deadline, now + (rule?.quarantineMs ?? 0)),
        decidedBy,
        changes: beginQuarantine(o.candidate, policy.prefix, now),
        next: now + (rule?.quarantineMs ?? 0),
      };
    case 'wait':
      return leave('InQuarantine', willBeDeleted(o, deadline, quarantine.until), { decidedBy, next: quarantine.until });
    case 'pass':
      return {
        action: 'delete',
        reason: deadline.reason,
        message: expired(o, deadline, now),
        decidedBy,
        deletion: deletionOf(o, deadline, now),
      };
  }
};

/** Of a rule in a dry run nothing is announced. */
const noticeFor = (o: Observation, policy: Policy, deadline: Deadline, now: number) =>
  noticeVerdict(deadline, o.notice, deadline.rule?.mode === 'dryRun' ? 0 : policy.noticeMs, now);

const announce = (o: Observation, deadline: Deadline, deletedAt: number): Verdict => {
  const at = deletedAt + (deadline.rule?.quarantineMs ?? 0);
  return {
    action: 'notify',
    reason: 'DeleteNotification',
    message: willBeDeleted(o, deadline, at),
    decidedBy: deadline.decidedBy,
    deletion: { deadline: timestamp(deadline.at), propagation: propagationOf(deadline) },
    next: deletedAt,
  };
};

const lifted = (policy: Policy, mark: Mark, text: string): Verdict => ({
  reason: 'QuarantineLifted',
  message: 'it is no longer due: it is brought back to what it was',
  ...liftQuarantine(mark, text, policy.prefix),
});

const propagationOf = ({ rule }: Deadline): Deletion['propagation'] => rule?.propagation ?? 'Background';

const deletionOf = ({ candidate }: Observation, deadline: Deadline, now: number): Deletion => {
  const start = deadline.start ?? candidate.created;
  return {
    ...(start !== undefined && { age: formatAge(now - start) }),
    deadline: timestamp(deadline.at),
    propagation: propagationOf(deadline),
  };
};

const nameOf = ({ candidate: { reference } }: Observation): string => `${reference.kind} ${reference.name}`;

/** kube-janitor's sentences, word for word: people search their events for them. */
const willBeDeleted = (o: Observation, { why }: Deadline, at: number): string =>
  `${nameOf(o)} will be deleted at ${timestamp(at)} (${why})`;

const expired = (o: Observation, { reason, text, why, start }: Deadline, now: number): string => {
  switch (reason) {
    case 'TimeToLiveExpired':
      return `${nameOf(o)} with ${text} TTL is ${formatAge(now - (start ?? now))} old and will be deleted (${why})`;
    case 'ExpiryTimeReached':
      return `${nameOf(o)} expired on ${text} and will be deleted (${why})`;
  }
};
