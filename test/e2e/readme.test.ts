import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import t, { type Test } from 'tap';
import { findKubectl } from '../tools/kubectl.ts';
import { BUNDLES, start, type Program } from './programs.ts';
import { fieldOf, serveCluster } from './served-cluster.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READMES = [
  'README.md',
  'controllers/downscaler/README.md',
  ...['README.md', 'MIGRATING.md', 'COOKBOOK.md'].map((page) => `controllers/janitor/${page}`),
];
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const kubectlPath = await findKubectl();
const STEWARD = [process.execPath, BUNDLES.steward];
/** What `npx steward` finds. */
const INSTALLED = join(ROOT, 'node_modules/.bin/steward');

/** What a command line begins with; blocks that begin otherwise show output. */
const COMMAND = /^(npm|npx|node|steward|kubectl|helm|docker|curl|git|export|cd|\.\/|--)/;

/** The command lines of a README: of its blocks, and within its sentences. */
const commandsOf = (readme: string): string[] => {
  const blocks = [...readme.matchAll(/^```(?:sh|bash|console)?\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  const prose = readme.replaceAll(/^```[^]*?^```$/gm, '');
  const inline = [...prose.matchAll(/`((?:npm run|npx|kubectl|steward) [^`]+)`/g)].map(([, text = '']) => text);
  return [
    ...blocks.flatMap((block) => block.trimEnd().split('\n')),
    ...inline.map((line) => line.replaceAll('\n', ' ')),
  ]
    .filter((line) => COMMAND.test(line))
    .flatMap((line) => line.split(' && '));
};

const COMMANDS = [...new Set(READMES.flatMap((path) => commandsOf(read(path))))];

/** The words of a command line; single quotes hold some together. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

const OLD = '2026-01-01T00:00:00Z';
/** A janitor that holds back what its rule `previews` would delete. */
const TRIP = { scope: 'rule/previews', kind: 'deployments.apps', count: 60, of: 80, at: Date.parse(OLD) };
const STATE: Unstructured = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-steward-janitor-state', namespace: 'team-shop' },
  data: { 'state.json': JSON.stringify({ version: 1, breaker: { trips: [TRIP], acknowledged: [] }, objects: {} }) },
};

const OBJECTS: Unstructured[] = [
  namespace({ name: 'team-shop' }),
  namespace({ name: 'pr-41', creationTimestamp: OLD }),
  STATE,
  deployment({ namespace: 'team-shop', name: 'checkout', replicas: 3, creationTimestamp: OLD }),
];

const CHECKOUT = { namespace: 'team-shop', name: 'checkout' };
/** As the downscaler leaves it at night. */
const ASLEEP = { metadata: { annotations: { 'downscaler/original-replicas': '3' } }, spec: { replicas: 0 } };

/** A cluster that fits the READMEs, and a folder to run their commands in. */
const begin = async (t: Test) => {
  const served = await serveCluster(t, OBJECTS);
  const cwd = t.testdir({});
  const kubeconfig = join(cwd, 'config');
  writeFileSync(kubeconfig, served.sandbox.kubeconfig('reader'));
  mkdirSync(join(cwd, 'manifests'));
  writeFileSync(join(cwd, 'manifests', 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS }));
  for (const file of ['rules.yaml', 'rules-new.yaml'])
    writeFileSync(join(cwd, file), read(`controllers/steward/test/fixtures/${file}`));
  const run = (words: readonly string[]): Program =>
    start(t, words, { cwd, env: { KUBECONFIG: kubeconfig, HOME: cwd } });
  return { served, run };
};
type Scene = Awaited<ReturnType<typeof begin>>;

/** How each command is run and what comes of it. The first that fits is taken. */
const WAYS: readonly { readonly of: RegExp; readonly run: (t: Test, line: string, scene: Scene) => Promise<void> }[] = [
  {
    of: /^npm (ci|run demo)$/,
    run: (t, line) => {
      t.match(read('.ci/run'), `step ${line}`, 'a step of .ci/run');
      return Promise.resolve();
    },
  },
  {
    of: /^npm run build$/,
    run: (t) => {
      for (const bundle of Object.values(BUNDLES)) t.ok(readFileSync(bundle).length > 0, bundle);
      return Promise.resolve();
    },
  },
  {
    of: /^npm run sandbox$/,
    run: async (t) => {
      const program = start(t, wordsOf(scripts['sandbox'] ?? '').with(0, process.execPath), { cwd: ROOT });
      await program.says(/^export KUBECONFIG=.+$/m);
      program.child.kill('SIGINT');
      t.match(await program.outcome, { code: 0 });
    },
  },
  {
    of: /^npm run bench$/,
    run: async (t, _line, { run }) => {
      const words = wordsOf((scripts['bench'] ?? '').split('&&').at(-1)?.trim() ?? '').with(0, process.execPath);
      const { code, out, err } = await run([...words.slice(0, -1), join(ROOT, words.at(-1) ?? ''), 'queue']).outcome;
      t.equal(code, 0, err);
      t.match(out, /100,000 deep/, 'the shortest of them, for all of them');
    },
  },
  {
    of: /^steward (wake|sleep) .* --for /,
    run: async (t, line, { served, run }) => {
      t.match(
        await run([...STEWARD, ...wordsOf(line).slice(1)]).outcome,
        { code: 64, err: /--yes/ },
        'nobody is there to ask',
      );
      const { code, out, err } = await run([...STEWARD, ...wordsOf(line).slice(1), '--yes']).outcome;
      t.equal(code, 0, err);
      t.match(out, 'written');
      const key = line.includes('wake') ? 'force-uptime' : 'force-downtime';
      t.match(fieldOf(served, RESOURCES.deployments, CHECKOUT, `/metadata/annotations/downscaler~1${key}`), /^until /);
    },
  },
  {
    of: /^steward janitor ack /,
    run: async (t, line, { served, run }) => {
      const { code, out, err } = await run([...STEWARD, ...wordsOf(line).slice(1), '--yes']).outcome;
      t.equal(code, 0, err);
      t.match(out, /60 of 80 deployments\.apps would be deleted[^]*acknowledged/);
      t.equal(fieldOf(served, RESOURCES.configMaps, STATE.metadata, '/data/ack.rule_previews'), String(TRIP.at));
    },
  },
  {
    of: /^(npx )?steward /,
    run: async (t, line, { served, run }) => {
      const words = wordsOf(line);
      const command = words[0] === 'npx' ? [INSTALLED, ...words.slice(2)] : [...STEWARD, ...words.slice(1)];
      const { code, out, err } = await run(command).outcome;
      t.equal(code, 0, err);
      t.not(out, '');
      t.same(served.sandbox.requests.mutating(), [], 'it changes nothing');
    },
  },
  {
    of: /^node controllers\/downscaler\/dist\/main\.mjs restore /,
    run: async (t, line, { served, run }) => {
      const restored = (): unknown => fieldOf(served, RESOURCES.deployments, CHECKOUT, '/spec/replicas');
      served.cluster.patch(RESOURCES.deployments, CHECKOUT.name, { ...CHECKOUT, type: 'merge', body: ASLEEP });
      const { code, out, err } = await run([process.execPath, BUNDLES.downscaler, ...wordsOf(line).slice(2)]).outcome;
      t.equal(code, 0, err);
      t.match(out, /0 -> 3/);
      t.equal(restored(), line.includes('--dry-run') ? 0 : 3);
    },
  },
  {
    of: /^kubectl annotate namespace .* janitor\//,
    run: async (t, line, { run }) => {
      const [, ...words] = wordsOf(line);
      const { code, err } = await run([kubectlPath, ...words]).outcome;
      t.equal(code, 0, err);
      const plan = await run([...STEWARD, 'plan', 'janitor', '--at', '2027-01-01T00:00:00Z', '-o', 'name']).outcome;
      t.match(plan.out, words[2] ?? '', 'and that is all a preview namespace needs');
    },
  },
  {
    of: /^kubectl annotate namespace /,
    run: async (t, line, { served, run }) => {
      const [, ...words] = wordsOf(line);
      const { code, err } = await run([kubectlPath, ...words]).outcome;
      t.equal(code, 0, err);
      const [key = '', value] = (words.at(-1) ?? '').split(/=(.*)/);
      const pointer = `/metadata/annotations/${key.replaceAll('/', '~1')}`;
      t.equal(fieldOf(served, RESOURCES.namespaces, { name: words[2] ?? '' }, pointer), value);
      const plan = await run([...STEWARD, 'plan', '--at', '2026-11-20T21:00:00Z', '-o', 'name']).outcome;
      t.match(plan.out, /checkout/, 'and that is all a namespace needs');
    },
  },
  {
    of: /^--/,
    run: async (t, line, { run }) => {
      const { code, out, err } = await run([process.execPath, BUNDLES.downscaler, ...wordsOf(line), '--show-config'])
        .outcome;
      t.equal(code, 0, err);
      t.match(out, wordsOf(line)[1] ?? line);
    },
  },
];

t.ok(COMMANDS.length > 8, `${COMMANDS.length} commands are shown`);
for (const line of COMMANDS)
  t.test(line, async (t) => {
    const way = WAYS.find(({ of }) => of.test(line));
    if (!way) return t.fail('this test does not know how to run it: teach it in WAYS');
    return way.run(t, line, await begin(t));
  });

t.test('every configuration that is shown is accepted', async (t) => {
  const { run } = await begin(t);
  const config = join(t.testdir({}), 'config.yaml');
  const shown = [...read('controllers/downscaler/README.md').matchAll(/^```yaml\n(downscaler:[^]*?)^```$/gm)];
  t.ok(shown.length > 1);
  for (const [, text = ''] of shown) {
    writeFileSync(config, text);
    const { code, err } = await run([process.execPath, BUNDLES.downscaler, `--config=${config}`, '--show-config'])
      .outcome;
    t.equal(code, 0, err);
  }
});
