import { readFileSync, writeFileSync } from 'node:fs';
import type { Test } from 'tap';

const BEGIN = '<!-- reasons: made from src/reasons.ts -->\n';
const END = '<!-- /reasons -->';

/** Holds the table of reasons in a README to the one in the code; with `UPDATE_GOLDEN` it writes it. */
export const checkReasonsTable = (t: Test, path: URL, reasons: Readonly<Record<string, string>>): void => {
  const expected =
    [
      '| reason | means |',
      '| --- | --- |',
      ...Object.entries(reasons).map(([reason, text]) => `| \`${reason}\` | ${text} |`),
    ].join('\n') + '\n';
  const [before = '', rest = ''] = readFileSync(path, 'utf8').split(BEGIN);
  const [table = '', after = ''] = rest.split(END);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(path, `${before}${BEGIN}${expected}${END}${after}`);
  else t.equal(table, expected);
};
