import { fileURLToPath } from 'node:url';
import type { Case, Topic } from './case.ts';

export const README = fileURLToPath(new URL('README.md', import.meta.url));

/** What a run on one server came to. */
export interface Column {
  readonly title: string;
  readonly minor: number;
  /** The rules the server does not keep to. */
  readonly broken: ReadonlySet<string>;
}

const BEGIN = '<!-- written by `npm run conformance:table` -->';
const END = '<!-- end of what is written -->';
const HELD = 'yes';

const cellOf = ({ rule, in132 }: Case, { minor, broken }: Column): string => {
  if (broken.has(rule)) return '**no**';
  return in132 !== undefined && minor === 32 ? `${HELD}, in its way: ${in132}` : HELD;
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A table for each topic: a line for each rule, a column for each server. */
export const tableText = (topics: readonly Topic[], columns: readonly Column[]): string =>
  topics
    .flatMap(({ name, cases }) => [
      `## ${name}`,
      '',
      line(['behaviour', ...columns.map(({ title }) => title)]),
      line(['---', ...columns.map(() => '---')]),
      ...cases.map((each) => line([each.rule, ...columns.map((column) => cellOf(each, column))])),
      '',
    ])
    .join('\n');

/** The README with another table. */
export const withTable = (readme: string, table: string): string => {
  const [before = ''] = readme.split(BEGIN);
  return `${before}${BEGIN}\n\n${table}\n${END}\n`;
};

/** The lines of the table in a README: a rule, and whether each server keeps to it. */
export const rowsOf = (readme: string): { readonly rule: string; readonly held: readonly boolean[] }[] =>
  (readme.split(BEGIN)[1] ?? '')
    .split('\n')
    .filter((each) => each.startsWith('| ') && !/^\| (behaviour|---) \|/.test(each))
    .map((each) => {
      const [rule = '', ...cells] = each.slice(2, -2).split(' | ');
      return { rule, held: cells.map((cell) => cell.startsWith(HELD)) };
    });
