import { SECOND_MS } from '@kube-steward/schedule';

/** How many at which second, the oldest first: short, however many they are. */
export type Tally = readonly { readonly at: number; readonly count: number }[];

/** One more, not before the latest; within a second counts as its end, as moments of decisions do. */
export const tallied = (tally: Tally, at: number): Tally => {
  const second = Math.ceil(at / SECOND_MS) * SECOND_MS;
  const latest = tally.at(-1);
  return latest?.at === second
    ? [...tally.slice(0, -1), { at: second, count: latest.count + 1 }]
    : [...tally, { at: second, count: 1 }];
};

/** Without one of the oldest. */
export const withoutOldest = ([oldest, ...rest]: Tally): Tally =>
  oldest && oldest.count > 1 ? [{ at: oldest.at, count: oldest.count - 1 }, ...rest] : rest;

/** What is later than a moment. */
export const laterThan = (tally: Tally, from: number): Tally => tally.filter(({ at }) => at > from);

export const sumOf = (tally: Tally): number => tally.reduce((sum, { count }) => sum + count, 0);
