import { readFileSync } from 'node:fs';
import t from 'tap';
import { annotationKeys } from '../src/annotations.ts';
import { KINDS } from '../src/kinds.ts';
import { REASONS } from '../src/reasons.ts';
import { checkReasonsTable } from '../../../test/tools/reasons-table.ts';

const path = new URL('../README.md', import.meta.url);
const readme = readFileSync(path, 'utf8');

t.test('the table of reasons is the one in the code; UPDATE_GOLDEN=1 writes it', (t) => {
  checkReasonsTable(t, path, REASONS);
  t.end();
});

t.test('every annotation and every kind is in the README', (t) => {
  for (const key of annotationKeys()) t.ok(readme.includes(`\`${key}\``), key);
  for (const { resource } of KINDS) t.ok(readme.includes(resource.plural), resource.plural);
  t.end();
});
