import { parseRfc3339 } from '@kube-steward/schedule';

/** CPU over time, the oldest first. */
export interface Trace {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: readonly number[];
  readonly cores: readonly number[];
}

/** What the values of a file are: cores, or percent of a machine with so many virtual CPUs. */
export type TraceUnit = { readonly kind: 'cores' } | { readonly kind: 'percent'; readonly vcpus: number };

/** A trace that cannot be read; the message names file and line, and what is allowed. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

const HEADER = 'timestamp,value';
const PLAIN_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/;

/**
 * Reads CSV with the columns `timestamp,value`: RFC 3339, `2014-02-14 14:30:00` (UTC) or seconds since the epoch; a value that is empty or
 * `NaN` is a gap. Lines may come in any order; of two with one moment the first counts.
 *
 * @throws TraceError
 */
export const parseTrace = (text: string, path: string, unit: TraceUnit): Trace => {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  if (header.replaceAll(' ', '') !== HEADER)
    throw new TraceError(`${path}:1: "${header}" is no heading (needed: ${HEADER})`);
  const samples = lines.flatMap((line, index) => sampleOf(line, `${path}:${index + 2}`, unit));
  if (samples.length === 0) throw new TraceError(`${path}: there are no samples in it`);
  samples.sort((a, b) => a.at - b.at);
  const distinct = samples.filter(({ at }, index) => at !== samples[index - 1]?.at);
  return { name: nameOf(path), at: distinct.map(({ at }) => at), cores: distinct.map(({ cores }) => cores) };
};

const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.csv$/, '');

const sampleOf = (line: string, where: string, unit: TraceUnit): { at: number; cores: number }[] => {
  const [timestamp = '', value, ...more] = line.split(',').map((cell) => cell.trim());
  if (value === undefined || more.length > 0)
    throw new TraceError(`${where}: "${line}" is not two columns (${HEADER})`);
  const at = momentOf(timestamp, where);
  if (value === '' || value === 'NaN') return [];
  const amount = Number(value);
  if (!Number.isFinite(amount) || amount < 0)
    throw new TraceError(`${where}: "${value}" is no usage (allowed: 0 or more, or nothing for a gap)`);
  return [{ at, cores: unit.kind === 'cores' ? amount : (amount / 100) * unit.vcpus }];
};

const momentOf = (timestamp: string, where: string): number => {
  if (/^\d+(\.\d+)?$/.test(timestamp)) return Math.round(Number(timestamp) * 1000);
  try {
    return parseRfc3339(PLAIN_TIME.test(timestamp) ? `${timestamp.replace(' ', 'T')}Z` : timestamp);
  } catch (error) {
    const allowed = '2014-02-14 14:30:00, 2014-02-14T14:30:00Z, or seconds since the epoch';
    throw new TraceError(`${where}: "${timestamp}" is no moment (allowed: ${allowed})`, { cause: error });
  }
};
