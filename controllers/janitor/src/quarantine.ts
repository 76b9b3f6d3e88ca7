import type { Action, FieldChange } from '@kube-steward/plan';
import { QUARANTINED } from './annotations.ts';
import type { Candidate } from './candidate.ts';
import { QUARANTINE_FIELDS, formatMark, type Mark } from './quarantine-mark.ts';

/** What a quarantine asks for now. */
export type QuarantineVerdict =
  { readonly kind: 'begin' } | { readonly kind: 'wait'; readonly until: number } | { readonly kind: 'pass' };

/** An object of a rule with a quarantine is stopped first; it is deleted when it has carried the mark for that long. */
export const quarantineVerdict = (
  mark: Mark | undefined,
  quarantineMs: number | undefined,
  now: number,
): QuarantineVerdict => {
  if (quarantineMs === undefined) return { kind: 'pass' };
  if (mark === undefined) return { kind: 'begin' };
  const until = mark.since + quarantineMs;
  return now > until ? { kind: 'pass' } : { kind: 'wait', until };
};

const markPath = (prefix: string): string => `/metadata/annotations/${prefix}~1${QUARANTINED}`;

/** Stops the object, and notes on it what it was, in one request. */
export const beginQuarantine = (
  { quarantine }: Pick<Candidate, 'quarantine'>,
  prefix: string,
  now: number,
): readonly FieldChange[] => {
  const original = quarantine && { field: quarantine.field, value: quarantine.from };
  return [
    ...(quarantine
      ? [
          {
            path: QUARANTINE_FIELDS[quarantine.field],
            ...(quarantine.from !== undefined && { from: quarantine.from }),
            to: quarantine.to,
          },
        ]
      : []),
    { path: markPath(prefix), to: formatMark({ since: now, ...(original && { original }) }) },
  ];
};

/** Brings an object back to what its mark says it was. */
export const liftQuarantine = (
  { original }: Mark,
  text: string,
  prefix: string,
): { readonly action: Action; readonly changes: readonly FieldChange[] } => {
  const mark = { path: markPath(prefix), from: text };
  if (!original) return { action: 'annotate', changes: [mark] };
  const { field, value } = original;
  return {
    action: field === 'replicas' ? 'scaleUp' : 'resume',
    changes: [{ path: QUARANTINE_FIELDS[field], ...(value !== undefined && { to: value }) }, mark],
  };
};
