import { isChange, type Decision } from '@kube-steward/plan';
import { leftToManager } from './left-to-manager.ts';
import { holdsMassSleep } from './mass-sleep.ts';
import type { Guard, Situation } from './objection.ts';
import { waitsForTurn } from './turns.ts';
import { waitsForOldTool } from './waits-for-old-tool.ts';
import { waitsForWakeOrder } from './wake-order.ts';

/**
 * In the order in which they are asked. What cannot happen anyhow takes nobody's turn.
 *
 * | guard | objects to | answer | looks again |
 * | --- | --- | --- | --- |
 * | waitsForOldTool | every change, while another downscaler acts | blocked | in 30 seconds |
 * | holdsMassSleep | sleep at once of many, outside any transition | blocked | with the next decision |
 * | leftToManager | sleep of what somebody changes back again and again | blocked | after an hour |
 * | waitsForWakeOrder | waking before whoever comes first is back | none | when that is overdue |
 * | waitsForTurn | more changes than a minute may have | none | at its turn |
 */
const GUARDS: readonly Guard[] = [waitsForOldTool, holdsMassSleep, leftToManager, waitsForWakeOrder, waitsForTurn];

/** The decision, or the first objection to it. What changes nothing is nobody's concern. */
export const guard = (decision: Decision, situation: Situation): Decision => {
  if (!isChange(decision)) return decision;
  for (const objectTo of GUARDS) {
    const objection = objectTo(decision, situation);
    if (objection) return objection;
  }
  return decision;
};
