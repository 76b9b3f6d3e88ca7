import { KubeApiError } from './errors.ts';

/** One condition on one field. */
export interface FieldRequirement {
  /** As the API writes it: `metadata.name`, `status.phase`. */
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Conditions that must all hold; none at all selects everything. */
export type FieldSelector = readonly FieldRequirement[];

/**
 * Reads a field selector as the `fieldSelector` parameter takes it: `a.b=c,d==e,f!=g`. In a value `\`, `,` and `=` are
 * escaped with `\`. Empty text, an empty term, and one with neither field nor value
 * (`=`) select everything, as the API server has it. Which fields exist is the server's business.
 *
 * Throws KubeApiError `InvalidSelector` (status 400).
 */
export const parseFieldSelector = (text: string): FieldSelector =>
  splitTerms(text)
    .filter((term) => !/^(|==?|!=)$/.test(term))
    .map((term) => readTerm(text, term));

/** Whether the fields meet every requirement; `lookup` gives a field's value, an absent one counts as empty. */
export const matchesFields = (selector: FieldSelector, lookup: (field: string) => string | undefined): boolean =>
  selector.every(({ field, operator, value }) => ((lookup(field) ?? '') === value) === (operator === '='));

/** The selector as text; what `parseFieldSelector` reads back to the same. */
export const formatFieldSelector = (selector: FieldSelector): string =>
  selector.map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`).join(',');

const invalid = (message: string): KubeApiError =>
  new KubeApiError('InvalidSelector', message, { status: 400, reason: 'BadRequest' });

/** Splits at commas that are not escaped; a `\` keeps the character after it from meaning anything. */
const splitTerms = (text: string): string[] => text.match(/(?:\\[\s\S]|[^,\\]|\\$)+/g) ?? [];

const readTerm = (text: string, term: string): FieldRequirement => {
  const match = /^((?:\\[\s\S]|[^\\=!]|!(?!=))*)(!=|==|=)([\s\S]*)$/.exec(term);
  const [, field = '', operator = '', value = ''] = match ?? [];
  if (field === '') throw invalid(`invalid selector: '${text}'; can't understand '${term}'`);
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value, term) };
};

const unescapeValue = (value: string, term: string): string => {
  if (/\\(?![\\,=])/.test(value.replaceAll('\\\\', ''))) {
    throw invalid(`field selector "${term}": "\\" must be followed by one of "\\", ",", "="`);
  }
  if (value.replace(/\\[\s\S]/g, '').includes('='))
    throw invalid(`field selector "${term}": "=" in a value must be "\\="`);
  return value.replace(/\\([\\,=])/g, '$1');
};
