import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from '@kube-steward/schedule';

/** A time to live as kube-janitor reads it, in milliseconds; `undefined`: it cannot. */
export type OldTtl = number | 'forever' | undefined;

const UNITS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: WEEK_MS };

/** One number and one small letter; a line break at the end goes unnoticed. */
export const oldTtl = (text: string): OldTtl => {
  if (text.toLowerCase() === 'forever') return 'forever';
  const [, amount, unit = ''] = /^(\d+)([smhdw])\n?$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? NaN);
};

/** What Python can count in days, in milliseconds: beyond it the whole run ends. */
export const LONGEST_TTL_MS = 999_999_999 * DAY_MS;

const DATE = String.raw`(\d{4})-(1[0-2]|0?[1-9])-(3[01]|[12]\d|0[1-9]|[ ]?[1-9])`;
const HOUR = String.raw`(2[0-3]|[01]?\d)`;
const SIXTY = String.raw`([0-5]?\d)`;

/** With seconds and a `Z`, to the minute without one, or the day: all of them UTC, and letters of any size. */
const EXPIRY_FORMS = [`${DATE}T${HOUR}:${SIXTY}:${SIXTY}Z`, `${DATE}T${HOUR}:${SIXTY}`, DATE].map(
  (form) => new RegExp(`^${form}$`, 'i'),
);
const [WITH_SECONDS] = EXPIRY_FORMS;

/** The moment of `janitor/expires`; `undefined`: kube-janitor cannot read it. */
export const oldExpiry = (text: string): number | undefined => {
  for (const form of EXPIRY_FORMS) {
    const moment = momentOf(form, text);
    if (moment !== undefined) return moment;
  }
  return undefined;
};

/** The moment that the annotation of `--deployment-time-annotation` names: one form only. */
export const oldDeployTime = (text: string): number | undefined => WITH_SECONDS && momentOf(WITH_SECONDS, text);

const momentOf = (form: RegExp, text: string): number | undefined => {
  const [matched, ...parts] = form.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const moment = Date.UTC(year, month - 1, day, hour, minute, second);
  // 30 February is no day, and neither is anything of the year 0.
  return year > 0 && new Date(moment).getUTCDate() === day ? moment : undefined;
};
