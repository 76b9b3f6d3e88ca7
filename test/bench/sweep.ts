import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOWNSCALER_BUNDLE, bundleScript, figure, startScript, withFolder, type Bench, type Figure } from './bench.ts';
import { spawn } from 'node:child_process';

const WORKLOADS = 10_000;
const NAMESPACES = 2000;
/** Long enough for a start and a sync on a busy machine. */
const LEAD_MS = 15_000;

/** The built downscaler takes 10,000 workloads in 2,000 namespaces over a transition, against a sandbox over TLS. */
export const sweepBench: Bench = {
  name: 'sweep',
  async run() {
    const unlimited = await sweep(-1);
    const limited = await sweep(200);
    return [
      figure('first patch after the second of the transition', unlimited.firstMs / 1000, 1, 's'),
      figure('10,000 workloads patched, unlimited', unlimited.seconds, 4, 's'),
      figure('10,000 workloads patched at 200 a second', limited.seconds, 55, 's'),
    ] satisfies Figure[];
  },
};

const sweep = (qps: number): Promise<{ firstMs: number; seconds: number }> =>
  withFolder(async (folder) => {
    const args = ['0', String(WORKLOADS), String(NAMESPACES), 'small'];
    const server = startScript(await bundleScript('sandbox-server', folder), args);
    const { kubeconfig } = await server.next();
    const path = join(folder, 'config');
    writeFileSync(path, String(kubeconfig));
    const transition = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
    const flags = [
      ...['--kubeconfig', path, '--no-leader-elect', '--health-port=0', '--grace-period=0', `--qps=${qps}`],
      ...[`--burst=${Math.max(1, qps)}`, '--concurrency=32'],
      `--default-uptime=until ${new Date(transition).toISOString().replace('.000', '')}`,
    ];
    const controller = spawn(process.execPath, [DOWNSCALER_BUNDLE, ...flags], { stdio: 'ignore' });
    try {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        server.send('patches');
        const { count, first, last } = (await server.next()) as { count: number; first: number; last: number };
        if (count >= WORKLOADS) return { firstMs: first - transition, seconds: (last - first) / 1000 };
      }
    } finally {
      controller.kill('SIGKILL');
      await server.stop();
    }
  });
