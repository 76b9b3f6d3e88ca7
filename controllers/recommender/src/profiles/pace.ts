import { DAY_MS } from '@kube-steward/schedule';
import type { Resource } from '../amounts.ts';
import { formatAmount, formatShare } from './format.ts';
import { instead, type Reading } from './reading.ts';

/** What was recommended before. */
export interface Before {
  /** 0: nothing yet. */
  readonly amount: number;
  /** When it was last lowered; 0: never. */
  readonly loweredMs: number;
}

/** At most this share is taken away in a day. */
const LOWER_A_DAY = 0.1;
/** To save less than this is not worth a rollout. */
const DEAD_BAND = 0.03;

/**
 * How fast a number may move: up at once, down slowly, and not at all for a little.
 *
 * | the number would be | what is given |
 * | --- | --- |
 * | the first one | it |
 * | above | it |
 * | below, by 3 % or less | the number from before |
 * | below, and it was lowered within the last day | the number from before |
 * | below | it, or a tenth less than before, or what the last week took (`floor`): the highest of the three |
 */
export const pace = (reading: Reading, before: Before, floor: number, at: number, resource: Resource): Reading => {
  const { amount } = reading;
  const was = before.amount;
  const wasText = formatAmount(resource, was);
  if (was === 0 || amount >= was) return reading;
  if (amount >= was * (1 - DEAD_BAND))
    return instead(reading, 'DeadBand', was, `not more than ${formatShare(DEAD_BAND)} below ${wasText}`);
  if (at - before.loweredMs < DAY_MS)
    return instead(reading, 'SlowLowering', was, `lowered to ${wasText} within the last day`);
  const step = Math.ceil(was * (1 - LOWER_A_DAY));
  if (floor > Math.max(amount, step))
    return instead(reading, 'LastWeek', Math.min(floor, was), `the last 7 days took ${formatAmount(resource, floor)}`);
  return step > amount
    ? instead(reading, 'SlowLowering', step, `at most ${formatShare(LOWER_A_DAY)} a day, from ${wasText}`)
    : reading;
};
