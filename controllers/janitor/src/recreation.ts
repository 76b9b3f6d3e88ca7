import { HOUR_MS, formatDuration } from '@kube-steward/schedule';

/** So often within the window: somebody makes it again, and deleting it once more only costs both of us. */
export const MOST_RECREATIONS = 3;
export const RECREATION_WINDOW_MS = HOUR_MS;

/** Our deletes of what has gone by one name, oldest first, and how long it has been left alone for that. */
export interface Recreations {
  readonly deletes: readonly { readonly uid: string; readonly at: number }[];
  /** How often it was left alone already: each time twice as long. */
  readonly times: number;
}

const NONE: Recreations = { deletes: [], times: 0 };
/** Left alone for a day at the most, from one try to the next. */
const MOST_TIMES = 4;
const LONGEST_MS = 24 * HOUR_MS;

/** After an object was deleted by us. */
export const afterDelete = (before: Recreations = NONE, uid: string, now: number): Recreations => {
  if (before.deletes.some((each) => each.uid === uid)) return before;
  const calmAt = now - RECREATION_WINDOW_MS - waitMs(before.times);
  const last = before.deletes.at(-1);
  if (last && last.at <= calmAt) return { deletes: [{ uid, at: now }], times: 0 };
  const deletes = [...before.deletes, { uid, at: now }].slice(-MOST_RECREATIONS);
  const times = Math.min(MOST_TIMES, isLoop(before) ? before.times + 1 : before.times);
  return { deletes, times };
};

const waitMs = (times: number): number => Math.min(LONGEST_MS, RECREATION_WINDOW_MS * 2 ** times);

const isLoop = ({ deletes, times }: Recreations): boolean => {
  const [first] = deletes;
  const last = deletes.at(-1);
  if (!first || !last || deletes.length < MOST_RECREATIONS) return false;
  return times > 0 || last.at - first.at <= RECREATION_WINDOW_MS;
};

/** Until when something that was deleted and made again is left alone; `undefined`: nothing stands against deleting it. */
export const leftAloneUntil = (recreations: Recreations, uid: string, now: number): number | undefined => {
  const { deletes, times } = recreations;
  if (!isLoop(recreations) || deletes.some((each) => each.uid === uid)) return undefined;
  const until = (deletes.at(-1)?.at ?? 0) + waitMs(times);
  return now <= until ? until : undefined;
};

/** Whether nothing of it needs to be remembered any longer. */
export const isForgotten = ({ deletes, times }: Recreations, now: number): boolean =>
  (deletes.at(-1)?.at ?? -Infinity) <= now - RECREATION_WINDOW_MS - waitMs(times);

/** So many survive a restart. */
const MOST_SAVED = 500;

/** What is to survive a restart: what was deleted most often, and of that the last. */
export const worthSaving = <K>(all: Iterable<readonly [K, Recreations]>): readonly (readonly [K, Recreations])[] =>
  [...all].sort(([, a], [, b]) => b.deletes.length - a.deletes.length || lastOf(b) - lastOf(a)).slice(0, MOST_SAVED);

const lastOf = ({ deletes }: Recreations): number => deletes.at(-1)?.at ?? -Infinity;

/** `deleted 3 times within an hour, and made again by Argo CD (shop)` */
export const recreationMessage = (manager: string | undefined): string =>
  `deleted ${MOST_RECREATIONS} times within ${formatDuration(RECREATION_WINDOW_MS)}, and made again by ${manager ?? 'somebody'}: it belongs out of there`;
