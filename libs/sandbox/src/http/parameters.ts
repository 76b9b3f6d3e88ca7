import type { WriteOptions } from '../cluster.ts';
import { badRequest, invalid, unsupportedField } from '../errors.ts';
import type { ListQuery } from '../list.ts';
import type { WatchQuery } from '../watch.ts';
import { isTrue } from './target.ts';

const text = (query: URLSearchParams, name: string): string | undefined => query.get(name) ?? undefined;

const integer = (query: URLSearchParams, name: string): number | undefined => {
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

/** Who writes and how, from the query; the field manager falls back to the program named in the User-Agent. */
export const writeOptionsOf = (
  query: URLSearchParams,
  user: string,
  userAgent: string,
  kind: string,
): WriteOptions => ({
  user,
  fieldManager: query.get('fieldManager') || (userAgent.split('/', 1)[0] ?? '') || 'unknown',
  dryRun: isDryRun(query.getAll('dryRun'), kind),
  ...validationOf(query.get('fieldValidation')),
});

/** `All` is the one dry run there is; 422 for any other. */
export const isDryRun = (values: readonly string[], kind: string): boolean => {
  const wrong = values.filter((value) => value !== 'All' && value !== '');
  if (wrong.length > 0) {
    throw invalid({ group: 'meta.k8s.io', kind }, '', [unsupportedField('dryRun', values, ['All'])]);
  }
  return values.includes('All');
};

const validationOf = (value: string | null): Pick<WriteOptions, 'fieldValidation'> =>
  value === 'Strict' || value === 'Warn' || value === 'Ignore' ? { fieldValidation: value } : {};
