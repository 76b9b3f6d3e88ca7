import { DAY_MS, HOUR_MS } from './duration.ts';
import { parseMembers } from './grammar.ts';
import type { Member, ScheduleContext } from './member.ts';
import { combinedWindow } from './combine.ts';
import { lintOf } from './lint.ts';
import type { Window } from './window.ts';
import { findZone, UTC, type Zone } from './zone.ts';

/** A schedule at one moment. Times are milliseconds since the epoch. */
export interface ScheduleState {
  readonly matches: boolean;
  /** When this state began; left out when it has lasted for more than about three years, or for ever. */
  readonly since?: number;
  /** When it will end; left out when it never does. */
  readonly until?: number;
}

/** A parsed time value: a set of instants, with the moments at which it is entered and left. */
export interface Schedule {
  /** What was parsed. */
  readonly text: string;
  /** The members of the list, for tools that explain or compare. */
  readonly members: readonly Member[];
  /** The first zone that it names, else the default one, else UTC: the one to tell its times in. */
  readonly zone: Zone;
  /** What is valid but surely not meant: one sentence each. */
  readonly lint: readonly string[];
  matches(at: number): boolean;
  /**
   * The first instant after `at` at which {@link matches} flips; `undefined` when it never does. It is exact, and never an
   * instant at which nothing flips. (The search is long, not endless: 5,000 changes of single members that cancel each
   * other out, or 12 years of a cron expression.)
   */
  nextChange(at: number): number | undefined;
  /** Both, and since when; free when asked again for a moment before the next change. */
  at(at: number): ScheduleState;
}

/** How far back the beginning of a state is looked for: first close by, because that is where it usually is. */
const LOOK_BACK_MS = [HOUR_MS, 8 * HOUR_MS, DAY_MS, 4 * DAY_MS, 16 * DAY_MS, 64 * DAY_MS, 256 * DAY_MS, 1024 * DAY_MS];
/** A state without an end is looked at again after this, because the search for the end is not endless. */
const RECHECK_MS = 365 * DAY_MS;

class WindowSchedule implements Schedule {
  readonly text: string;
  readonly members: readonly Member[];
  readonly zone: Zone;
  readonly lint: readonly string[];
  readonly #window: Window;
  #state: ScheduleState = { matches: false };
  /** `#state` holds from here (inclusive) to there (exclusive). */
  #validFrom = Infinity;
  #validTo = -Infinity;

  constructor(text: string, members: readonly Member[], zone: Zone) {
    this.text = text;
    this.members = members;
    this.zone = zone;
    this.lint = lintOf(members);
    this.#window = combinedWindow(members);
  }

  matches(at: number): boolean {
    return this.#isKnown(at) ? this.#state.matches : this.#window.matches(at);
  }

  nextChange(at: number): number | undefined {
    return this.#isKnown(at) ? this.#state.until : this.#window.nextChange(at);
  }

  at(at: number): ScheduleState {
    if (!this.#isKnown(at)) this.#look(at);
    return this.#state;
  }

  #isKnown(at: number): boolean {
    return at >= this.#validFrom && at < this.#validTo;
  }

  #look(at: number): void {
    const until = this.#window.nextChange(at);
    const since = this.#beginningOf(at);
    this.#state = {
      matches: this.#window.matches(at),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    this.#validFrom = since ?? at;
    this.#validTo = until ?? at + RECHECK_MS;
  }

  /** The last change at or before `at`. */
  #beginningOf(at: number): number | undefined {
    for (const distance of LOOK_BACK_MS) {
      let change = this.#window.nextChange(at - distance);
      if (change === undefined || change > at) continue;
      for (;;) {
        const next = this.#window.nextChange(change);
        if (next === undefined || next > at) return change;
        change = next;
      }
    }
    return undefined;
  }
}

/**
 * Parses a time value such as `Mon-Fri 08:00-20:00 Europe/Berlin, !calendar(holidays)`; the grammar is in the README.
 * Parsing costs microseconds to milliseconds: parse once and keep the result.
 *
 * @throws ScheduleError with the position of what is wrong
 */
export function parseSchedule(text: string, context: ScheduleContext = {}): Schedule {
  const members = parseMembers(text, context);
  const named = members.find((member) => 'zone' in member);
  return new WindowSchedule(text, members, named?.zone ?? findZone(context.defaultTimezone ?? '') ?? UTC);
}

/** Matches at every instant. */
export const ALWAYS: Schedule = parseSchedule('always');
/** Matches at no instant. */
export const NEVER: Schedule = parseSchedule('never');
