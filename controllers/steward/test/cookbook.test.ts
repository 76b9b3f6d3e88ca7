import { readFileSync } from 'node:fs';
import t from 'tap';
import { steward } from './steward.ts';

const cookbook = readFileSync(new URL('../../janitor/COOKBOOK.md', import.meta.url), 'utf8');
const [, ...recipes] = cookbook.split(/^## /m);
const blockOf = (recipe: string, beginning: string): string =>
  new RegExp(String.raw`^\`\`\`yaml\n(${beginning}:\n[^]*?)^\`\`\`$`, 'm').exec(recipe)?.[1] ?? '';

t.ok(recipes.length > 10);

for (const recipe of recipes) {
  const [title = ''] = recipe.split('\n');
  t.test(title, async (t) => {
    const [rules, tests] = ['rules', 'tests'].map((beginning) => blockOf(recipe, beginning));
    process.chdir(t.testdir({ 'rules.yaml': rules ?? '', 'rules.test.yaml': `${rules ?? ''}${tests ?? ''}` }));
    t.match(await steward(['rules', 'lint', '--strict', 'rules.yaml']), { code: 0 }, 'nothing is odd about its rules');
    const tested = await steward(['rules', 'test', 'rules.test.yaml']);
    t.equal(tested.code, 0, `${tested.out}${tested.err}`);
    t.match(tested.out, /[1-9]\d* tests?, all passed/);
  });
}
