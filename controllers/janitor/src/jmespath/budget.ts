import { JmespathError } from './error.ts';

/** Bounds the work of one evaluation, whatever expression meets whatever object. */
export interface Budget {
  /** @throws JmespathError `limit` once more steps were taken than allowed */
  spend(steps: number): void;
}

/** Each node applied, each element visited and each character made is a step. */
const MOST_STEPS = 200_000;

export const createBudget = (most = MOST_STEPS): Budget => {
  let left = most;
  return {
    spend(steps) {
      left -= steps;
      if (left < 0) throw new JmespathError('limit', `more than ${most} steps`);
    },
  };
};
