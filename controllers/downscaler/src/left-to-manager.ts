import { savingsOf, type Decision } from '@kube-steward/plan';
import { formatDuration } from '@kube-steward/schedule';
import { directionOf } from './direction.ts';
import { workloadKey } from './keys.ts';
import { holdBack, type Guard, type Situation } from './objection.ts';
import { LEFT_FOR_MS, MOST_REVERTS, REVERTS_WITHIN_MS } from './reverts.ts';
import { freedBy } from './saved.ts';
import { sizePath, sizeText } from './sizes.ts';

/** What somebody else changes back again and again is left awake for an hour, and then tried again. */
export const leftToManager: Guard = (decision, situation) => {
  if (directionOf(decision) !== 'sleep') return undefined;
  const { observation, circumstances, now } = situation;
  const left = circumstances.reverts.get(workloadKey(observation.workload))?.left;
  if (!left || now >= left.until) return undefined;
  const { row, fields } = observation.workload;
  const cost = costOf(decision, situation);
  const help = left.to.hint
    ? `To put the owner to sleep instead: ${left.to.hint}`
    : `steward plan prints what makes GitOps tools leave ${sizePath(row.size, fields)} alone`;
  const message = [
    `set back to ${sizeText(row.size, fields)} by ${left.to.manager} ${MOST_REVERTS} times in ${formatDuration(REVERTS_WITHIN_MS)}:`,
    `left awake for ${formatDuration(LEFT_FOR_MS)}${cost === undefined ? '' : `, which costs ${cost}`}.`,
    help,
  ].join(' ');
  return holdBack(decision, { reason: 'LeftToOtherManager', message, until: left.until });
};

/** What the hour costs: `1.5 vCPU-hours and 3.0 GiB-hours`. */
const costOf = (decision: Decision, { observation, now }: Situation): string | undefined => {
  const freed = freedBy(observation.workload, decision);
  if (!freed) return undefined;
  const { cpuCoreHours, memoryGibHours } = savingsOf([{ ...freed, until: now + LEFT_FOR_MS }], now);
  return `${Math.round(cpuCoreHours * 100) / 100} vCPU-hours and ${memoryGibHours.toFixed(1)} GiB-hours`;
};
