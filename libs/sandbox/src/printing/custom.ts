import type { PrinterColumn } from '../registry.ts';
import { age } from './age.ts';
import { type Cell, column, type Column, NAME, textOf } from './column.ts';
import { valuesAt } from './json-path-query.ts';

/** What a definition without columns of its own shows. */
const DEFAULT: readonly PrinterColumn[] = [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }];

/** The table of a custom resource: its name, and the columns its definition asks for. */
export const customColumns = (columns: readonly PrinterColumn[]): readonly Column[] => [
  NAME,
  ...(columns.length > 0 ? columns : DEFAULT).map(
    ({ name, type, jsonPath, format = '', priority = 0, description }) => ({
      ...column(name, cellOf(type, jsonPath), type),
      format,
      priority,
      description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    }),
  ),
];

const cellOf =
  (type: string, jsonPath: string): Cell =>
  (object, now) => {
    const [value] = valuesAt(object, jsonPath);
    return value === undefined || value === null ? null : shown(type, value, now);
  };

/** The value as a column of this type shows it; `null` if it is of another type. */
const shown = (type: string, value: unknown, now: number): unknown => {
  switch (type) {
    case 'string':
      return textOf(value, JSON.stringify(value));
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, now) : null;
    default:
      return null;
  }
};

const dateCell = (value: string, now: number): string =>
  Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, now);
