import { DAY_MS } from '@kube-steward/schedule';
import { RESOURCES, type Resource } from './amounts.ts';
import type { Recommendation } from './decide.ts';
import type { ContainerNumber } from './container-number.ts';
import { formatAmount } from './profiles/format.ts';
import { boundBy, type Reading } from './profiles/reading.ts';

/**
 * How each number came about, so that it can be checked by hand: what is known, every step with the amount after it, the rule that
 * bound, and what is asked for in the end.
 *
 * ```
 * web: 4032 samples, 14.0 days seen
 *   cpu 500m -> 331m (Margin)
 *     LoadPercentile     320m   96 % of the load is at or below 320m
 *     TimePercentile     301m   99 % of the time is at or below 301m
 *     Margin             332m   10 % more
 * ```
 */
export const explain = ({ numbers, targets, verdicts, notes }: Recommendation): readonly string[] => [
  ...numbers.flatMap((number, index) => explainContainer(number, targets[index])),
  ...verdicts.map(({ kind, message }) => `${kind}: ${message}`),
  ...notes.map((note) => `Note: ${note}`),
];

const explainContainer = (number: ContainerNumber, target: Recommendation['targets'][number] | undefined): string[] => {
  const { container, readings } = number;
  const { vpa, coveredMs } = container.usage;
  const low = number.isLowConfidence ? ', too little: nothing is lowered' : '';
  return [
    `${container.name}: ${vpa.samples} samples, ${(coveredMs / DAY_MS).toFixed(1)} days seen${low}`,
    ...RESOURCES.flatMap((resource) => [
      `  ${resource} ${now(resource, container.requests[resource])} -> ${exact(resource, target?.requests[resource] ?? 0)} (${boundBy(readings[resource]) ?? ''})`,
      ...stepsOf(resource, readings[resource]),
    ]),
  ];
};

const now = (resource: Resource, amount: number | undefined): string =>
  amount === undefined ? 'unset' : exact(resource, amount);

/** What is rounded for reading has the exact figure beside it. */
const exact = (resource: Resource, amount: number): string =>
  resource === 'cpu' ? `${amount}m` : `${formatAmount(resource, amount)} (${amount})`;

const stepsOf = (resource: Resource, { steps }: Reading): readonly string[] => {
  const width = Math.max(...steps.map(({ rule }) => rule.length));
  const amounts = steps.map(({ amount }) => exact(resource, amount));
  const amountWidth = Math.max(...amounts.map((text) => text.length));
  return steps.map(
    ({ rule, detail }, index) =>
      `    ${rule.padEnd(width)}  ${(amounts[index] ?? '').padStart(amountWidth)}  ${detail}`,
  );
};
