import type { Amounts } from '../amounts.ts';

/** A container's limits: what is there, and what is known. */
export interface LimitsNow {
  readonly limits: Partial<Amounts>;
  /** The highest memory that anything remembers, in bytes. */
  readonly observedPeak: number;
  /** What the profile would set the memory limit to; absent where limits are not asked for. */
  readonly wanted?: number | undefined;
}

/**
 * What the memory limit becomes. The CPU limit stays as it is: a throttled container says nothing of what it needs.
 *
 * | there is a limit | limits are asked for | it becomes |
 * | --- | --- | --- |
 * | no | no | none |
 * | yes | no | what it is, or the observed peak where that is above it |
 * | any | yes | what the profile wants, and never below the observed peak |
 */
export const memoryLimitOf = ({ limits, observedPeak, wanted }: LimitsNow): number | undefined => {
  const limit = wanted ?? limits.memory;
  return limit === undefined ? undefined : Math.max(limit, observedPeak);
};

/** The most a container may request: no more than its limits. */
export const mostWithin = (limits: Partial<Amounts>, memoryLimit: number | undefined): Amounts => ({
  cpu: limits.cpu ?? Infinity,
  memory: memoryLimit ?? Infinity,
});
