import { ALWAYS, NEVER, type Schedule } from '@kube-steward/schedule';

/** The earlier of two moments, either of which may never come. */
export const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

/** Whether a moment is inside uptime and outside downtime, and when that changes next, if ever. */
export interface Awake {
  readonly awake: boolean;
  readonly until: number | undefined;
  /** Up to `until` it was looked for the change, and none was found. */
  readonly isUnseen?: true;
}

/** No uptime is always, no downtime is never. */
export const awakeAt = (uptime: Schedule = ALWAYS, downtime: Schedule = NEVER, now: number): Awake => {
  const up = uptime.at(now);
  const down = downtime.at(now);
  const awake = up.matches && !down.matches;
  if (up.until === undefined) return { awake, until: up.matches ? down.until : undefined };
  if (down.until === undefined) return { awake, until: down.matches ? undefined : up.until };
  return stretchOf(uptime, downtime, now, awake);
};

/** Windows of both kinds can open and close many times before the answer flips; more than this many are not looked at. */
const MOST_EDGES = 400;

interface Stretch extends Awake {
  /** Known from here (inclusive) to there (exclusive). */
  readonly from: number;
  readonly to: number;
}

/** The last stretch of each pair: the edges of two schedules are costly to follow, and thousands of workloads share a pair. */
const stretches = new WeakMap<Schedule, WeakMap<Schedule, Stretch>>();

const stretchOf = (uptime: Schedule, downtime: Schedule, now: number, awake: boolean): Stretch => {
  let ofUptime = stretches.get(uptime);
  if (!ofUptime) stretches.set(uptime, (ofUptime = new WeakMap()));
  const known = ofUptime.get(downtime);
  if (known && now >= known.from && now < known.to) return known;
  const flip = flipAfter(uptime, downtime, now, awake);
  const found = { awake, ...flip, from: now, to: flip.until ?? Infinity };
  ofUptime.set(downtime, found);
  return found;
};

/** While one of the two keeps it down, the edges of the other change nothing and are leapt over. */
const flipAfter = (uptime: Schedule, downtime: Schedule, now: number, awake: boolean): Omit<Awake, 'awake'> => {
  let at = nextEdge(uptime, downtime, now);
  for (let edges = 0; at !== undefined && edges < MOST_EDGES; edges += 1) {
    if ((uptime.matches(at) && !downtime.matches(at)) !== awake) return { until: at };
    at = nextEdge(uptime, downtime, at);
  }
  return at === undefined ? { until: at } : { until: at, isUnseen: true };
};

const nextEdge = (uptime: Schedule, downtime: Schedule, at: number): number | undefined => {
  if (!uptime.matches(at)) return uptime.nextChange(at);
  if (downtime.matches(at)) return downtime.nextChange(at);
  return earliest(uptime.nextChange(at), downtime.nextChange(at));
};
