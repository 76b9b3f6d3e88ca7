import type { Decision, ObjectReference } from '@kube-steward/plan';
import { kindOfDifference, type DifferenceKind } from './kinds-of-difference.ts';
import type { OldTool } from '@kube-steward/downscaler';
import type { OldVerdict, Subject } from './old-rules.ts';
import { labelOf, type Span, type Step } from './timelines.ts';

/** One side of a difference: how the workload would stand, and why. */
export interface Side {
  readonly state: string;
  readonly reason: string;
}

/** Something that would be otherwise: the first time, and how often in the span that was looked at. */
export interface Difference {
  readonly object: ObjectReference;
  readonly kind: DifferenceKind['id'];
  /** Milliseconds since the epoch; `until` is absent where it lasts to the end of the span. */
  readonly from: number;
  readonly until?: number;
  readonly count: number;
  readonly old: Side;
  readonly new: Side;
  /** In one sentence, what is different. */
  readonly what: string;
  /** The setting or annotation that makes it equal. */
  readonly remedy: string;
}

/** Old tools poll: whatever is over sooner than they look may never be seen. */
const SHORTEST_MS = 60_000;

interface Pair {
  readonly from: number;
  readonly until?: number;
  readonly old: Step<OldVerdict>;
  readonly new: Step<Decision>;
}

/** What would differ between the two, one entry a kind of difference and way to make it equal. */
export const differencesOf = (
  tool: OldTool,
  subject: Subject,
  object: ObjectReference,
  old: readonly Step<OldVerdict>[],
  ours: readonly Step<Decision>[],
  span: Span,
): Difference[] => {
  const found = new Map<string, Difference>();
  for (const pair of differing(old, ours, span)) {
    const { id, what, remedy } = kindOfDifference({ tool, subject, object, old: pair.old.why, new: pair.new.why });
    const group = `${id}\n${remedy}`;
    const earlier = found.get(group);
    if (earlier) found.set(group, { ...earlier, count: earlier.count + 1 });
    else
      found.set(group, {
        object,
        kind: id,
        from: pair.from,
        ...(pair.until !== undefined && { until: pair.until }),
        count: 1,
        old: { state: labelOf(pair.old.standing), reason: pair.old.why.reason },
        new: { state: labelOf(pair.new.standing), reason: `${pair.new.why.reason}: ${pair.new.why.message}` },
        what,
        remedy,
      });
  }
  return [...found.values()];
};

/** The stretches of time in which the two leave the workload in different states. */
const differing = (old: readonly Step<OldVerdict>[], ours: readonly Step<Decision>[], { from, to }: Span): Pair[] => {
  const moments = [...new Set([from, ...old.map(({ at }) => at), ...ours.map(({ at }) => at)])].sort((a, b) => a - b);
  const pairs: Pair[] = [];
  let open: Pair | undefined;
  const close = (until: number): void => {
    if (open && until - open.from >= SHORTEST_MS) pairs.push(until >= to ? open : { ...open, until });
    open = undefined;
  };
  for (const at of moments) {
    const a = stepAt(old, at);
    const b = stepAt(ours, at);
    if (!a || !b) continue;
    if (open && labelsOf(open.old, open.new) === labelsOf(a, b)) continue;
    close(at);
    if (labelOf(a.standing) !== labelOf(b.standing)) open = { from: at, old: a, new: b };
  }
  close(to);
  return pairs;
};

const labelsOf = (a: Step<unknown>, b: Step<unknown>): string => `${labelOf(a.standing)} ${labelOf(b.standing)}`;

const stepAt = <Why>(steps: readonly Step<Why>[], at: number): Step<Why> | undefined =>
  steps.findLast((step) => step.at <= at);
