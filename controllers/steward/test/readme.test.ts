import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, scenario, startSandbox } from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t from 'tap';
import { rootCommand } from '../src/root.ts';
import { FIXTURES, steward } from './steward.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocksOf = (page: string): string[] => [...page.matchAll(/^```\n([^]*?)^```$/gm)].map(([, text = '']) => text);
const blocks = blocksOf(readme);
/** The pages about rules, and about coming from kube-janitor, are about this command too. */
const pages = ['COOKBOOK.md', 'MIGRATING.md'].map((name) =>
  readFileSync(new URL(`../../janitor/${name}`, import.meta.url), 'utf8'),
);
const commands = [blocks, ...pages.map(blocksOf)]
  .flat()
  .filter((block) => block.startsWith('steward '))
  .flatMap((block) => block.trim().split('\n'));

/** The words of a command line; single quotes hold some together. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(1);

/** Served until Ctrl-C, and tested in a test of its own. */
const isSandbox = (line: string): boolean => line.startsWith('steward sandbox');

t.test('every command of the README and of the pages beside it works', async (t) => {
  const { objects, startAt } = scenario('small');
  const cluster = createCluster({ clock: new VirtualClock(Date.parse(startAt)) });
  cluster.load(objects);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  const KUBECONFIG = join(t.testdir({}), 'kubeconfig');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig());
  process.chdir(FIXTURES);
  t.ok(commands.length > 10);
  for (const line of commands.filter((each) => !isSandbox(each))) {
    const { code, out, err } = await steward(wordsOf(line), { env: { KUBECONFIG } });
    t.equal(code, line.includes('--detailed-exitcode') ? 2 : 0, `${line}\n${err}`);
    t.not(out, '', line);
  }
});

t.test('the screen it shows is the one it prints', async (t) => {
  process.chdir(FIXTURES);
  const index = blocks.findIndex((block) => block.startsWith('steward plan --from'));
  const { out } = await steward(wordsOf(blocks[index] ?? ''));
  t.equal(blocks[index + 1], out);
});

t.test('the tests of rules it shows pass', async (t) => {
  const [, tests = ''] = /^```yaml\n(rules: [^]*?)^```$/m.exec(readme) ?? [];
  const copy = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
  const manifests = { 'namespaces.yaml': copy('manifests/namespaces.yaml') };
  process.chdir(t.testdir({ 'a.yaml': tests, 'rules.yaml': copy('rules.yaml'), manifests }));
  t.match(await steward(['rules', 'test', 'a.yaml']), { code: 0, out: /1 test, all passed/ });
});

t.test('it names every command', (t) => {
  for (const { name } of rootCommand.commands ?? []) t.match(readme, `| \`steward ${name}`, name);
  t.end();
});
