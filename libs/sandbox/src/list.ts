import type { Selection } from './cluster.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import {
  badRequest,
  expired,
  type FieldError,
  forbiddenField,
  invalid,
  tooLargeResourceVersion,
  unsupportedField,
} from './errors.ts';
import type { ServedKind } from './registry.ts';
import { selectorOf, selects } from './selection.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import type { Stored } from './stored.ts';
import type { Table } from './table.ts';

/** The query parameters of a list. */
export interface ListQuery extends Selection {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  /** For watches alone: 422. */
  readonly sendInitialEvents?: boolean;
}

/** One page, with the metadata of the list. */
export interface ListPage {
  readonly items: readonly Stored[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

const INCONSISTENT =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

interface Position {
  /** The list shows the state at this revision; `undefined`: the newest. */
  readonly revision: number | undefined;
  /** First key of the page. */
  readonly from: string;
  readonly limit: number;
}

/**
 * One page of a list.
 *
 * | resourceVersion | match | shows |
 * | --- | --- | --- |
 * | none | - | the newest state |
 * | 0 | - | the newest state here (any state is allowed); `limit` is ignored |
 * | N | NotOlderThan, or none without limit | the newest state; 504 if N is not reached yet |
 * | N | Exact, or none with limit | the state at N; 410 if it is forgotten |
 * | in a continue token | - | the state at its revision; 410 with a token that goes on inconsistently if it is forgotten |
 */
export const listPage = (
  state: State,
  kind: ServedKind,
  query: ListQuery,
  options: { limitAtZero?: boolean } = {},
): ListPage => {
  checkQuery(query);
  const selector = selectorOf(kind, query);
  const table = state.table(kind);
  const position = positionOf(state, table, selector.prefix, query, options.limitAtZero ?? false);
  const items: Stored[] = [];
  let next: Stored | undefined;
  for (const stored of table.scan(selector.prefix, position.from, position.revision)) {
    if (!selector.everything && !selects(state, kind, selector, stored)) continue;
    if (items.length === position.limit) {
      next = stored;
      break;
    }
    items.push(stored);
  }
  const revision = position.revision ?? state.revision;
  const last = items.at(-1);
  if (!next || !last) return { items, resourceVersion: String(revision) };
  return {
    items,
    resourceVersion: String(revision),
    continue: encodeContinue({ revision, start: `${last.key.slice(selector.prefix.length)}\0` }),
    ...(selector.everything ? { remainingItemCount: remaining(table, selector.prefix, next, position) } : {}),
  };
};

const remaining = (table: Table, prefix: string, next: Stored, { revision }: Position): number => {
  if (revision === undefined || revision >= table.lastRevision) return table.countFrom(prefix, next.key);
  return [...table.scan(prefix, next.key, revision)].length;
};

const positionOf = (state: State, table: Table, prefix: string, query: ListQuery, limitAtZero: boolean): Position => {
  const limit = query.limit && query.limit > 0 ? query.limit : Infinity;
  if (query.continue) return continued(state, table, prefix, query, limit);
  const asked = parseRevision(query.resourceVersion);
  if (asked === undefined) return { revision: undefined, from: '', limit };
  if (asked === 0) return { revision: undefined, from: '', limit: limitAtZero ? limit : Infinity };
  if (asked > state.revision) throw tooLargeResourceVersion(asked, state.revision);
  const exact = query.resourceVersionMatch === 'Exact' || (!query.resourceVersionMatch && limit !== Infinity);
  if (!exact) return { revision: undefined, from: '', limit };
  if (asked < table.oldestRevision) throw expired('The resourceVersion for the provided list is too old.');
  return { revision: asked, from: '', limit };
};

const continued = (state: State, table: Table, prefix: string, query: ListQuery, limit: number): Position => {
  if (query.resourceVersion && query.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const { revision, start } = decodeContinue(query.continue ?? '');
  const from = prefix + start;
  if (revision < 0) return { revision: undefined, from, limit };
  if (revision < table.oldestRevision) throw expired(INCONSISTENT, encodeContinue({ revision: -1, start }));
  return { revision: Math.min(revision, state.revision), from, limit };
};

const parseRevision = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${revisionFault(text)}`);
  return Number(text);
};

/** What a get of one object asks of the version it shows: 500 for one that is no number, 504 for one not reached yet. */
export const checkReached = (state: State, resourceVersion: string): void => {
  if (!/^\d*$/.test(resourceVersion)) throw new StatusError({ message: revisionFault(resourceVersion), code: 500 });
  if (Number(resourceVersion) > state.revision) throw tooLargeResourceVersion(Number(resourceVersion), state.revision);
};

/** How the server says that a resourceVersion is no number. */
export const revisionFault = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;

const checkQuery = (query: ListQuery): void => {
  const errors = matchErrors(query);
  if (query.sendInitialEvents !== undefined) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
};

const matchErrors = ({ resourceVersion, resourceVersionMatch: match, continue: token }: ListQuery): FieldError[] => {
  const errors: FieldError[] = [];
  if (!match) return errors;
  const field = 'resourceVersionMatch';
  if (!resourceVersion) errors.push(forbiddenField(field, `${field} is forbidden unless resourceVersion is provided`));
  if (token) errors.push(forbiddenField(field, `${field} is forbidden when continue is provided`));
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push(unsupportedField(field, match, ['Exact', 'NotOlderThan', '']));
  }
  if (match === 'Exact' && resourceVersion === '0') {
    errors.push(forbiddenField(field, `${field} "exact" is forbidden for resourceVersion "0"`));
  }
  return errors;
};
