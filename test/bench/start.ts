import { execFile, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import { writeFileSync } from 'node:fs';
import { DOWNSCALER_BUNDLE, STEWARD_BUNDLE, bestOf, figure, withFolder, type Bench } from './bench.ts';

const run = promisify(execFile);

/** How heavy a bundled controller is, how fast it starts, and what it holds when it has nothing to do. */
export const startBench: Bench = {
  name: 'start',
  async run() {
    const helpMs = await bestOf(5, Number, () => timeOf([STEWARD_BUNDLE, '--help']));
    const startMs = await bestOf(5, Number, () => timeOf([DOWNSCALER_BUNDLE, '--help']));
    const idleMb = await idleMemory();
    return [
      figure('bundle of the downscaler', statSync(DOWNSCALER_BUNDLE).size / 1e6, 1.5, 'MB'),
      figure('a bundled controller starts', startMs / 1000, 0.3, 's'),
      figure('a bundled controller, idle, resident', idleMb, 80, 'MB'),
      figure('steward, start to help text', helpMs / 1000, 0.3, 's'),
    ];
  },
};

const timeOf = async (args: readonly string[]): Promise<number> => {
  const begun = performance.now();
  await run(process.execPath, args);
  return performance.now() - begun;
};

/** Resident memory of a controller that has synced against an empty cluster, from /proc. */
const idleMemory = (): Promise<number> =>
  withFolder(async (folder) => {
    const sandbox = await startSandbox({ clock: systemClock, cluster: createCluster({ clock: systemClock }) });
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, sandbox.kubeconfig());
    const port = await freePort();
    const flags = ['--kubeconfig', kubeconfig, '--no-leader-elect', '--health-port', String(port)];
    const child = spawn(process.execPath, [DOWNSCALER_BUNDLE, ...flags], { stdio: 'ignore' });
    try {
      await untilReady(port);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1]) / 1024;
    } finally {
      child.kill('SIGKILL');
      await sandbox.stop();
    }
  });

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const untilReady = async (port: number): Promise<void> => {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
