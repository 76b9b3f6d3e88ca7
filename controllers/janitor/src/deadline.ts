import type { DecidedBy } from '@kube-steward/plan';
import { askRule, type Answer } from './answers.ts';
import type { Candidate } from './candidate.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { contextOf } from './references.ts';
import type { Rule } from './rules.ts';
import { matchIdOf } from './since.ts';
import type { Ttl } from './ttl.ts';
import { misread } from './misread.ts';
import { leave, mistaken, type Verdict } from './verdict.ts';

/** When an object is to go, and who says so. It is due once that moment is past, not at it. */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The reason of the delete, and of its event: kube-janitor's. */
  readonly reason: 'TimeToLiveExpired' | 'ExpiryTimeReached';
  /** As kube-janitor's messages have it: `annotation janitor/ttl is set`, `rule preview matches`. */
  readonly why: string;
  /** The time to live, or the moment, as it was written. */
  readonly text: string;
  readonly decidedBy: DecidedBy;
  /** When its age begins, for all that has an age. */
  readonly start: number | undefined;
  readonly rule: Rule | undefined;
  /** A rule that names the kind, rather than by `*`. */
  readonly isNamed: boolean;
}

/** A deadline; or why there is none, with the verdict that follows where nothing else decides. */
export type Finding =
  | { readonly kind: 'deadline'; readonly deadline: Deadline }
  | { readonly kind: 'settled'; readonly verdict: Verdict }
  /** Something has to be put right first: the object is kept, and reported. */
  | { readonly kind: 'problem'; readonly verdict: Verdict };

const settled = (verdict: Verdict): Finding => ({ kind: 'settled', verdict });
const problem = (verdict: Verdict): Finding => ({ kind: 'problem', verdict });

/**
 * By time to live: the object's own, else that of the first rule that matches.
 *
 * @param own whether its annotations are its own, and not copies of its owner's
 */
export const ttlFinding = (o: Observation, policy: Policy, now: number, own: boolean): Finding | undefined => {
  const entry = own ? o.candidate.layer.entries.ttl : undefined;
  if (!entry) return ruleFinding(o, policy, now);
  if (entry.problem !== undefined) return problem(misread(o.candidate.layer));
  const { key, value: text } = entry.writtenAs;
  const by: By = { text, why: `annotation ${key} is set`, decidedBy: entry.writtenAs, rule: undefined, isNamed: true };
  return fromTtl(entry.value, startOf(o.candidate, policy), by);
};

/** By the moment it expires at. Independent of any time to live: the earlier one counts. */
export const expiryFinding = ({ candidate }: Observation, own: boolean): Finding | undefined => {
  const entry = own ? candidate.layer.entries.expires : undefined;
  if (!entry) return undefined;
  if (entry.problem !== undefined) return problem(misread(candidate.layer));
  const { key, value: text } = entry.writtenAs;
  return {
    kind: 'deadline',
    deadline: {
      at: entry.value,
      reason: 'ExpiryTimeReached',
      why: `annotation ${key} is set`,
      text,
      decidedBy: entry.writtenAs,
      start: undefined,
      rule: undefined,
      isNamed: true,
    },
  };
};

/** All that has one, the time to live first. */
export const deadlinesOf = (o: Observation, policy: Policy, now: number): readonly Deadline[] => {
  const own = o.owner !== 'alive';
  return deadlinesIn([ttlFinding(o, policy, now, own), expiryFinding(o, own)]);
};

export const deadlinesIn = (findings: readonly (Finding | undefined)[]): readonly Deadline[] =>
  findings.flatMap((finding) => (finding?.kind === 'deadline' ? [finding.deadline] : []));

type By = Pick<Deadline, 'text' | 'why' | 'decidedBy' | 'rule' | 'isNamed'>;

/** When an age begins; or the finding that it is not known. */
type StartOrFinding = number | Finding;

const fromTtl = (ttl: Ttl, start: StartOrFinding, by: By): Finding => {
  const { decidedBy, text, why } = by;
  if (ttl === 'forever') return settled(leave('Forever', `its time to live is ${text} (${why})`, { decidedBy }));
  if (ttl === 0) return settled(leave('NeverDue', `a time to live of ${text} never deletes (${why})`, { decidedBy }));
  if (typeof start !== 'number') return start;
  return { kind: 'deadline', deadline: { ...by, at: start + ttl, reason: 'TimeToLiveExpired', start } };
};

/** From its creation, or from the last deploy that an annotation tells of. */
const startOf = ({ created, deployed }: Candidate, { deploymentTimeAnnotation }: Policy): StartOrFinding => {
  if (deployed?.problem !== undefined) {
    const decidedBy = { source: 'object', key: deploymentTimeAnnotation ?? '' };
    return problem(
      mistaken('InvalidAnnotation', `${deploymentTimeAnnotation ?? ''}: ${deployed.problem}`, { decidedBy }),
    );
  }
  if (created === undefined) return settled(leave('AgeUnknown', 'it does not say when it was created'));
  return Math.max(created, deployed?.at ?? created);
};

const ruleFinding = (o: Observation, policy: Policy, now: number): Finding | undefined => {
  for (const answer of o.candidate.answers) {
    if (answer.kind !== 'asks') return findingOf(o, policy, answer, now);
    if (o.references.state === 'unknown') return referencesUnknown(answer, o.references.why);
    const known = askRule(answer, o.candidate.object ?? {}, contextOf(o.references));
    if (known) return findingOf(o, policy, known, now);
  }
  return undefined;
};

const referencesUnknown = ({ rule }: Answer, why: string): Finding =>
  problem({
    action: 'blocked',
    reason: 'ReferencesUnknown',
    message: `rule ${rule.id} asks who uses it, and that is not known: ${why}`,
    decidedBy: decidedByRule(rule),
  });

const findingOf = (o: Observation, policy: Policy, answer: Answer, now: number): Finding => {
  const { rule, isNamed } = answer;
  const decidedBy = decidedByRule(rule);
  const failed = (what: string): Finding => problem(mistaken('RuleFailed', `rule ${rule.id}: ${what}`, { decidedBy }));
  if (answer.kind === 'error') return failed(answer.problem);
  const { at, problem: unreadable } = answer.kind === 'match' ? answer.start : {};
  if (unreadable !== undefined) return failed(unreadable);
  const by: By = { text: rule.ttlText, why: `rule ${rule.id} matches`, decidedBy, rule, isNamed };
  return fromTtl(rule.ttl, ruleStart(o, policy, rule, at, now), by);
};

const ruleStart = (
  { candidate, firstMatched }: Observation,
  policy: Policy,
  rule: Rule,
  told: number | undefined,
  now: number,
): StartOrFinding => {
  const { id, since } = rule;
  switch (since.from) {
    case 'created':
      return startOf(candidate, policy);
    case 'firstMatched':
      return firstMatched?.rule === matchIdOf(rule) ? firstMatched.at : now;
    case 'field':
      return told ?? settled(leave('AgeUnknown', `it has no ${since.expression.text} (rule ${id})`));
  }
};

export const decidedByRule = ({ id, ttlText }: Rule): DecidedBy => ({
  source: `rule/${id}`,
  key: 'ttl',
  value: ttlText,
});
