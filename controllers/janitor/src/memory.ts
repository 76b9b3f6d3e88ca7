import type { Candidate } from './candidate.ts';
import type { Key } from './keys.ts';
import { announcedAt } from './notice.ts';
import type { FirstMatched, Remembered } from './observe.ts';
import { mergeObjects, type State } from './state.ts';

/** What one process remembers of objects from one look to the next. */
export interface Memory {
  /** The object that is there under a key just now. */
  seen(key: Key, candidate: Candidate): void;
  /** There is nothing to decide about it any more: nothing of it is remembered. */
  gone(key: Key): void;
  readonly remembered: (candidate: Candidate) => Remembered;
  /** It was announced for a deadline. */
  announced(candidate: Candidate, deadline: number, now: number): void;
  /** Since when a rule has matched it without a break; `undefined`: none does. */
  matched(candidate: Candidate, firstMatched: FirstMatched | undefined): void;
  /** Its end at this deadline is told of from now on. @returns whether it has been before */
  tells(candidate: Candidate, deadline: string): boolean;
  /** It was deleted as it was then: until the watch says so too, nobody deletes it once more. */
  deleted(candidate: Candidate): void;
  isDeleted(candidate: Candidate): boolean;
  /** What is to survive a restart. */
  readonly objects: State['objects'];
  /** Takes over what another process has saved. */
  take(objects: State['objects']): void;
  /** For a while nobody has looked: whatever matched may not have, in between. */
  forgetMatches(): void;
  /** Of what was saved, whatever is about none of these objects is forgotten. */
  keepOnly(candidates: Iterable<Candidate>): void;
}

const NOTHING: Remembered = {};

/** @param onChange something has changed that is to survive a restart */
export const createMemory = (onChange: () => void): Memory => {
  let objects = new Map<string, Remembered>();
  /** Whether this process has anything to say itself. */
  let isOurs = false;
  const uids = new Map<Key, string>();
  const told = new Map<string, string>();
  /** The resourceVersion an object had when it was deleted. */
  const deleted = new Map<string, string>();

  const of = ({ metadata: { uid } }: Candidate): Remembered => objects.get(uid) ?? NOTHING;
  const remember = ({ metadata: { uid } }: Candidate, value: Remembered): void => {
    isOurs = true;
    if (value.notice ?? value.firstMatched) objects.set(uid, value);
    else objects.delete(uid);
    onChange();
  };
  const forget = (uid: string): void => {
    told.delete(uid);
    deleted.delete(uid);
    if (objects.delete(uid)) onChange();
  };

  return {
    seen(key, { metadata: { uid } }) {
      const before = uids.get(key);
      if (before === uid) return;
      if (before !== undefined) forget(before);
      uids.set(key, uid);
    },
    gone(key) {
      const uid = uids.get(key);
      uids.delete(key);
      if (uid !== undefined) forget(uid);
    },
    remembered: of,
    announced: (candidate, deadline, now) =>
      remember(candidate, { ...of(candidate), notice: { deadline, at: announcedAt(now) } }),
    matched(candidate, firstMatched) {
      const { notice, firstMatched: before } = of(candidate);
      if (before?.rule !== firstMatched?.rule || before?.at !== firstMatched?.at)
        remember(candidate, { notice, firstMatched });
    },
    tells({ metadata: { uid } }, deadline) {
      if (told.get(uid) === deadline) return true;
      told.set(uid, deadline);
      return false;
    },
    deleted: ({ metadata: { uid, resourceVersion } }) => void deleted.set(uid, resourceVersion),
    isDeleted: ({ metadata: { uid, resourceVersion } }) => deleted.get(uid) === resourceVersion,
    get objects() {
      return objects;
    },
    take(saved) {
      objects = new Map(isOurs ? mergeObjects(objects, saved) : saved);
    },
    forgetMatches() {
      for (const [uid, { notice, firstMatched }] of [...objects]) {
        if (!firstMatched) continue;
        if (notice) objects.set(uid, { notice });
        else objects.delete(uid);
        onChange();
      }
    },
    keepOnly(candidates) {
      const known = new Set(Array.from(candidates, ({ metadata }) => metadata.uid));
      for (const uid of [...objects.keys()]) if (!known.has(uid)) forget(uid);
    },
  };
};
