import { messageOf, suggest } from '@kube-steward/cli';
import { parseMoment } from './moment.ts';
import { parseMark, type Mark } from './quarantine-mark.ts';
import { parseTtl, type Ttl } from './ttl.ts';

/** What each annotation holds once parsed. */
export interface AnnotationValues {
  ttl: Ttl;
  /** Milliseconds since the epoch. */
  expires: number;
  protect: boolean;
  quarantined: Mark;
}
export type AnnotationName = keyof AnnotationValues;

/** Where a value stands: the annotation, the text. */
export interface Written {
  readonly source: 'object';
  readonly key: string;
  readonly value: string;
}

/** One value somebody wrote, and either parsed or with the reason why it could not be. */
export type Entry<T> = { readonly writtenAs: Written } & (
  { readonly value: T; readonly problem?: never } | { readonly problem: string; readonly value?: never }
);

/** Our annotations on one object. */
export interface Layer {
  readonly entries: { readonly [Name in AnnotationName]?: Entry<AnnotationValues[Name]> };
  /** Keys with our prefix that mean nothing. */
  readonly unknown: readonly UnknownKey[];
}
export type UnknownKey = Written & { readonly suggestion?: string };

/** Of every object on which nothing is written. */
export const NO_ANNOTATIONS: Layer = { entries: {}, unknown: [] };

const protection = (text: string): boolean => {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  throw new Error(`"${text}" is neither true nor false`);
};

const ANNOTATIONS: { readonly [Name in AnnotationName]: (text: string) => AnnotationValues[Name] } = {
  // A block in YAML ends in a line break, and kube-janitor takes it.
  ttl: (text) => parseTtl(text.replace(/\n$/, '')),
  expires: parseMoment,
  protect: protection,
  quarantined: parseMark,
};

/** What the janitor writes itself. */
export const QUARANTINED = 'quarantined' satisfies AnnotationName;
/** Written by kube-janitor: it neither counts as a notice nor as a mistake. */
const NOTIFIED = 'notified';

/** The keys users may write, without the prefix: for completion, docs and messages. */
export const ANNOTATION_KEYS: readonly string[] = ['ttl', 'expires', 'protect'];

const isName = (bare: string): bare is AnnotationName => Object.hasOwn(ANNOTATIONS, bare);

/** No value that anybody means is longer. */
const LONGEST_TEXT = 4096;

/** Reads our annotations on an object. An empty value is none, as in kube-janitor. */
export const readAnnotations = (
  prefix: string,
  annotations: Readonly<Record<string, string>> | null | undefined,
): Layer => {
  const entries: Partial<Record<AnnotationName, Entry<unknown>>> = {};
  const unknown: UnknownKey[] = [];
  for (const key in annotations) {
    if (!key.startsWith(prefix) || key[prefix.length] !== '/') continue;
    const bare = key.slice(prefix.length + 1);
    const writtenAs: Written = { source: 'object', key, value: String(annotations[key]) };
    if (isName(bare)) {
      if (writtenAs.value !== '') entries[bare] = { writtenAs, ...parsed(bare, writtenAs.value) };
    } else if (bare !== NOTIFIED) unknown.push({ ...writtenAs, ...meant(prefix, bare) });
  }
  return Object.keys(entries).length + unknown.length === 0
    ? NO_ANNOTATIONS
    : { entries: entries as Layer['entries'], unknown };
};

const parsed = (name: AnnotationName, text: string): { value: unknown } | { problem: string } => {
  if (text.length > LONGEST_TEXT)
    return { problem: `${text.length} characters are too many to read (allowed: ${LONGEST_TEXT})` };
  try {
    return { value: ANNOTATIONS[name](text) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
};

const meant = (prefix: string, bare: string): { suggestion?: string } => {
  const suggestion = suggest(bare, ANNOTATION_KEYS);
  return suggestion === undefined ? {} : { suggestion: `${prefix}/${suggestion}` };
};
