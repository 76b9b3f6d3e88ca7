import { DAY_MS } from './duration.ts';
import type { Zone } from './zone.ts';

/** A set of instants: what one member of a schedule stands for. All times are milliseconds since the epoch. */
export interface Window {
  /** Whether the instant `at` is inside. */
  matches(at: number): boolean;
  /** The first instant after `at` at which `matches` has the other value; `undefined` when there is none. */
  nextChange(at: number): number | undefined;
}

/** A set of wall-clock readings. "Local" times are those of {@link Zone.localAt}. */
export interface LocalPattern {
  matches(local: number): boolean;
  /** The first reading after `local` with the other value, on a clock that is never switched. */
  nextChange(local: number): number | undefined;
}

/** All instants, or none. */
export function constantWindow(value: boolean): Window {
  return { matches: () => value, nextChange: () => undefined };
}

/** The instants from `from` (inclusive) to `to` (exclusive); either may be infinite. An end before the start: none. */
export function absoluteWindow(from: number, to: number): Window {
  return {
    matches: (at) => at >= from && at < to,
    nextChange(at) {
      if (from >= to) return undefined;
      if (at < from) return Number.isFinite(from) ? from : undefined;
      return at < to && Number.isFinite(to) ? to : undefined;
    },
  };
}

/** More than any switch of a zone moves its clocks (Samoa once left out a day). */
const LARGEST_SWITCH_MS = 2 * DAY_MS;

/**
 * The instants at which the wall clock of `zone` shows a reading of `pattern`. Nothing is said about switches but that:
 *
 * | the clock | an edge of the pattern there | is passed |
 * | --- | --- | --- |
 * | runs on | | when the clock shows it |
 * | is set forward over the edge | reading does not exist | at the instant of the switch |
 * | is set back over the edge | reading occurs twice | both times, and undone by the switch in between |
 *
 * Between two switches the pattern's own next change is exact; at each switch the two sides are compared.
 */
export function localWindow(zone: Zone, pattern: LocalPattern): Window {
  const matches = (at: number): boolean => pattern.matches(zone.localAt(at));
  return {
    matches,
    nextChange(at) {
      const before = matches(at);
      for (let from = at; ;) {
        const span = zone.spanAt(from);
        const change = (pattern.nextChange(from + span.offsetMs) ?? Infinity) - span.offsetMs;
        if (change < span.to) return change;
        if (matches(span.to) !== before) return span.to;
        // A switch undoes or hastens only a change that is near it, so the long stretch between the two needs no look.
        from = span.to - at > LARGEST_SWITCH_MS ? Math.max(span.to, change - LARGEST_SWITCH_MS) : span.to;
        if (from === Infinity) return undefined;
      }
    },
  };
}
