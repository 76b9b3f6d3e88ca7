/** Time that stands still while a workload is kept asleep: what is decayed by it is not forgotten over a night or a holiday. */
export interface AwakeClock {
  /** How long it has slept so far, in milliseconds. */
  sleptMs: number;
  /** Since when it sleeps; absent while it is awake. */
  asleepSinceMs: number | undefined;
}

export const createAwakeClock = (): AwakeClock => ({ sleptMs: 0, asleepSinceMs: undefined });

/** Tells the clock that it sleeps. Telling it again changes nothing. */
export const fallAsleep = (clock: AwakeClock, at: number): void => {
  clock.asleepSinceMs ??= at;
};

/** Tells the clock that it is awake. */
export const wakeUp = (clock: AwakeClock, at: number): void => {
  if (clock.asleepSinceMs === undefined) return;
  clock.sleptMs += Math.max(0, at - clock.asleepSinceMs);
  clock.asleepSinceMs = undefined;
};

/** The moment, as far as being awake goes. */
export const awakeTime = (clock: AwakeClock, at: number): number =>
  Math.min(at, clock.asleepSinceMs ?? Infinity) - clock.sleptMs;
