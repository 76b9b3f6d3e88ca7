import { describeObject, isChange, type Decision } from '@kube-steward/plan';
import { formatDurationSpec } from '@kube-steward/schedule';
import type { AskedObject, Expectation, RuleTest } from './test-file.ts';

/** What is not as a test has it, one sentence each; with the place of the expectation, where there is one. */
export const failuresOf = (
  decisions: readonly Decision[],
  { at, expect }: Pick<RuleTest, 'at' | 'expect'>,
): string[] => {
  const expected = new Set<Decision>();
  const unmet = expect.flatMap((expectation) => {
    const [decision, ...others] = decisions.filter((each) => isCalled(each, expectation.object));
    if (!decision || others.length > 0) return [`${expectation.where}: ${notOne(expectation.object, others.length)}`];
    expected.add(decision);
    return differences(decision, expectation, at).map((difference) => `${expectation.where}: ${difference}`);
  });
  const unexpected = decisions
    .filter((decision) => isChange(decision) && !expected.has(decision))
    .map((decision) => `${describeObject(decision.object)}: ${told(decision)}, which is not expected`);
  return [...unmet, ...unexpected];
};

const isCalled = ({ object }: Decision, { kind, namespace, name }: AskedObject): boolean =>
  object.name === name &&
  object.kind.toLowerCase() === kind &&
  (namespace === undefined || object.namespace === namespace);

const notOne = ({ kind, name }: AskedObject, others: number): string =>
  others === 0 ? `there is no ${kind}/${name}` : `${kind}/${name} is in several namespaces: write KIND/NAMESPACE/NAME`;

const differences = (decision: Decision, expectation: Expectation, at: number): string[] => {
  const { nextTransition, decidedBy } = decision;
  const next = nextTransition === undefined ? undefined : formatDurationSpec(Date.parse(nextTransition) - at);
  const source = decidedBy?.source ?? '';
  const is: Readonly<Record<string, string | undefined>> = {
    action: decision.action,
    rule: source.startsWith(RULE) ? source.slice(RULE.length) : undefined,
    reason: decision.reason,
    in: next,
  };
  const meant: Readonly<Record<string, string | undefined>> = {
    ...{ action: expectation.action, rule: expectation.rule, reason: expectation.reason },
    in: expectation.in === undefined ? undefined : formatDurationSpec(expectation.in),
  };
  return Object.entries(meant).flatMap(([key, value]) =>
    value === undefined || value === is[key]
      ? []
      : [`${describeObject(decision.object)}: expected ${key} ${value}, is ${is[key] ?? 'none'} (${told(decision)})`],
  );
};

const RULE = 'rule/';

const told = ({ action, reason, message }: Decision): string => `${action}: ${reason}: ${message}`;
