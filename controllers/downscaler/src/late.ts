import { MINUTE_MS } from '@kube-steward/schedule';
import type { Observation } from './observe.ts';
import type { WakeCause } from './wake-cause.ts';
import { followed } from './wake.ts';

/** Why something is late, when that was looked for, and in what state of what is followed. */
export interface Late {
  readonly cause: WakeCause;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly version: string | undefined;
}

/** Of what changes all the time, the cause is not looked for more often. */
const LOOK_AGAIN_MS = MINUTE_MS;

export const versionOf = (o: Observation): string | undefined => followed(o)?.metadata.resourceVersion;

/**
 * When the cause is looked for again: soon after a change, and else (a pod's own state is no change of its workload) when it has
 * been late for twice as long.
 *
 * @param since when it was woken
 */
export const nextLook = (since: number, late: Late | undefined, version: string | undefined): number => {
  if (!late) return -Infinity;
  return late.version === version ? since + 2 * (late.at - since) : late.at + LOOK_AGAIN_MS;
};
