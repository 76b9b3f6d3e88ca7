import { formatDuration, formatLocal, UTC, type Zone } from '@kube-steward/schedule';
import { objectOf, type Key } from './keys.ts';

/** How far a workload of a morning is. */
export type Progress =
  | { readonly state: 'underway' }
  /** `tookMs` is unknown where it was back before anybody looked. */
  | { readonly state: 'back'; readonly tookMs: number | undefined }
  | { readonly state: 'incomplete'; readonly cause: string };

/** What a morning came to. */
export interface Outcome {
  readonly awake: number;
  readonly of: number;
  /** `namespace/name (cause)` */
  readonly incomplete: readonly string[];
  /** `412 of 412 awake at 07:04, slowest team-x/api 3m 10s` */
  readonly message: string;
}

/** With more names than this nobody reads the line. */
const MOST_NAMES = 5;

/** What one transition wakes, from the first workload to be woken until none is on its way any more. */
export class Morning {
  readonly #zone: Zone;
  readonly #members = new Map<Key, Progress>();
  #underway = 0;
  #isSeen = false;
  #changedAt = -Infinity;

  /** @param zone of the times it tells */
  constructor(zone: Zone = UTC) {
    this.#zone = zone;
  }

  note(key: Key, progress: Progress, now: number): void {
    this.#underway += isUnderway(progress) - isUnderway(this.#members.get(key));
    this.#members.set(key, progress);
    this.#changedAt = now;
    // What is only ever found to be back, as after a restart, was told of by whoever woke it.
    if (progress.state !== 'back') this.#isSeen = true;
  }

  /** Deleted, or asleep again. */
  drop(key: Key): void {
    this.#underway -= isUnderway(this.#members.get(key));
    this.#members.delete(key);
  }

  /** When anything of it last changed, if nothing is underway any more. */
  get overSince(): number | undefined {
    return this.#underway === 0 ? this.#changedAt : undefined;
  }

  /** @returns `undefined` when there is nothing to tell */
  outcome(now: number): Outcome | undefined {
    const of = this.#members.size;
    if (!this.#isSeen || of === 0) return undefined;
    const incomplete = Array.from(this.#members, ([key, progress]) =>
      progress.state === 'incomplete' ? [`${objectOf(key)} (${progress.cause})`] : [],
    ).flat();
    const awake = of - incomplete.length;
    const parts = [
      `${awake} of ${of} awake at ${formatLocal(this.#changedAt, this.#zone, now)}${this.#slowest()}`,
      ...(incomplete.length > 0 ? [`${incomplete.length} incomplete: ${listed(incomplete)}`] : []),
    ];
    return { awake, of, incomplete, message: parts.join('; ') };
  }

  #slowest(): string {
    let [slowest, longest] = ['', 0];
    for (const [key, progress] of this.#members)
      if (progress.state === 'back' && (progress.tookMs ?? 0) > longest)
        [slowest, longest] = [objectOf(key), progress.tookMs ?? 0];
    return longest > 0 ? `, slowest ${slowest} ${formatDuration(longest)}` : '';
  }
}

const isUnderway = (progress: Progress | undefined): 0 | 1 => (progress?.state === 'underway' ? 1 : 0);

const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
