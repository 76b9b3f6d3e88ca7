import type { Clock } from '@kube-steward/schedule';
import type { Brakes } from './brakes.ts';
import type { Candidate } from './candidate.ts';
import { judgeAtWorst, type Bench } from './judge.ts';
import { keyOfObject } from './keys.ts';
import type { WatchedKinds } from './watch.ts';

/** What comes due at one moment is counted as one; whatever comes due later is counted with it, so often. */
const FORESIGHT_MS = 1000;

/** Whatever is due is counted before the first of it goes: then too many are too many from the first one on. */
export interface Foresight {
  /** These have just been read: before anything else is decided, they are counted too. */
  expect(candidates: Iterable<Candidate>): void;
  /** Resolves when all that is known has been counted: the first time, everything. @throws KubeApiError where it cannot be */
  begun(): Promise<void>;
  /** Something is due: resolves when all that is due with it has been counted. @throws KubeApiError where it cannot be */
  renewed(): Promise<void>;
}

export interface ForesightOptions {
  readonly bench: Bench;
  readonly kinds: Pick<WatchedKinds, 'all' | 'candidate'>;
  readonly brakes: Pick<Brakes, 'foresee'>;
  readonly clock: Clock;
  /** The first decision is about to be made: only now is what another process has saved the last of it. */
  readonly onBegin: () => void;
}

/** Before the first decision nothing is counted: a process that only follows the leader counts on what that one has saved. */
export const createForesight = ({ bench, kinds, brakes, clock, onBegin }: ForesightOptions): Foresight => {
  let hasBegun = false;
  let countedAt = -Infinity;
  /** The last of what has to be counted; `undefined`: something could not be, and all is to be counted anew. */
  let counting: Promise<void> | undefined;

  const look: Parameters<Brakes['foresee']>[1] = (key) => {
    const candidate = kinds.candidate(key);
    return candidate === undefined || candidate === 'unread'
      ? undefined
      : { candidate, decision: judgeAtWorst(bench, candidate) };
  };
  const count = (candidates: Iterable<Candidate>): void => {
    const keys = Array.from(candidates, (candidate) => keyOfObject(candidate.resource, candidate));
    const after = (counting ?? Promise.resolve()).then(() => brakes.foresee(keys, look));
    counting = after;
    // Whoever waits for it hears of it as well; perhaps nobody does.
    after.catch(() => {
      if (counting === after) counting = undefined;
    });
  };
  const countAll = (): Promise<void> => {
    countedAt = clock.monotonic();
    count(kinds.all());
    return counting ?? Promise.resolve();
  };
  return {
    expect(candidates) {
      if (hasBegun) count(candidates);
    },
    begun() {
      if (!hasBegun) onBegin();
      hasBegun = true;
      return counting ?? countAll();
    },
    renewed: () => (clock.monotonic() - countedAt < FORESIGHT_MS ? (counting ?? countAll()) : countAll()),
  };
};
