import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runController, type RunningController } from '@kube-steward/controller';
import { JANITOR } from '@kube-steward/janitor/controller';
import { createCluster, startSandbox, type Cluster, type Sandbox, Followed } from '@kube-steward/sandbox';
import { VirtualClock, WEEK_MS } from '@kube-steward/schedule';
import { createSettler } from '../settle.ts';
import { ARGUMENTS, CONFIG, START, objects } from './day.ts';

/** Who the janitor is to the API server. */
export const JANITOR_USER = 'system:serviceaccount:kube-steward:janitor';

/** A line of its log. */
export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly reason?: string;
  readonly scope?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** A small cluster, the janitor in front of it, and the time they live in. */
export interface JanitorStage {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  readonly log: readonly LogLine[];
  start(): Promise<void>;
  passUntil(time: number): Promise<void>;
  /** Ends everything; resolves with the exit code of the janitor. */
  close(): Promise<number>;
}

export const buildJanitorStage = async (): Promise<JanitorStage> => {
  const clock = new VirtualClock(START);
  const cluster = createCluster({ clock });
  cluster.load(objects());
  const sandbox = await startSandbox({ clock, cluster, bookmarkIntervalMs: WEEK_MS });
  const folder = mkdtempSync(join(tmpdir(), 'kube-steward-demo-'));
  const kubeconfig = join(folder, 'kubeconfig.yaml');
  const config = join(folder, 'config.yaml');
  writeFileSync(kubeconfig, sandbox.kubeconfig(JANITOR_USER), { mode: 0o600 });
  writeFileSync(config, CONFIG);
  const followed = new Followed(cluster);
  const log: LogLine[] = [];
  const output = { write: (text: string): unknown => log.push(JSON.parse(text) as LogLine) };
  let controller: RunningController | undefined;
  return {
    ...{ clock, cluster, sandbox, log },
    async start() {
      controller = runController(
        {
          ...JANITOR,
          setup: (context) => JANITOR.setup({ ...context, informers: followed.around(context.informers) }),
        },
        {
          argv: [
            ...ARGUMENTS,
            `--config=${config}`,
            `--kubeconfig=${kubeconfig}`,
            '--health-port=0',
            '--log-level=debug',
          ],
          env: { POD_NAMESPACE: 'kube-steward', POD_NAME: 'janitor-0' },
          clock,
          stdout: output,
          stderr: output,
        },
      );
      await controller.ready;
    },
    async passUntil(time) {
      if (!controller) throw new Error('the janitor has not been started');
      await clock.advanceSettled(time, createSettler({ sandbox, controller, followed }));
    },
    async close() {
      const exitCode = (await controller?.stop()) ?? 0;
      await sandbox.stop();
      rmSync(folder, { recursive: true });
      return exitCode;
    },
  };
};
