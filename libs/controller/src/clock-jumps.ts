import type { Clock } from '@kube-steward/schedule';
import type { Source } from './definition.ts';

const LOOK_EVERY_MS = 60_000;
/** Clocks that are slewed drift by less in a minute; a jump is more. */
const SMALLEST_JUMP_MS = 1000;

/**
 * Makes keys due when the wall clock has moved otherwise than time has passed: somebody set it, or the machine slept, during
 * which timers stand still. Whoever waits for a moment of the wall clock would wait too long, or act too early, by as much.
 */
export const clockJumps = (clock: Clock, keys: () => Iterable<string>): Source => ({
  connect(add) {
    const ahead = (): number => clock.now() - clock.monotonic();
    let expected = ahead();
    let cancel = (): void => undefined;
    const look = (): void => {
      const found = ahead();
      if (Math.abs(found - expected) >= SMALLEST_JUMP_MS) for (const key of keys()) add(key);
      expected = found;
      cancel = clock.setTimer(LOOK_EVERY_MS, look);
    };
    cancel = clock.setTimer(LOOK_EVERY_MS, look);
    return () => cancel();
  },
});
