const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** The names of the values, from the least on. */
  readonly names?: readonly string[];
}

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with the schedule of a CronJob, in the server's words. */
export const scheduleFault = (schedule: string): string | undefined => {
  if (schedule.startsWith('@')) return descriptorFault(schedule);
  const fields = schedule.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  }
  for (const [index, bounds] of FIELDS.entries()) {
    for (const range of (fields[index] ?? '').split(',').filter((one) => one !== '')) {
      const fault = rangeFault(range, bounds);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};

const descriptorFault = (descriptor: string): string | undefined => {
  if (DESCRIPTORS.includes(descriptor)) return undefined;
  if (/^@every (\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(descriptor)) return undefined;
  return `unrecognized descriptor: ${descriptor}`;
};

/** `*`, `5`, `1-5`, each with `/2` or without; names where there are any. */
const rangeFault = (range: string, { min, max, names = [] }: Bounds): string | undefined => {
  const [span = '', step, ...steps] = range.split('/');
  const [low = '', high, ...ends] = span.split('-');
  const isAny = low === '*' || low === '?';
  const numbers = [
    ...(isAny ? [] : [low, ...(high === undefined ? [] : [high])]),
    ...(step === undefined ? [] : [step]),
  ];
  for (const one of numbers) {
    if (!names.includes(one.toLowerCase()) && !/^[+]?\d+$/.test(one)) return numberFault(one);
  }
  if (ends.length > 0) return `too many hyphens: ${range}`;
  if (steps.length > 0) return `too many slashes: ${range}`;
  const valueOf = (text: string): number =>
    names.includes(text.toLowerCase()) ? names.indexOf(text.toLowerCase()) + min : Number(text);
  const start = isAny ? min : valueOf(low);
  const end = isAny || (high === undefined && step !== undefined) ? max : valueOf(high ?? low);
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${range}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${range}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  return step !== undefined && Number(step) === 0 ? `step of range should be a positive number: ${range}` : undefined;
};

const numberFault = (text: string): string =>
  /^-\d+$/.test(text)
    ? `negative number (${Number(text)}) not allowed: ${text}`
    : `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
