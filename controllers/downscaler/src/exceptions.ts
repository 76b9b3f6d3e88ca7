import { getPointer, ownersOf, type ObjectMeta, escapePointer } from '@kube-steward/kube';
import type { FieldChange } from '@kube-steward/plan';
import type { Schedule } from '@kube-steward/schedule';
import { NO_ENTRIES, type AnnotationValues, type Entry, type Layer, type Written } from './annotations.ts';
import { earliest } from './awake.ts';
import { LAST_APPLIED } from './names.ts';
import type { Verdict } from './verdict.ts';

/** An annotation that ends by itself, such as `force-uptime: "until 2026-12-01T22:00:00Z"`. Once it is over, it is removed. */
export interface Exception {
  readonly writtenAs: Written;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** The annotations that can end by themselves. */
export type EndingName = 'forceUptime' | 'forceDowntime' | 'exclude' | 'excludeUntil';

/** When a value ends by itself; `undefined`: this one does not. */
const ENDS: { readonly [Name in EndingName]: (value: AnnotationValues[Name]) => number | undefined } = {
  forceUptime: (schedule) => endOfUntil(schedule),
  forceDowntime: (schedule) => endOfUntil(schedule),
  exclude: ({ schedule }) => endOfUntil(schedule),
  excludeUntil: (at) => at,
};
const ENDING = Object.keys(ENDS) as EndingName[];

/** The end of what is nothing but `until T`. */
const endOfUntil = ({ members }: Schedule): number | undefined => {
  const [only] = members;
  const isUntil = members.length === 1 && only?.kind === 'absolute' && !only.negated && only.from === -Infinity;
  return isUntil ? only.to : undefined;
};

/** When an annotation ends by itself; `undefined`: it never does, or cannot be read. */
export const endOf = <Name extends EndingName>(
  name: Name,
  entry: Entry<AnnotationValues[Name]> | undefined,
): number | undefined => (entry?.value === undefined ? undefined : ENDS[name](entry.value));

/** The entry, unless it is an exception that is over: that counts as if it were removed already. */
export const inForce = <Name extends EndingName>(
  name: Name,
  entry: Entry<AnnotationValues[Name]> | undefined,
  now: number,
): Entry<AnnotationValues[Name]> | undefined => ((endOf(name, entry) ?? Infinity) > now ? entry : undefined);

/** Of every object without exceptions. */
export const NO_EXCEPTIONS: readonly Exception[] = [];

/**
 * The exceptions on an object that are ours to remove. What somebody applies (Git, `kubectl apply`) would only come back: it is
 * left to him.
 */
export const exceptionsOn = ({ entries }: Layer, { annotations, managedFields }: ObjectMeta): readonly Exception[] => {
  if (entries === NO_ENTRIES) return NO_EXCEPTIONS;
  const found = ENDING.flatMap((name): Exception[] => {
    const entry = entries[name];
    const endsAt = endOf(name, entry as Entry<never>);
    return entry && endsAt !== undefined ? [{ writtenAs: entry.writtenAs, endsAt }] : [];
  });
  if (found.length === 0) return NO_EXCEPTIONS;
  const applied = appliedAnnotations(annotations?.[LAST_APPLIED]);
  const isApplied = (exception: Exception): boolean =>
    exception.writtenAs.key in applied ||
    ownersOf(managedFields, pathOf(exception)).some(({ operation }) => operation === 'Apply');
  return found.filter((exception) => !isApplied(exception));
};

const appliedAnnotations = (lastApplied: string | undefined): object => {
  try {
    const annotations = lastApplied === undefined ? {} : getPointer(JSON.parse(lastApplied), '/metadata/annotations');
    return typeof annotations === 'object' && annotations !== null ? annotations : {};
  } catch {
    return {};
  }
};

const pathOf = ({ writtenAs: { key } }: Exception): string => `/metadata/annotations/${escapePointer(key)}`;

/** When the next exception ends; `undefined`: none does. */
export const nextEnd = (exceptions: readonly Exception[], now: number): number | undefined => {
  const ends = exceptions.map(({ endsAt }) => endsAt).filter((end) => end > now);
  return ends.length > 0 ? Math.min(...ends) : undefined;
};

/**
 * What removes the exceptions that are over, in a patch of its own; `undefined` when none is.
 *
 * @param rest what else there is to say of the object
 */
export const removal = (
  exceptions: readonly Exception[],
  now: number,
  rest?: Pick<Verdict, 'message' | 'next'>,
): Verdict | undefined => {
  const over = exceptions.filter(({ endsAt }) => endsAt <= now);
  const [first] = over;
  return (
    first && {
      action: 'annotate',
      reason: 'ExceptionExpired',
      message: [...over.map(sentence), ...(rest ? [rest.message] : [])].join('; '),
      decidedBy: first.writtenAs,
      changes: over.map(removed),
      next: earliest(rest?.next, nextEnd(exceptions, now)),
    }
  );
};

const sentence = ({ writtenAs: { key, value } }: Exception): string => `${key} "${value}" is over: removed`;

const removed = (exception: Exception): FieldChange => ({ path: pathOf(exception), from: exception.writtenAs.value });

/**
 * The verdict, with the removal of what is over: in the patch that is due anyway, else in one of its own. What needs a person
 * is left as it is.
 */
export const withoutExpired = (exceptions: readonly Exception[], verdict: Verdict, now: number): Verdict => {
  if (exceptions.length === 0) return verdict;
  const next = earliest(verdict.next, nextEnd(exceptions, now));
  const own = removal(exceptions, now, verdict);
  if (!own || verdict.action === 'invalid' || verdict.action === 'blocked') return { ...verdict, next };
  if (verdict.action === 'none') return own;
  return { ...verdict, next, changes: [...verdict.changes, ...own.changes] };
};
