/** A stretch of one line: line and column count from 1. */
export interface Stretch {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/**
 * The source line with carets under a stretch of it, which ends with the line at the latest:
 * ```
 *    14 |     ttl: 4dd
 *       |          ^^^
 * ```
 */
export const excerptOf = (text: string, { line, column, length }: Stretch): string => {
  const source = (text.split(/\r?\n/, line)[line - 1] ?? '').replaceAll('\t', ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, source.length - column + 1)));
  return `${String(line).padStart(5)} | ${source}\n${' '.repeat(5)} | ${' '.repeat(column - 1)}${carets}`;
};
