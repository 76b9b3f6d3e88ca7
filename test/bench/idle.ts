import { runController } from '@kube-steward/controller';
import { DOWNSCALER } from '@kube-steward/downscaler/controller';
import { createCluster, deployment, namespace, startSandbox } from '@kube-steward/sandbox';
import { VirtualClock } from '@kube-steward/schedule';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder, type Bench } from './bench.ts';

const HOUR_MS = 3_600_000;

/** An hour in which nothing changes, on a virtual clock: every request the downscaler makes. */
export const idleBench: Bench = {
  name: 'idle',
  run: () =>
    withFolder(async (folder) => {
      const clock = new VirtualClock('2026-11-18T10:00:00Z');
      const cluster = createCluster({ clock });
      cluster.load([
        namespace({ name: 'team' }),
        ...Array.from({ length: 100 }, (_, i) => deployment({ name: `api-${i}`, namespace: 'team' })),
      ]);
      const sandbox = await startSandbox({ clock, cluster });
      const path = join(folder, 'config');
      writeFileSync(path, sandbox.kubeconfig());
      const silent = { write: () => true };
      const controller = runController(DOWNSCALER, {
        argv: ['--kubeconfig', path, '--health-port=0'],
        env: {},
        clock,
        stdout: silent,
        stderr: process.stderr,
      });
      await controller.ready;
      const quiet = async (): Promise<void> => {
        for (let turns = 0; turns < 5; turns += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          if (!controller.idle() || sandbox.inFlight() > 0) turns = -1;
        }
      };
      await clock.advanceSettled(clock.now() + 60_000, quiet);
      sandbox.requests.clear();
      await clock.advanceSettled(clock.now() + HOUR_MS, quiet);
      const counts = new Map<string, number>();
      for (const { verb, resource } of sandbox.requests.all()) {
        const what = verb === 'watch' ? 'watch' : `${verb} ${resource ?? ''}`;
        counts.set(what, (counts.get(what) ?? 0) + 1);
      }
      await controller.stop();
      await sandbox.stop();
      const leases =
        (counts.get('patch leases') ?? 0) + (counts.get('get leases') ?? 0) + (counts.get('update leases') ?? 0);
      const others = [...counts].filter(([what]) => what !== 'watch' && !what.endsWith('leases'));
      const reached = others.map(([what, count]) => `${count} ${what}`).join(', ') || 'none';
      return [
        {
          what: 'an hour of nothing: requests beyond watches and the Lease',
          bar: 'none',
          reached,
          met: others.length === 0,
        },
        { what: '… requests for the Lease', bar: '≤ 1800', reached: String(leases), met: leases <= 1800 },
      ];
    }),
};
