import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { FIXTURES, FRIDAY_EVENING, type Outcome } from './steward.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const BIN = fileURLToPath(new URL('../bin/steward.mjs', import.meta.url));

/** Starts the program itself. */
const start = (args: readonly string[], env: Record<string, string> = {}) =>
  spawn(process.execPath, ['--import=tsx', MAIN, ...args], {
    cwd: FIXTURES,
    env: { ...process.env, NODE_OPTIONS: '', TZ: 'UTC', ...env },
  });

const outcomeOf = async (child: ReturnType<typeof start>): Promise<Outcome> => {
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
};

t.test('manifests come from standard input', async (t) => {
  const child = start(['plan', '--from', '-', '--at', FRIDAY_EVENING, '-o', 'json']);
  child.stdin.end(
    '{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, annotations: {downscaler/uptime: never}}}',
  );
  const { code, out, err } = await outcomeOf(child);
  t.equal(err, '');
  t.equal(code, 0);
  t.match(JSON.parse(out), {
    metadata: { source: 'stdin' },
    decisions: [{ object: { namespace: 'default', name: 'a' } }],
  });
});

t.test('a reader that leaves early is no error', async (t) => {
  const child = start(['plan', '--from', 'manifests', '--at', FRIDAY_EVENING]);
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  t.same(await once(child, 'exit'), [0, null]);
  t.notMatch(err, /EPIPE|Error/);
});

t.test('interrupted is 130', async (t) => {
  const server = createServer(() => child.kill('SIGINT')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const config = `clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}"}}]
contexts: [{name: c, context: {cluster: c}}]
current-context: c
`;
  const child = start(['plan'], { KUBECONFIG: join(t.testdir({ config }), 'config') });
  t.match(await outcomeOf(child), { code: 130, out: '', err: '' });
});

t.test('without a build, the command says to make one', async (t) => {
  const folder = t.testdir({ bin: {} });
  cpSync(BIN, join(folder, 'bin/steward.mjs'));
  const child = spawn(process.execPath, [join(folder, 'bin/steward.mjs'), 'plan']);
  t.match(await outcomeOf(child), { code: 1, out: '', err: /npm run build/ });
});
