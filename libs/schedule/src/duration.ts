import { ScheduleError } from './errors.ts';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

const UNITS = new Map([
  ['w', WEEK_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
]);

const PART = /\s*(\d+(?:\.\d+)?)(ms|[wdhms])/y;
const BARE_SECONDS = /^\d+(?:\.\d+)?$/;
const ALLOWED =
  'write numbers with the units w, d, h, m, s, ms, or bare seconds (examples: 90s, 15m, 1d12h, 1h30m, 900)';

function invalid(text: string, why: string): ScheduleError {
  return new ScheduleError('InvalidDuration', `${JSON.stringify(text)} is no duration: ${why}`);
}

/**
 * Parses a duration such as `90s`, `15m`, `1d12h`, `1.5h`, `500ms` or bare seconds (`900`); blanks between parts are
 * allowed, so that what {@link formatDuration} writes can be read back. A day has 24 hours.
 *
 * @returns milliseconds, never negative, rounded to a whole number
 * @throws ScheduleError `InvalidDuration`
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (BARE_SECONDS.test(trimmed)) return finite(text, Number(trimmed) * SECOND_MS);
  if (trimmed === '') throw invalid(text, `it is empty; ${ALLOWED}`);
  if (trimmed.startsWith('-')) throw invalid(text, `it is negative; ${ALLOWED}`);

  const seen = new Set<string>();
  let total = 0;
  for (let position = 0; position < trimmed.length; position = PART.lastIndex) {
    PART.lastIndex = position;
    const [, amount, unit] = PART.exec(trimmed) ?? [];
    if (amount === undefined || unit === undefined) {
      throw invalid(text, `${JSON.stringify(trimmed.slice(position).trim())} is not understood; ${ALLOWED}`);
    }
    if (seen.has(unit)) throw invalid(text, `the unit ${unit} occurs twice; ${ALLOWED}`);
    seen.add(unit);
    total += Number(amount) * (UNITS.get(unit) ?? 0);
  }
  return finite(text, total);
}

function finite(text: string, ms: number): number {
  if (!Number.isSafeInteger(Math.round(ms))) throw invalid(text, 'it is too long');
  return Math.round(ms);
}

/** Splits `ms` into whole units, largest first; units that come to 0 are left out. */
function partsOf(ms: number, units: readonly string[]): { unit: string; amount: number }[] {
  let left = ms;
  const parts = [];
  for (const unit of units) {
    const size = UNITS.get(unit) ?? 1;
    const amount = Math.floor(left / size);
    left -= amount * size;
    if (amount > 0) parts.push({ unit, amount });
  }
  return parts;
}

/** Which units a duration is told in, and how fine: up to a minute, an hour, three days, longer. */
function scaleOf(ms: number): { step: number; units: readonly string[] } {
  if (ms < SECOND_MS) return { step: 1, units: ['ms'] };
  if (ms < HOUR_MS) return { step: SECOND_MS, units: ['m', 's'] };
  if (ms < 3 * DAY_MS) return { step: MINUTE_MS, units: ['h', 'm'] };
  return { step: HOUR_MS, units: ['d', 'h'] };
}

/**
 * A duration for people, rounded down to two units: `350ms`, `45s`, `3m 10s`, `58h 49m`, `12d 4h`. Negative durations get
 * a minus. Hours run up to 72, because "58h" is easier to place than "2d 10h".
 */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  const { step, units } = scaleOf(ms);
  const parts = partsOf(Math.floor(ms / step) * step, units);
  return parts.map(({ amount, unit }) => `${amount}${unit}`).join(' ') || '0s';
}

/** The exact duration in the form people write into annotations: `1d12h`, `15m`, `1s500ms`; {@link parseDuration} reads it back. */
export function formatDurationSpec(ms: number): string {
  const parts = partsOf(ms, ['d', 'h', 'm', 's', 'ms']);
  return parts.map(({ amount, unit }) => `${amount}${unit}`).join('') || '0s';
}
