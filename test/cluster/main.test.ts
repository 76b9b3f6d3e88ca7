import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import t from 'tap';
import { start } from '../e2e/programs.ts';
import { findKubectl } from '../tools/kubectl.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { cluster: string } };
const COMMAND = scripts.cluster.split(' ').with(0, process.execPath);

t.test('a cluster to play with: everything it says to try works, and after Ctrl-C nothing is left', async (t) => {
  const kubectl = await findKubectl();
  const program = start(t, [...COMMAND, '--karpenter', '--vpa'], { cwd: ROOT, detached: true });
  const [said] = await program.says(/Try:[^]*nothing is left/);
  const advice = [...said.matchAll(/^ {2}(.*)$/gm)].map(([, line = '']) => line);
  const [, KUBECONFIG = ''] = /^export KUBECONFIG=(.*)$/.exec(advice[0] ?? '') ?? [];
  const env = {
    KUBECONFIG,
    HOME: t.testdir({}),
    PATH: [dirname(kubectl), dirname(process.execPath), '/usr/bin:/bin'].join(':'),
  };
  const shell = async (line: string): Promise<string> => {
    const { code, out, err } = await start(t, ['sh', '-c', line], { cwd: ROOT, env }).outcome;
    return code === 0 ? out : `${line}: exit code ${code}\n${out}${err}`;
  };
  await until(async () => /shop +web.* 1[12]\dm +310Mi/.test(await shell('kubectl top pods -A')), 'web uses 120m');
  for (const line of advice) t.notMatch(await shell(line), /exit code/, line);
  await until(async () => /spot/.test(await shell('kubectl get nodeclaims')), 'a node of the pool spot');
  await until(async () => /web +Off +\d+m/.test(await shell('kubectl get vpa -A')), 'a recommendation');

  process.kill(-(program.child.pid ?? 0), 'SIGINT');
  t.match(await program.outcome, { code: 0 });
  const folder = dirname(KUBECONFIG);
  t.notOk(existsSync(folder));
  const { stdout: processes } = await promisify(execFile)('ps', ['-A', '-o', 'args']);
  t.notMatch(processes, folder, 'no process of it runs');
});

t.test('a flag there is not', async (t) => {
  t.match(await start(t, [...COMMAND, '--karpentre'], { cwd: ROOT }).outcome, { code: 64, err: /--karpenter, --vpa/ });
});
