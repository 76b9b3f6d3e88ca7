import { RESOURCES, type Amounts, type Resource } from '../amounts.ts';

/** Why a number cannot be applied as it was worked out. It is capped to what can be, and both are shown. */
export const VERDICTS = ['ExceedsQuota', 'ExceedsLimitRange', 'FitsNoNode'] as const;

export interface Verdict {
  readonly kind: (typeof VERDICTS)[number];
  readonly resource: Resource;
  /** One sentence with the figures. */
  readonly message: string;
}

/** What each container of a pod would request: millicores, bytes. */
export type PodAmounts = ReadonlyMap<string, Amounts>;

/** Amounts that can be applied, and what had to be cut for it. */
export interface Fitted {
  readonly amounts: PodAmounts;
  readonly verdicts: readonly Verdict[];
}

/** What all containers request together. */
export const totalOf = (amounts: PodAmounts): Amounts => {
  const total = { cpu: 0, memory: 0 };
  for (const each of amounts.values()) for (const resource of RESOURCES) total[resource] += each[resource];
  return total;
};

/** Cuts a resource of all containers alike, so that together they are within `most`. */
export const shrink = (amounts: PodAmounts, resource: Resource, most: number): PodAmounts => {
  const total = totalOf(amounts)[resource];
  if (total <= most) return amounts;
  const factor = Math.max(0, most) / total;
  return new Map(
    [...amounts].map(([name, each]) => [name, { ...each, [resource]: Math.floor(each[resource] * factor) }]),
  );
};
