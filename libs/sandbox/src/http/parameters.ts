import type { WriteOptions } from '../cluster.ts';
import {
  badRequest,
  type FieldError,
  forbiddenField,
  invalid,
  invalidField,
  requiredField,
  tooLong,
  unsupportedField,
} from '../errors.ts';
import type { ListQuery } from '../list.ts';
import type { WatchQuery } from '../watch.ts';
import { isTrue } from './target.ts';

const text = (query: URLSearchParams, name: string): string | undefined => query.get(name) ?? undefined;

/** A number in the query; 400 for what is none. */
export const integer = (query: URLSearchParams, name: string): number | undefined => {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
};

const flag = (query: URLSearchParams, name: string): boolean | undefined =>
  query.has(name) ? isTrue(query.get(name)) : undefined;

/** Leaves out what is not set, as optional properties want it. */
const compact = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;

export const listQueryOf = (query: URLSearchParams, namespace: string | undefined): ListQuery =>
  compact({
    namespace,
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: text(query, 'fieldSelector'),
    limit: integer(query, 'limit'),
    continue: text(query, 'continue'),
    resourceVersion: text(query, 'resourceVersion'),
    resourceVersionMatch: text(query, 'resourceVersionMatch'),
    sendInitialEvents: flag(query, 'sendInitialEvents'),
  });

export const watchQueryOf = (query: URLSearchParams, namespace: string | undefined): WatchQuery =>
  compact({
    namespace,
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: text(query, 'fieldSelector'),
    resourceVersion: text(query, 'resourceVersion'),
    resourceVersionMatch: text(query, 'resourceVersionMatch'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: flag(query, 'sendInitialEvents'),
  });

/** The ways to write, and what the API calls the options of each. */
const WRITE_OPTIONS = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  apply: 'PatchOptions',
} as const;
export type WriteKind = keyof typeof WRITE_OPTIONS;

/**
 * Who writes and how, from the query; the field manager falls back to the program named in the User-Agent.
 * 422 listing everything that is wrong with it.
 */
export const writeOptionsOf = (
  query: URLSearchParams,
  user: string,
  userAgent: string,
  how: WriteKind,
): WriteOptions => {
  const dryRun = query.getAll('dryRun');
  const errors = [...managerErrors(query, how), ...dryRunErrors(dryRun), ...validationErrors(query)];
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: WRITE_OPTIONS[how] }, '', errors);
  const fieldValidation = query.get('fieldValidation') as WriteOptions['fieldValidation'] | '' | null;
  return {
    user,
    fieldManager: query.get('fieldManager') || (userAgent.split('/', 1)[0] ?? '') || 'unknown',
    dryRun: isDryRun(dryRun),
    ...(fieldValidation ? { fieldValidation } : {}),
  };
};

const LONGEST_MANAGER_BYTES = 128;

const managerErrors = (query: URLSearchParams, how: WriteKind): FieldError[] => {
  const manager = query.get('fieldManager') ?? '';
  const errors: FieldError[] = [];
  if (how === 'apply' && manager === '') errors.push(requiredField('fieldManager', 'is required for apply patch'));
  if (how === 'patch' && query.has('force')) {
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  }
  if (Buffer.byteLength(manager) > LONGEST_MANAGER_BYTES) errors.push(tooLong('fieldManager', LONGEST_MANAGER_BYTES));
  for (const { 0: character, index } of manager.matchAll(/\p{C}/gu)) {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    errors.push(invalidField('fieldManager', manager, `invalid character U+${code} (at position ${index})`));
  }
  return errors;
};

const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

const validationErrors = (query: URLSearchParams): FieldError[] => {
  const value = query.get('fieldValidation') ?? '';
  return VALIDATIONS.includes(value) ? [] : [unsupportedField('fieldValidation', value, VALIDATIONS)];
};

/** `All` is the one dry run there is. */
export const dryRunErrors = (values: readonly string[]): FieldError[] =>
  values.every((value) => value === 'All' || value === '') ? [] : [unsupportedField('dryRun', values, ['All'])];

export const isDryRun = (values: readonly string[]): boolean => values.includes('All');
