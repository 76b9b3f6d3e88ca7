import { median } from './usage/leak.ts';

/** Pods of one workload that differ, as a leader from its followers. */
export interface Asymmetry {
  readonly highest: number;
  readonly median: number;
  readonly ratio: number;
}

const RATIO = 2;
const DAYS = 2;

/**
 * Whether the pods of a workload need different requests: the highest of them took more than twice the median on each of the last two days.
 * `days` holds, for each day, what each pod took; the oldest day first. Pooled, a quiet majority would hide a leader.
 */
export const asymmetryOf = (days: readonly (readonly number[])[]): Asymmetry | undefined => {
  const found = days.slice(-DAYS).map(ofDay);
  return found.length === DAYS && found.every(({ ratio }) => ratio > RATIO) ? found.at(-1) : undefined;
};

const ofDay = (pods: readonly number[]): Asymmetry => {
  const [highest, middle] = [Math.max(0, ...pods), median(pods)];
  return { highest, median: middle, ratio: middle === 0 ? 1 : highest / middle };
};
