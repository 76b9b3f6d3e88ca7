import { DAY_MS } from '@kube-steward/schedule';
import type { Journal, Move, Notice } from './journal.ts';
import type { Morning } from './log.ts';
import { HOME } from './places.ts';
import type { Stage } from './stage.ts';

/** One day at home, as far as it belongs to the story. */
export interface Day {
  readonly start: number;
  readonly end: number;
  readonly moves: readonly Move[];
  readonly notices: readonly Notice[];
  readonly mornings: readonly Morning[];
}

/** Lets so many times 24 hours pass, and hands over each calendar day when it is over. */
export const livedDays = async function* (stage: Stage, journal: Journal, days: number): AsyncGenerator<Day> {
  const { clock, mornings } = stage;
  const end = clock.now() + days * DAY_MS;
  while (clock.now() < end) {
    const [start, moves, notices, told] = [clock.now(), journal.moves.length, journal.notices.length, mornings.length];
    await stage.passUntil(Math.min(end, nextMidnight(start)));
    yield {
      start,
      end: clock.now(),
      moves: journal.moves.slice(moves),
      notices: journal.notices.slice(notices),
      mornings: mornings.slice(told),
    };
  }
};

const nextMidnight = (at: number): number => at + DAY_MS - (HOME.localAt(at) % DAY_MS);
