const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/**
 * How each length of time is written, first the longest it is good for: in one unit, or with a second one where that says
 * something. (apimachinery `duration.HumanDuration`)
 */
const FORMS: readonly (readonly [below: number, unit: readonly [string, number], rest?: readonly [string, number]])[] =
  [
    [2 * MINUTE, ['s', SECOND]],
    [10 * MINUTE, ['m', MINUTE], ['s', SECOND]],
    [3 * HOUR, ['m', MINUTE]],
    [8 * HOUR, ['h', HOUR], ['m', MINUTE]],
    [2 * DAY, ['h', HOUR]],
    [8 * DAY, ['d', DAY], ['h', HOUR]],
    [2 * YEAR, ['d', DAY]],
    [8 * YEAR, ['y', YEAR], ['d', DAY]],
    [Infinity, ['y', YEAR]],
  ];

/** A length of time in milliseconds with two or three digits, as tables show it: `45s`, `5m10s`, `3d4h`, `2y`. */
export const humanDuration = (ms: number): string => {
  if (ms <= -2 * SECOND) return '<invalid>';
  if (ms < 0) return '0s';
  for (const [below, [name, unit], rest] of FORMS) {
    if (ms >= below) continue;
    const whole = Math.floor(ms / unit);
    const left = rest ? Math.floor((ms - whole * unit) / rest[1]) : 0;
    return `${whole}${name}${rest && left > 0 ? `${left}${rest[0]}` : ''}`;
  }
  return '';
};

/** How long ago a timestamp was. */
export const age = (timestamp: unknown, now: number): string =>
  typeof timestamp === 'string' ? humanDuration(now - Date.parse(timestamp)) : '<unknown>';
