import { describeObject, isChange, type Action, type Decision, type ObjectReference } from '@kube-steward/plan';

/** What one set of rules does to an object now, and why. */
export interface RuleVerdict {
  readonly action: Action;
  readonly reason: string;
  readonly message: string;
  /** The id of the rule that decided, where one did. */
  readonly rule?: string;
}

/** An object to which a change of rules does something else now. */
export interface RuleDifference {
  readonly object: ObjectReference;
  /** `added`: only the new rules act on it; `removed`: only the old ones do; `changed`: both do, each in its way. */
  readonly change: 'added' | 'removed' | 'changed';
  readonly old: RuleVerdict;
  readonly new: RuleVerdict;
}

/** What differs between the decisions of two sets of rules on the same objects, where one of them acts. */
export const differencesBetween = (old: readonly Decision[], ours: readonly Decision[]): readonly RuleDifference[] => {
  const before = new Map(old.map((decision) => [idOf(decision), decision]));
  return ours.flatMap((after) => {
    const earlier = before.get(idOf(after));
    const change = earlier && changeOf(earlier, after);
    return change ? [{ object: after.object, change, old: verdictOf(earlier), new: verdictOf(after) }] : [];
  });
};

const idOf = ({ object }: Decision): string => `${object.apiVersion} ${describeObject(object)}`;

const changeOf = (old: Decision, ours: Decision): RuleDifference['change'] | undefined => {
  if (isChange(old) !== isChange(ours)) return isChange(ours) ? 'added' : 'removed';
  return isChange(ours) && ours.action !== old.action ? 'changed' : undefined;
};

const verdictOf = ({ action, reason, message, decidedBy }: Decision): RuleVerdict => {
  const rule = /^rule\/(.*)$/.exec(decidedBy?.source ?? '')?.[1];
  return { action, reason, message, ...(rule !== undefined && { rule }) };
};
