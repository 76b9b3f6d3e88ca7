import { DAY_MS, formatLocal, formatTimestamp, type Schedule } from '@kube-steward/schedule';
import type { Timed } from './desired.ts';
import type { Reason } from './reasons.ts';

const PHRASES: { readonly [R in Reason]?: string } = {
  InsideUptime: 'inside uptime',
  OutsideUptime: 'outside uptime',
  InsideDowntime: 'inside downtime',
  OutsideDowntime: 'outside downtime',
  InsideUpscalePeriod: 'inside upscale period',
  InsideDownscalePeriod: 'inside downscale period',
  OutsidePeriods: 'outside both periods',
  BothPeriods: 'inside both periods at once',
  ForcedUp: 'forced up',
  ForcedDown: 'forced down',
  Restored: 'brought back to what it was',
  AwakeAfterDeploy: 'awake after a deploy',
};

const NEXT = { up: ' until', down: '; up again', ignore: ' until' } as const;

/** The same sentence serves every workload of a schedule until the schedule or the day changes. */
const remembered = new WeakMap<Schedule, { desired: Timed; day: number; text: string }>();

/** "outside uptime since 20:30; up again Mon 07:30", in the zone of the schedule that decided. */
export const describe = (desired: Timed, now: number): string => {
  const { schedule, reason, by } = desired;
  const phrase = `${PHRASES[reason] ?? reason}${by === undefined ? '' : ` by ${by}`}`;
  if (!schedule || (desired.since === undefined && desired.until === undefined)) return phrase;
  const day = Math.floor((now + schedule.zone.spanAt(now).offsetMs) / DAY_MS);
  const last = remembered.get(schedule);
  if (last && last.day === day && isSame(last.desired, desired)) return last.text;
  const text = sentence(phrase, desired, schedule, now);
  remembered.set(schedule, { desired, day, text });
  return text;
};

const isSame = (a: Timed, b: Timed): boolean =>
  a.reason === b.reason &&
  a.since === b.since &&
  a.until === b.until &&
  a.isUnseen === b.isUnseen &&
  a.state === b.state &&
  a.by === b.by;

const sentence = (
  phrase: string,
  { state, since, until, isUnseen }: Timed,
  { zone }: Schedule,
  now: number,
): string => {
  const local = (at: number): string => formatLocal(at, zone, now);
  const begun = since === undefined || state !== 'down' ? '' : ` since ${local(since)}`;
  const next = isUnseen
    ? '; never up, as far as was looked'
    : until === undefined
      ? ''
      : `${NEXT[state]} ${local(until)}`;
  return `${phrase}${begun}${next}`;
};

/** By second: thousands of workloads share the same next moments. */
const timestamps = new Map<number, string>();
const MOST_TIMESTAMPS = 1000;

/** A moment as decisions carry it: the next whole second. */
export const timestamp = (at: number): string => {
  const second = Math.ceil(at / 1000);
  const known = timestamps.get(second);
  if (known !== undefined) return known;
  if (timestamps.size >= MOST_TIMESTAMPS) timestamps.clear();
  const text = formatTimestamp(second * 1000);
  timestamps.set(second, text);
  return text;
};
