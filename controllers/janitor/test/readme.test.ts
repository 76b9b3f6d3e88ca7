import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { ANNOTATION_KEYS } from '../src/annotations.ts';
import { REASONS } from '../src/reasons.ts';
import { checkReasonsTable } from '../../../test/tools/reasons-table.ts';
import { readRules } from '../src/rules.ts';

const path = new URL('../README.md', import.meta.url);
const readme = readFileSync(path, 'utf8');

t.test('the table of reasons is the one in the code; UPDATE_GOLDEN=1 writes it', (t) => {
  checkReasonsTable(t, path, REASONS);
  t.end();
});

t.test('every annotation is in the README, and its rules are rules', (t) => {
  for (const key of ANNOTATION_KEYS) t.ok(readme.includes(`\`${key}\``), key);
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? [];
  const { janitor } = parse(example) as { janitor: { rules: unknown } };
  t.same(readRules(janitor.rules).warnings, []);
  t.equal(readRules(janitor.rules).rules.length, 3);
  t.end();
});
