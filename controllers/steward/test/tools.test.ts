import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHELLS, complete } from '@kube-steward/cli';
import { KINDS } from '@kube-steward/downscaler';
import { SCENARIOS, createCluster, scenario, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { SANDBOX_SCENARIOS, serveSandbox } from '../src/commands/sandbox.ts';
import { rootCommand } from '../src/root.ts';
import { fakeTerminal, steward } from './steward.ts';

interface Served {
  /** Standard output, once there is some. */
  readonly announced: Promise<string>;
  readonly code: Promise<number>;
  readonly err: () => string;
  readonly stop: () => void;
}

const serve = (writeKubeconfig?: string): Served => {
  let announce: (text: string) => void = () => undefined;
  const announced = new Promise<string>((resolve) => (announce = resolve));
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const { terminal, written } = fakeTerminal({}, announce);
  const code = serveSandbox({ scenario: 'small', port: 0, writeKubeconfig }, terminal, stopped);
  return { announced, code, err: () => written.err, stop };
};

t.test('sandbox serves a cluster until it is stopped, and says how to reach it', async (t) => {
  const { announced, code, err, stop } = serve();
  const path = /^export KUBECONFIG=(\S+)\n$/.exec(await announced)?.[1] ?? '';
  const plan = await steward(['plan', '--at', '2096-11-20T22:30:00Z', '-o', 'name'], { env: { KUBECONFIG: path } });
  t.match(plan, { code: 0, out: /deployment\.apps\/web/ });
  t.match(err(), /^small: .*\nServing http:\/\/127\.0\.0\.1:\d+ until Ctrl-C/);
  stop();
  t.equal(await code, 0);
  t.notOk(existsSync(path), 'its kubeconfig goes with it');
});

t.test('a kubeconfig that was asked for stays', async (t) => {
  const path = join(t.testdir({}), 'config');
  const { announced, code, stop } = serve(path);
  t.equal(await announced, `export KUBECONFIG=${path}\n`);
  stop();
  t.equal(await code, 0);
  t.match(readFileSync(path, 'utf8'), /current-context/);
});

t.test('sandbox offers every scenario there is', (t) => {
  t.same([...SANDBOX_SCENARIOS].sort(), [...SCENARIOS].sort());
  t.end();
});

t.test('version tells the version, and of what runs it', async (t) => {
  t.match(await steward(['version']), { code: 0, out: /^steward \S+ \(node \d+\.\d+\.\d+\)\n$/ });
});

t.test('completion prints a script for each shell', async (t) => {
  for (const shell of SHELLS)
    t.match(await steward(['completion', shell]), { code: 0, out: /steward __complete/ }, shell);
  t.match(await steward(['completion', 'tcsh']), { code: 64, err: /allowed: bash, zsh, fish/ });
});

/** The environment of this process, as a shell's completion has it. */
const withKubeconfig = (t: Test, text: string): void => {
  const before = process.env['KUBECONFIG'];
  t.teardown(() => {
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  });
  const path = join(t.testdir({}), 'kubeconfig');
  writeFileSync(path, text);
  process.env['KUBECONFIG'] = path;
};

const candidates = async (...words: string[]): Promise<string[]> =>
  (await complete(rootCommand, words)).candidates.map(({ value }) => value);

t.test('commands, flags and their values are completed', async (t) => {
  t.same(await candidates(''), [
    ...['plan', 'explain', 'schedule', 'wake', 'sleep', 'downscaler', 'janitor', 'rules'],
    ...['migrate', 'backtest', 'sandbox', 'completion', 'version'],
  ]);
  t.same(await candidates('migrate', 'check', '--from', ''), ['py', 'go', 'kube-green', 'kube-janitor']);
  t.equal((await complete(rootCommand, ['migrate', 'check', '--manifests', ''])).files, true);
  t.same(await candidates('plan', '-o', 'js'), ['json', 'jsonl']);
  t.same(await candidates('plan', '--det'), ['--detailed-exitcode']);
  t.same(await candidates('plan', ''), ['downscaler', 'janitor']);
  t.same(await candidates('sandbox', '--scenario', ''), [...SANDBOX_SCENARIOS]);
  t.same(await candidates('explain', 'deployment'), ['deployment/', 'deploymentconfig/']);
  t.equal((await candidates('explain', '')).length, KINDS.length);
  t.equal((await complete(rootCommand, ['plan', '--from', ''])).files, true);
});

t.test('contexts and namespaces are completed from the cluster at hand', async (t) => {
  const cluster = createCluster({ clock: systemClock });
  cluster.load(scenario('small').objects);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  withKubeconfig(t, sandbox.kubeconfig());
  t.same(await candidates('plan', '--context', ''), ['sandbox']);
  t.same(await candidates('explain', '-n', 's'), ['shop']);
  t.same(sandbox.requests.mutating(), []);
});

t.test('a cluster out of reach completes nothing, and says nothing', async (t) => {
  withKubeconfig(t, 'contexts: [{name: gone}]\ncurrent-context: gone\n');
  t.same(await candidates('plan', '--context', ''), ['gone']);
  t.same(await candidates('plan', '-n', ''), []);
});
