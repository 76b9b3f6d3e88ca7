import { isJsonObject, type JsonObject } from '@kube-steward/kube';
import type { BrakesState } from './brakes.ts';
import type { Acknowledged, Deleted, Trip } from './breaker.ts';
import type { Notice, FirstMatched, Remembered } from './observe.ts';

/** What has to survive a restart, and is on no object. */
export interface State {
  /** When it was saved, milliseconds since the epoch; `-Infinity`: it does not say. */
  readonly savedAt: number;
  /** Of each object, by its uid. */
  readonly objects: ReadonlyMap<string, Remembered>;
  readonly breaker: BrakesState;
}

export const NO_STATE: State = {
  savedAt: -Infinity,
  objects: new Map(),
  breaker: { trips: [], acknowledged: [], recent: [], recreations: [] },
};

/** An object of the API may have 1 MiB, its metadata included. */
const LARGEST_BYTES = 900_000;

/** The state as text, and how much of it there was no room for. */
export interface EncodedState {
  readonly text: string;
  readonly dropped: number;
}

/**
 * The breakers first, then what has been remembered for longest: where there is no room for all, the newest is left out. It is
 * announced, or begins to count, once more after a restart: later, and never earlier.
 */
export const encodeState = ({ savedAt, objects, breaker }: State, largestBytes = LARGEST_BYTES): EncodedState => {
  const head = `{"version":1,"savedAt":${savedAt},"breaker":${JSON.stringify(breaker)},"objects":{`;
  let room = largestBytes - head.length - 2;
  const entries: string[] = [];
  for (const [uid, value] of [...objects].sort(([, a], [, b]) => beganAt(a) - beganAt(b))) {
    const entry = `${JSON.stringify(uid)}:${JSON.stringify(packed(value))}`;
    if (room < entry.length + 1) break;
    room -= entry.length + 1;
    entries.push(entry);
  }
  return { text: `${head}${entries.join(',')}}}`, dropped: objects.size - entries.length };
};

const beganAt = ({ notice, firstMatched }: Remembered): number =>
  Math.min(notice?.at ?? Infinity, firstMatched?.at ?? Infinity);

const packed = ({ notice, firstMatched }: Remembered): object => ({
  ...(notice && { notice: [notice.deadline, notice.at] }),
  ...(firstMatched && { matched: [firstMatched.rule, firstMatched.at] }),
});

/** @throws Error for what is no state of ours */
export const decodeState = (text: string): State => {
  const document: unknown = JSON.parse(text);
  if (!isJsonObject(document) || document['version'] !== 1) throw new Error('no state of this version');
  const { savedAt, objects, breaker } = document;
  return {
    savedAt: typeof savedAt === 'number' ? savedAt : -Infinity,
    objects: new Map(Object.entries(mapIn(objects)).map(([uid, value]) => [uid, unpacked(mapIn(value))])),
    breaker: breakerIn(mapIn(breaker)),
  };
};

const mapIn = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const breakerIn = ({ trips, acknowledged, recent, recreations }: JsonObject): BrakesState => ({
  trips: Array.isArray(trips) ? (trips as Trip[]) : [],
  acknowledged: Array.isArray(acknowledged) ? (acknowledged as Acknowledged[]) : [],
  recent: Array.isArray(recent) ? (recent as Deleted[]) : [],
  recreations: Array.isArray(recreations) ? (recreations as BrakesState['recreations'][number][]) : [],
});

const unpacked = ({ notice, matched }: JsonObject): Remembered => ({
  ...(isPair(notice) && { notice: { deadline: Number(notice[0]), at: Number(notice[1]) } }),
  ...(isPair(matched) && { firstMatched: { rule: String(matched[0]), at: Number(matched[1]) } }),
});

const isPair = (value: unknown): value is readonly [unknown, unknown] =>
  Array.isArray(value) && value.length === 2 && Number.isFinite(value[1]);

/** What two processes have learned: of each object what began later counts, for it can only make a deletion later. */
export const mergeObjects = (a: State['objects'], b: State['objects']): State['objects'] => {
  const merged = new Map(a);
  for (const [uid, value] of b) merged.set(uid, laterOf(merged.get(uid), value));
  return merged;
};

const laterOf = (a: Remembered | undefined, b: Remembered): Remembered => {
  const notice = later<Notice>(a?.notice, b.notice);
  const firstMatched = later<FirstMatched>(a?.firstMatched, b.firstMatched);
  return { ...(notice && { notice }), ...(firstMatched && { firstMatched }) };
};

const later = <T extends { readonly at: number }>(a: T | undefined, b: T | undefined): T | undefined =>
  a && b ? (a.at > b.at ? a : b) : (a ?? b);
