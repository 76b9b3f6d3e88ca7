import type { Check, Considered, Decision, Next, TraceEntry } from '@kube-steward/plan';
import { isChange } from '@kube-steward/plan';
import { formatDuration } from '@kube-steward/schedule';
import { hasContext, type Answer } from './answers.ts';
import { decide } from './decide.ts';
import { deadlinesOf } from './deadline.ts';
import type { Observation } from './observe.ts';
import { isIncluded, type Policy } from './policy.ts';
import { PROTECTIONS } from './protections.ts';
import type { References } from './references.ts';

/** How a decision came about: what the object and the rules say, what could stand against it, and what comes next. */
export const traceOf = (o: Observation, policy: Policy, decision: Decision, now: number): TraceEntry[] => [
  ...considered(o, decision),
  ...checks(o, policy, now),
  ...next(o, policy, decision),
];

const considered = (o: Observation, decision: Decision): Considered[] => {
  const { layer, answers } = o.candidate;
  const own = Object.values(layer.entries).map(({ writtenAs }) => writtenAs);
  const said: readonly Omit<Considered, 'kind'>[] = [
    ...(own.length + layer.unknown.length === 0 ? [{ source: 'object' }] : [...own, ...layer.unknown]),
    ...answers.map(({ rule, ...answer }) => ({
      source: `rule/${rule.id}`,
      key: 'ttl',
      value: `${rule.ttlText} (${SAID[answer.kind]})`,
    })),
  ];
  return said.map(({ source, key, value }) => ({
    kind: 'considered',
    source,
    ...(key !== undefined && { key }),
    ...(value !== undefined && { value }),
    ...(source === decision.decidedBy?.source && key === decision.decidedBy.key && { used: true as const }),
  }));
};

const SAID: { readonly [K in Answer['kind']]: string } = {
  match: 'matches',
  error: 'makes no sense of it',
  asks: 'asks who uses it',
};

const checks = (o: Observation, policy: Policy, now: number): Check[] => {
  const { resource, metadata, isTerminating, created } = o.candidate;
  const check = (name: string, result: string, passed: boolean): Check => ({ kind: 'check', name, result, passed });
  const isLookedAt = isIncluded(policy, resource, metadata);
  const [deadline] = deadlinesOf(o, policy, now);
  const use = o.references;
  return [
    check('included', isLookedAt ? 'yes' : 'no', isLookedAt),
    check('terminating', isTerminating ? 'yes' : 'no', !isTerminating),
    check('age', created === undefined ? 'unknown' : formatDuration(now - created), created !== undefined),
    ...(hasContext(resource) ? [check('used', USE[use.state](use), use.state !== 'unknown')] : []),
    ...(deadline
      ? PROTECTIONS.map(({ name, objects }) => {
          const veto = objects(o, deadline, policy);
          return check(name, veto?.message ?? 'no', veto === undefined);
        })
      : []),
  ];
};

const USE: { readonly [S in References['state']]: (use: References) => string } = {
  used: (use) => (use.state === 'used' ? `by ${use.by}` : ''),
  unused: () => 'by nobody',
  unknown: (use) => (use.state === 'unknown' ? `not known: ${use.why}` : ''),
};

/** What will happen at the next transition, if the object stays as it is. */
const next = (o: Observation, policy: Policy, { nextTransition }: Decision): Next[] => {
  if (nextTransition === undefined) return [];
  // A deadline is past only after its moment.
  const coming = decide(o, policy, Date.parse(nextTransition) + 1);
  return isChange(coming) ? [{ kind: 'next', action: coming.action }] : [];
};
