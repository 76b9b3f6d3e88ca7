import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { annotationKeys } from '../src/annotations.ts';
import { KINDS } from '../src/kinds.ts';
import { REASONS } from '../src/reasons.ts';

const path = new URL('../README.md', import.meta.url);
const readme = readFileSync(path, 'utf8');

const BEGIN = '<!-- reasons: made from src/reasons.ts -->\n';
const END = '<!-- /reasons -->';

const reasonsTable = (): string =>
  [
    '| reason | means |',
    '| --- | --- |',
    ...Object.entries(REASONS).map(([reason, text]) => `| \`${reason}\` | ${text} |`),
  ].join('\n') + '\n';

t.test('the table of reasons is the one in the code; UPDATE_GOLDEN=1 writes it', (t) => {
  const [before = '', rest = ''] = readme.split(BEGIN);
  const [table = '', after = ''] = rest.split(END);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(path, `${before}${BEGIN}${reasonsTable()}${END}${after}`);
  else t.equal(table, reasonsTable());
  t.end();
});

t.test('every annotation and every kind is in the README', (t) => {
  for (const key of annotationKeys()) t.ok(readme.includes(`\`${key}\``), key);
  for (const { resource } of KINDS) t.ok(readme.includes(resource.plural), resource.plural);
  t.end();
});
