import { spawn } from 'node:child_process';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import { startCluster } from '../cluster/cluster.ts';
import { findKubectl } from '../tools/kubectl.ts';
import { KUBECTL_STEPS, type KubectlStep } from './kubectl-steps.ts';

const kubectl = await findKubectl();

/** A command that takes longer hangs. */
const LIMIT_MS = 60_000;

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const run = ({ args, input }: KubectlStep, env: Readonly<Record<string, string>>): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(kubectl, args, { timeout: LIMIT_MS, env: { PATH: process.env['PATH'], TZ: 'UTC', ...env } });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
    child.stdin.end(input);
  });

/** What differs between two servers, and from one run to the next. */
const VARYING: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME'],
  [/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME'],
  [/\b\d+s\b/g, 'AGE'],
  [/ +$/gm, ''],
  [/ {2,}/g, '  '],
];

/** Descriptions of fields, which of them are required and what they may hold: not ours to tell. */
const DESCRIPTIONS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/DESCRIPTION:\n[^]*?\n(?=FIELDS:|\n|$)/, ''],
  [/ -required-/g, ''],
  [/^ *enum: .*\n/gm, ''],
];

const comparable = (args: readonly string[], { code, out, err }: Outcome): Outcome => {
  const isRecursive = args.includes('--recursive');
  const rules = isRecursive ? [...DESCRIPTIONS, ...VARYING] : VARYING;
  const plain = (text: string): string =>
    rules.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
  return { code, out: plain(out), err: plain(err) };
};

/** Runs every step on one server. */
const outcomes = async (t: Test, kubeconfig: string): Promise<Outcome[]> => {
  const env = { KUBECONFIG: kubeconfig, HOME: kubeconfig.replace(/[^/]*$/, '') };
  const all: Outcome[] = [];
  for (const step of KUBECTL_STEPS) all.push(comparable(step.args, await run(step, env)));
  return all;
};

t.test('kubectl says the same of a real API server and of the sandbox', async (t) => {
  await using real = await startCluster();
  const cluster = createCluster({ clock: systemClock, garbageCollection: false });
  const sandbox = await startSandbox({ clock: systemClock, cluster, tls: true });
  t.teardown(() => sandbox.stop());
  const folder = t.testdir({ kubeconfig: sandbox.kubeconfig() });
  const [expected, actual] = await Promise.all([
    outcomes(t, real.kubeconfig()),
    outcomes(t, join(folder, 'kubeconfig')),
  ]);
  for (const [index, { args }] of KUBECTL_STEPS.entries()) {
    t.same(actual[index], expected[index], `kubectl ${args.join(' ')}`);
  }
});
