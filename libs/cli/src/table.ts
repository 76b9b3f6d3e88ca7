import { displayWidth, truncate } from './display-width.ts';

export interface TableOptions {
  /** The terminal's width; lines are cut to it. Without it (a pipe, a file) nothing is ever cut. */
  readonly width?: number | undefined;
  readonly noHeaders?: boolean;
}

/** A heading, or one with figures below it. */
export type Column = string | { readonly header: string; readonly align: 'left' | 'right' };

const GAP = '   ';
const MIN_LAST_COLUMN = 10;

/**
 * Columns as kubectl prints them: headings in capitals, three blanks between, no borders, no blanks at the end of a line.
 * Where a width is given, the last column is cut to it. Cells may be coloured, except in the last column of such a table.
 *
 * @returns lines ending in a newline each; empty when there are neither rows nor headings
 */
export const renderTable = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, noHeaders = false }: TableOptions = {},
): string => {
  const headings = columns.map((column) => (typeof column === 'string' ? column : column.header).toUpperCase());
  const lines = noHeaders ? rows : [headings, ...rows];
  const widths = headings.map((_, index) => Math.max(0, ...lines.map((cells) => displayWidth(cells[index] ?? ''))));
  const room = width === undefined ? Infinity : roomForLast(widths, width);
  return lines.map((cells) => `${renderLine(cells, columns, widths, room)}\n`).join('');
};

const roomForLast = (widths: readonly number[], width: number): number =>
  Math.max(MIN_LAST_COLUMN, width - widths.slice(0, -1).reduce((sum, cells) => sum + cells + GAP.length, 0));

const renderLine = (
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  room: number,
): string =>
  columns
    .map((column, index) => {
      const cell = cells[index] ?? '';
      const isLast = index === columns.length - 1;
      const fitted = isLast && displayWidth(cell) > room ? truncate(cell, room) : cell;
      const isRight = typeof column !== 'string' && column.align === 'right';
      return isLast && !isRight ? fitted : pad(fitted, widths[index] ?? 0, isRight);
    })
    .join(GAP)
    .trimEnd();

const pad = (text: string, width: number, isRight: boolean): string => {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isRight ? blanks + text : text + blanks;
};
