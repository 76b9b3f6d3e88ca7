import { decide, replicasOf, type Observation, type Policy, type Workload } from '@kube-steward/downscaler';
import { isChange, type Decision } from '@kube-steward/plan';
import { Asking, type OldRules, type OldVerdict, type Standing, type Subject } from './old-rules.ts';

/** From a moment on, how a workload stands, and who says so. Milliseconds since the epoch. */
export interface Step<Why> {
  readonly at: number;
  readonly standing: Standing;
  readonly why: Why;
}

/** The span looked at, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A value that changes more often than this in the span is cut off. */
const MOST_STEPS = 5000;

/** What the old tool would make of a workload, as if it had it alone. */
export const oldTimeline = (
  subject: Subject,
  rules: OldRules,
  begin: Standing,
  { from, to }: Span,
): Step<OldVerdict>[] => {
  const steps: Step<OldVerdict>[] = [];
  const size = rules.downSize(subject);
  let standing = rules.recall?.(subject, begin, from) ?? begin;
  for (let at: number | undefined = from; at !== undefined && at < to && steps.length < MOST_STEPS;) {
    const asking: Asking = new Asking(at);
    const why = rules.decide(subject, standing, asking);
    const acts = (why.onlyAt === undefined || why.onlyAt === at) && !(why.state === 'down' && isRefused(subject, size));
    if (acts && (why.state === 'up' || why.state === 'down')) standing = rules.act(standing, why.state, size);
    steps.push({ at, standing, why });
    at = asking.until;
  }
  return steps;
};

/** The lower bound of an autoscaler cannot be 0: the old tools try, and fail. */
const isRefused = ({ kind }: Subject, size: number): boolean => kind === 'HorizontalPodAutoscaler' && size === 0;

/** What the downscaler would make of it: its own decisions, each carried out on what is known of the workload. */
export const ourTimeline = (o: Observation, policy: Policy, { from, to }: Span): Step<Decision>[] => {
  const steps: Step<Decision>[] = [];
  let { workload } = o;
  for (let at: number | undefined = from; at !== undefined && at < to && steps.length < MOST_STEPS;) {
    const why = decide({ ...o, workload }, policy, at);
    if (isChange(why)) workload = carriedOut(workload, why, policy);
    steps.push({ at, standing: standingOf(workload), why });
    at = why.nextTransition === undefined ? undefined : Math.max(at + 1, Date.parse(why.nextTransition));
  }
  return steps;
};

/** How a workload stands by what is written on it. */
export const standingOf = ({ row, fields, original }: Workload): Standing => ({
  asleep: original !== undefined,
  replicas: replicasOf(row.size, fields),
  original: original !== undefined && /^\d+$/.test(original) ? Number(original) : undefined,
});

/** `down at 0`, `up at 3`; without a number for kinds that count no replicas, or where nobody knows it. */
export const labelOf = ({ asleep, replicas, original }: Standing): string => {
  if (replicas === undefined) return asleep ? 'down' : 'up';
  if (Number.isNaN(replicas)) return 'up';
  const isDown = replicas === 0 || (asleep && original !== undefined && replicas < original);
  return `${isDown ? 'down' : 'up'} at ${replicas}`;
};

const carriedOut = (workload: Workload, { changes }: Decision, { stored }: Policy): Workload => {
  const after: Record<string, unknown> = { ...workload.fields };
  const kept: Record<string, unknown> = {};
  const members: Readonly<Record<string, keyof Workload>> = {
    [stored.original]: 'original',
    [stored.pause]: 'originalPause',
    [stored.bound]: 'originalBound',
    [stored.template]: 'originalTemplate',
  };
  for (const { path, to } of changes) {
    const member = members[path];
    if (member) kept[member] = to;
    else after[path] = to;
  }
  return { ...workload, fields: after as Workload['fields'], sizeOwners: [], ...kept };
};
