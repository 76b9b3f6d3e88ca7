import { readFileSync } from 'node:fs';
import t from 'tap';
import { README, rowsOf, tableText, withTable } from './readme-table.ts';
import { TOPICS } from './topics/index.ts';

t.test('the table of the README has every case once, and all servers keep to it', (t) => {
  const rows = rowsOf(readFileSync(README, 'utf8'));
  t.same(
    rows.map(({ rule }) => rule),
    TOPICS.flatMap(({ cases }) => cases.map(({ rule }) => rule)),
    'npm run conformance:table writes it',
  );
  t.same(
    rows.filter(({ held }) => held.length !== 3 || held.includes(false)),
    [],
  );
  t.end();
});

t.test('a rule has its name alone', (t) => {
  const rules = TOPICS.flatMap(({ cases }) => cases.map(({ rule }) => rule));
  t.same(
    rules.filter((rule, index) => rules.indexOf(rule) !== index || rule.includes('|')),
    [],
  );
  t.end();
});

t.test('a rule that does not hold is told in the table', (t) => {
  const run = async (): Promise<void> => undefined;
  const cases = [
    { rule: 'water is wet', run },
    { rule: 'fire is hot', run, in132: 'it is warm' },
  ];
  const columns = [
    { title: '1.32', minor: 32, broken: new Set<string>() },
    { title: 'sandbox', minor: 35, broken: new Set(['water is wet']) },
  ];
  const readme = withTable('# Words\n', tableText([{ name: 'Elements', cases }], columns));
  t.match(readme, '| fire is hot | yes, in its way: it is warm | yes |');
  t.same(rowsOf(readme), [
    { rule: 'water is wet', held: [true, false] },
    { rule: 'fire is hot', held: [true, true] },
  ]);
  t.end();
});
