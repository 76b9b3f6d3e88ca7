import { formatTimestamp, parseRfc3339 } from '@kube-steward/schedule';

/** The sizes that a quarantine sets, by the field they are in. */
export const QUARANTINE_FIELDS = { replicas: '/spec/replicas', suspend: '/spec/suspend' } as const;
export type QuarantineField = keyof typeof QUARANTINE_FIELDS;

/** What an object in quarantine carries: since when, and what it was before. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Absent: there was nothing to stop. `undefined` within: the field was absent. */
  readonly original?: { readonly field: QuarantineField; readonly value: number | boolean | undefined };
}

const MARK = /^(\S+)(?: (replicas|suspend)=(\d{1,9}|true|false|default))?$/;

/** @throws Error for what the janitor has not written itself */
export const parseMark = (text: string): Mark => {
  const [, at, field, value] = MARK.exec(text) ?? [];
  if (at === undefined) throw new Error(`"${text}" is no mark of a quarantine (remove it)`);
  const since = parseRfc3339(at);
  if (field === undefined) return { since };
  return { since, original: { field: field as QuarantineField, value: valueOf(value) } };
};

/** The mark, where there is one that can be read. */
export const readableMark = (text: string | undefined): Mark | undefined => {
  try {
    return text === undefined ? undefined : parseMark(text);
  } catch {
    return undefined;
  }
};

const valueOf = (text: string | undefined): number | boolean | undefined => {
  if (text === undefined || text === 'default') return undefined;
  return /^\d/.test(text) ? Number(text) : text === 'true';
};

/** `2026-11-20T19:41:00Z replicas=3` */
export const formatMark = ({ since, original }: Mark): string =>
  original === undefined
    ? formatTimestamp(since)
    : `${formatTimestamp(since)} ${original.field}=${original.value ?? 'default'}`;
