import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, startSandbox, type Sandbox } from '@kube-steward/sandbox';
import { RESOURCES } from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';
import { DOWNSCALER_BUNDLE, figure, withFolder, type Bench } from './bench.ts';

const LEASE = { namespace: 'default', name: 'kube-steward-downscaler' };

/** How long nobody leads after the leader is killed, and after it was asked to stop. */
export const failoverBench: Bench = {
  name: 'failover',
  run: () =>
    withFolder(async (folder) => {
      const cluster = createCluster({ clock: systemClock });
      const sandbox = await startSandbox({ clock: systemClock, cluster });
      const path = join(folder, 'config');
      writeFileSync(path, sandbox.kubeconfig());
      const replicas = new Map<string, ChildProcess>();
      const start = (name: string): void => {
        const child = spawn(process.execPath, [DOWNSCALER_BUNDLE, '--kubeconfig', path, '--health-port=0'], {
          stdio: 'ignore',
          env: { ...process.env, POD_NAME: name },
        });
        replicas.set(name, child);
      };
      start('a');
      start('b');
      const first = await leaderOtherThan(sandbox, undefined);
      const killed = await gap(sandbox, replicas, first, 'SIGKILL');
      start('c');
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const second = await leaderOtherThan(sandbox, first);
      const graceful = await gap(sandbox, replicas, second, 'SIGTERM');
      for (const child of replicas.values()) child.kill('SIGKILL');
      await sandbox.stop();
      return [
        figure('leader killed: another leads after', killed, 17, 's'),
        figure('leader stopped: another leads after', graceful, 3, 's'),
      ];
    }),
};

const holder = (sandbox: Sandbox): string | undefined => {
  const lease = sandbox.cluster.get(RESOURCES.leases, LEASE) as { spec?: { holderIdentity?: string } } | undefined;
  return lease?.spec?.holderIdentity?.split('_')[0] || undefined;
};

const leaderOtherThan = async (sandbox: Sandbox, last: string | undefined): Promise<string> => {
  for (;;) {
    const now = holder(sandbox);
    if (now !== undefined && now !== last) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const gap = async (
  sandbox: Sandbox,
  replicas: ReadonlyMap<string, ChildProcess>,
  leader: string,
  signal: NodeJS.Signals,
): Promise<number> => {
  const begun = performance.now();
  replicas.get(leader)?.kill(signal);
  await leaderOtherThan(sandbox, leader);
  return (performance.now() - begun) / 1000;
};
