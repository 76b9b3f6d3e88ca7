import { DAY_MS, MINUTE_MS, SECOND_MS } from './duration.ts';
import { canonicalSpelling, isAbbreviation } from './zone-names.ts';

/** A stretch of time, `from` (inclusive) to `to` (exclusive), in which a zone's offset from UTC does not change. */
export interface ZoneSpan {
  readonly from: number;
  readonly to: number;
  /** Local wall time minus UTC. */
  readonly offsetMs: number;
}

/** Offsets are probed at this distance; no zone has ever left an offset and come back within it. */
const PROBE_MS = 7 * DAY_MS;
/** How far an edge is looked for. A span of a zone without switches just ends there; the next one has the same offset. */
const REACH_MS = 400 * DAY_MS;
/** Wall time never differs from UTC by more. */
const LARGEST_OFFSET_MS = DAY_MS;
/** Memory is bounded: the spans of some 60 years at two switches a year. */
const MOST_SPANS = 128;

const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function offsetIn(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(text) ?? [];
  const total = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * SECOND_MS;
  return sign === '-' ? -total : total;
}

/**
 * An IANA time zone. Asking `Intl` costs microseconds, so the answer is kept together with the time it is valid for; a
 * question inside a known span is a comparison and an addition.
 */
export class Zone {
  /** The name in the spelling of the IANA database, `Europe/Berlin`. */
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #spans: ZoneSpan[] = [];
  #last: ZoneSpan = { from: Infinity, to: -Infinity, offsetMs: 0 };

  /** Use {@link findZone}. */
  constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name;
    this.#format = format;
  }

  /** Minutes that local time is ahead of UTC at `at` (negative in the west; a fraction only before standard time). */
  offsetAt(at: number): number {
    return this.spanAt(at).offsetMs / MINUTE_MS;
  }

  /** The wall clock at `at`, as the milliseconds at which a clock in UTC would show the same. */
  localAt(at: number): number {
    return at + this.spanAt(at).offsetMs;
  }

  /** The stretch of constant offset around `at`. Its edges are switches, or just as far as anybody looked. */
  spanAt(at: number): ZoneSpan {
    const last = this.#last;
    if (at >= last.from && at < last.to) return last;
    this.#last = this.#spans.find((span) => at >= span.from && at < span.to) ?? this.#measure(at);
    return this.#last;
  }

  /**
   * The instants at which the wall clock shows `local`: one as a rule; two, in order, when clocks are set back over it; when
   * clocks are set forward over it, the first instant after the gap.
   */
  instantsOf(local: number): readonly number[] {
    const found: number[] = [];
    let gapEnd: number | undefined;
    for (let span = this.spanAt(local - LARGEST_OFFSET_MS); ; span = this.spanAt(span.to)) {
      const at = local - span.offsetMs;
      if (at >= span.from && at < span.to) found.push(at);
      if (at >= span.to && local - this.spanAt(span.to).offsetMs < span.to) gapEnd = span.to;
      if (span.to > local + LARGEST_OFFSET_MS) break;
    }
    return found.length === 0 && gapEnd !== undefined ? [gapEnd] : found;
  }

  #read(at: number): number {
    return offsetIn(this.#format.format(at));
  }

  #measure(at: number): ZoneSpan {
    const offsetMs = this.#read(at);
    const span = { from: this.#edge(at, -PROBE_MS, offsetMs), to: this.#edge(at, PROBE_MS, offsetMs), offsetMs };
    if (this.#spans.length >= MOST_SPANS) this.#spans.splice(0, MOST_SPANS / 2);
    this.#spans.push(span);
    return span;
  }

  /** The first second with another offset in the direction of `step`, as the border of the span; or the end of the reach. */
  #edge(at: number, step: number, offsetMs: number): number {
    let inside = Math.floor(at / SECOND_MS) * SECOND_MS;
    const limit = inside + Math.sign(step) * REACH_MS;
    let outside = inside + step;
    for (; this.#read(outside) === offsetMs; outside += step) {
      inside = outside;
      if (Math.abs(limit - outside) < Math.abs(step)) return outside;
    }
    while (Math.abs(outside - inside) > SECOND_MS) {
      const middle = Math.floor((inside + outside) / 2 / SECOND_MS) * SECOND_MS;
      if (this.#read(middle) === offsetMs) inside = middle;
      else outside = middle;
    }
    return Math.max(inside, outside);
  }
}

const zones = new Map<string, Zone | undefined>();

function createZone(name: string): Zone | undefined {
  if (isAbbreviation(name) || !/^[a-z][\w+/-]*$/i.test(name)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    return new Zone(canonicalSpelling(name), format);
  } catch {
    return undefined; // Intl throws RangeError for a zone it does not know
  }
}

/**
 * The zone of that IANA name in any case (`Europe/Berlin`, `america/port-au-prince`, `Etc/GMT+3`, `EST5EDT`), or `undefined`.
 * Abbreviations such as CEST or PST are no zones; `suggestZone` says what to write instead. The same zone is the same object.
 */
export function findZone(name: string): Zone | undefined {
  const key = name.trim().toLowerCase();
  if (!zones.has(key)) {
    const zone = createZone(key);
    if (!zone) return undefined;
    zones.set(key, zone);
  }
  return zones.get(key);
}

/** Coordinated Universal Time. */
export const UTC: Zone = new Zone(
  'UTC',
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', timeZoneName: 'longOffset' }),
);
zones.set('utc', UTC);
