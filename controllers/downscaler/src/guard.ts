import { isChange, type Decision } from '@kube-steward/plan';
import type { Circumstances } from './circumstances.ts';
import { leftToManager } from './left-to-manager.ts';
import { holdsMassSleep } from './mass-sleep.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import { waitsForTurn } from './turns.ts';
import { waitsForOldTool } from './waits-for-old-tool.ts';
import { waitsForWakeOrder } from './wake-order.ts';

/** What a guard looks at beside the change itself. */
export interface Situation {
  readonly observation: Observation;
  readonly policy: Policy;
  readonly circumstances: Circumstances;
  readonly now: number;
}

/**
 * Looks at a change before it is applied. Pure: what it has to know of other workloads, and of what went before, is in the
 * circumstances.
 *
 * @returns the decision taken back (`none` or `blocked`, with its own reason, no changes, and when to look again), or
 * `undefined`: no objection
 */
export type Guard = (decision: Decision, situation: Situation) => Decision | undefined;

/** In the order in which they are asked. What cannot happen anyhow takes nobody's turn. */
const GUARDS: readonly Guard[] = [waitsForOldTool, holdsMassSleep, leftToManager, waitsForWakeOrder, waitsForTurn];

/** The decision, or the first objection to it. What changes nothing is nobody's concern. */
export const guard = (decision: Decision, situation: Situation): Decision => {
  if (!isChange(decision)) return decision;
  for (const objects of GUARDS) {
    const objection = objects(decision, situation);
    if (objection) return objection;
  }
  return decision;
};
