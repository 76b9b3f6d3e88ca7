import { DAY_MS, HOUR_MS } from '@kube-steward/schedule';

/**
 * The last four weeks by day: the average CPU of each day's busiest hour, its highest CPU and its highest memory. Changed in place.
 *
 * What a histogram forgets within days stays known here: last week's Monday, and the memory of a weekly job.
 */
export interface Days {
  /** Day number (days since the epoch, UTC) of the last entries. */
  lastDay: number;
  /** Cores, one a day; 0 for a day without samples. */
  busiestHour: number[];
  /** Cores, the highest single sample of each day, of the last days only. */
  highestCpu: number[];
  /** Bytes. */
  highestMemory: number[];
  /** The hour that is still open, as hours since the epoch, and what was seen of it. */
  hour: number;
  hourSum: number;
  hourCount: number;
}

/** What is known of each day, and for how many. */
const KEPT_DAYS = { busiestHour: 28, highestCpu: 8, highestMemory: 28 } as const;
type Series = keyof typeof KEPT_DAYS;
const SERIES: readonly Series[] = ['busiestHour', 'highestCpu', 'highestMemory'];
/** Fewer samples than this are no hour. */
const SAMPLES_OF_HOUR = 3;

export const createDays = (): Days => ({
  lastDay: 0,
  busiestHour: [],
  highestCpu: [],
  highestMemory: [],
  hour: 0,
  hourSum: 0,
  hourCount: 0,
});

/** A sample of CPU, in cores. */
export const noteCpu = (days: Days, cores: number, at: number): void => {
  const hour = Math.floor(at / HOUR_MS);
  if (hour !== days.hour) {
    closeHour(days);
    Object.assign(days, { hour, hourSum: 0, hourCount: 0 });
  }
  days.hourSum += cores;
  days.hourCount++;
  raise(days, 'highestCpu', Math.floor(at / DAY_MS), cores);
};

const closeHour = (days: Days): void => {
  const average = openHour(days);
  if (average > 0) raise(days, 'busiestHour', Math.floor((days.hour * HOUR_MS) / DAY_MS), average);
};

/** The average of the hour that is still open; 0 while it is too short to tell. */
const openHour = ({ hourSum, hourCount }: Days): number => (hourCount < SAMPLES_OF_HOUR ? 0 : hourSum / hourCount);

/** Memory in bytes, as sampled or as inferred from a kill. */
export const noteMemory = (days: Days, bytes: number, at: number): void =>
  raise(days, 'highestMemory', Math.floor(at / DAY_MS), bytes);

const raise = (days: Days, series: Series, day: number, value: number): void => {
  if (day > days.lastDay) makeRoom(days, day);
  const values = days[series];
  const index = values.length - 1 - (days.lastDay - day);
  if (index >= 0) values[index] = Math.max(values[index] ?? 0, value);
};

/** Weeks without any sample are left out: what was known before holidays stays known, on its weekday. */
const makeRoom = (days: Days, day: number): void => {
  const isFirst = days.busiestHour.length === 0;
  const missing = isFirst ? 1 : day - days.lastDay;
  const added = new Array<number>(missing <= 7 ? missing : ((missing - 1) % 7) + 1).fill(0);
  for (const series of SERIES) days[series] = [...days[series], ...added].slice(-KEPT_DAYS[series]);
  days.lastDay = day;
};

/** How many days have samples. */
export const knownDays = (days: Days): number =>
  days.busiestHour.filter((cores, index) => cores > 0 || (days.highestMemory[index] ?? 0) > 0).length;

/** The most of the last days that were seen, the open one included. Days without samples are not counted. */
export const mostOfLast = (days: Days, series: Series, count: number): number => {
  const seen = days[series].filter((value) => value > 0).slice(-count);
  return Math.max(0, ...seen, ...(series === 'busiestHour' ? [openHour(days)] : []));
};

/** The busiest hours of up to four days of the same weekday as `at`, without that day itself; the oldest first. */
export const sameWeekday = (days: Days, at: number): readonly number[] => {
  const today = Math.floor(at / DAY_MS);
  const firstDay = days.lastDay - days.busiestHour.length + 1;
  return days.busiestHour.filter(
    (cores, index) => cores > 0 && firstDay + index < today && (today - firstDay - index) % 7 === 0,
  );
};
