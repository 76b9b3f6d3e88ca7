import type { Decision } from '@kube-steward/plan';
import { SECOND_MS } from '@kube-steward/schedule';

/** How many deletes are allowed now, and as of when that was reckoned. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/**
 * Takes a turn out of a bucket that fills with so many a second, and holds as many.
 *
 * @returns when the turn is, now or later, and the bucket afterwards
 */
export const takeTurn = (
  bucket: Bucket | undefined,
  perSecond: number,
  now: number,
): { readonly turn: number; readonly bucket: Bucket } => {
  const size = Math.max(1, perSecond);
  const tokens = bucket ? Math.min(size, bucket.tokens + ((now - bucket.at) * perSecond) / SECOND_MS) : size;
  const left = tokens - 1;
  const turn = left >= 0 ? now : now + (-left * SECOND_MS) / perSecond;
  return { turn, bucket: { tokens: left, at: now } };
};

/** Whoever is overdue longest goes first; then by name, so that the order does not depend on who came first. */
export const compareDeadlines = (a: Decision, b: Decision): number =>
  compare(a.deletion?.deadline ?? '', b.deletion?.deadline ?? '') || compare(a.object.name, b.object.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
