import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runController, type RunningController } from '@kube-steward/controller';
import { DOWNSCALER } from '@kube-steward/downscaler/controller';
import type { Unstructured } from '@kube-steward/kube';
import {
  createCluster,
  namespace,
  scenario,
  simulateWorkloads,
  startSandbox,
  type Cluster,
  type Sandbox,
  Followed,
} from '@kube-steward/sandbox';
import { DAY_MS, formatTimestamp, MINUTE_MS, VirtualClock, WEEK_MS } from '@kube-steward/schedule';
import { CONFIG, playException, withHoliday } from './episodes.ts';
import { Log, type Morning } from './log.ts';
import { createSettler } from './settle.ts';

/** The kinds that may sleep: the Deployments every downscaler knows, and four more. */
export const INCLUDED = ['deployments', 'statefulsets', 'cronjobs', 'rollouts', 'horizontalpodautoscalers'] as const;

/** The options of the downscaler that say what it does. */
export const ARGUMENTS: readonly string[] = [`--include-resources=${INCLUDED.join(',')}`, '--no-leader-elect'];

/** Who the downscaler is to the API server. */
export const DOWNSCALER_USER = 'system:serviceaccount:kube-steward:downscaler';
const OWN_NAMESPACE = 'kube-steward';

/** Workloads are older than any grace period, and all are up when the downscaler first looks. */
const AGE_MS = 30 * DAY_MS;
const HEAD_START_MS = 10 * MINUTE_MS;

/** A cluster, the downscaler in front of it, and the time they live in. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  /** What was loaded: the state people wanted. */
  readonly manifests: readonly Unstructured[];
  /** What the downscaler tells of how each transition went. */
  readonly mornings: readonly Morning[];
  /** Log lines of level warn or worse but for those about what users wrote, and what the simulated cluster could not do. */
  troubles(): readonly string[];
  /** A kubeconfig file for a user. */
  kubeconfigOf(user: string): string;
  /** Starts the downscaler; resolves when its caches are filled. */
  start(): Promise<void>;
  /** Lets time pass, no faster than everybody can follow. */
  passUntil(time: number): Promise<void>;
  /** Ends everything; resolves with the exit code of the downscaler. */
  close(): Promise<number>;
}

/** Builds the cluster of scenario `office`, served over HTTP, with the clock at the beginning of its story. */
export const buildStage = async (): Promise<Stage> => {
  const { startAt, objects } = scenario('office');
  const startMs = Date.parse(startAt);
  const manifests = [namespace({ name: OWN_NAMESPACE }), ...withHoliday(objects)].map((object) =>
    aged(object, startMs - AGE_MS),
  );
  const clock = new VirtualClock(startMs - HEAD_START_MS);
  const cluster = createCluster({ clock });
  cluster.load(manifests);
  const log = new Log();
  const ofCluster: string[] = [];
  const simulation = simulateWorkloads(cluster, {
    onError: (error, key) => ofCluster.push(`the simulated cluster: ${key}: ${String(error)}`),
  });
  clock.advanceTo(startMs);
  playException(cluster, clock);

  const sandbox = await startSandbox({ clock, cluster, bookmarkIntervalMs: WEEK_MS });
  const folder = mkdtempSync(join(tmpdir(), 'kube-steward-demo-'));
  const kubeconfigOf = (user: string): string => {
    const path = join(folder, `${user.replaceAll(':', '-')}.yaml`);
    writeFileSync(path, sandbox.kubeconfig(user), { mode: 0o600 });
    return path;
  };

  const config = join(folder, 'config.yaml');
  writeFileSync(config, CONFIG);

  const followed = new Followed(cluster);
  let controller: RunningController | undefined;
  return {
    ...{ clock, cluster, sandbox, manifests, kubeconfigOf, mornings: log.mornings },
    troubles: () => [...ofCluster, ...log.troubles.map((line) => `the downscaler: ${line}`)],
    async start() {
      controller = startDownscaler(
        clock,
        [`--kubeconfig=${kubeconfigOf(DOWNSCALER_USER)}`, `--config=${config}`],
        followed,
        log,
      );
      await controller.ready;
    },
    async passUntil(time) {
      if (!controller) throw new Error('the downscaler has not been started');
      await clock.advanceSettled(time, createSettler({ sandbox, controller, followed }));
    },
    async close() {
      const exitCode = (await controller?.stop()) ?? 0;
      simulation.stop();
      await sandbox.stop();
      rmSync(folder, { recursive: true });
      return exitCode;
    },
  };
};

const aged = (object: Unstructured, bornMs: number): Unstructured => ({
  ...object,
  metadata: { ...object.metadata, creationTimestamp: formatTimestamp(bornMs) },
});

/** The controller as its own program runs it, in this process, on our clock. */
const startDownscaler = (
  clock: VirtualClock,
  argv: readonly string[],
  followed: Followed,
  log: Log,
): RunningController =>
  runController(
    {
      ...DOWNSCALER,
      setup: (context) => DOWNSCALER.setup({ ...context, informers: followed.around(context.informers) }),
    },
    {
      argv: [...ARGUMENTS, '--health-port=0', ...argv],
      env: { POD_NAMESPACE: OWN_NAMESPACE, POD_NAME: 'downscaler-0' },
      clock,
      stdout: log,
      stderr: log,
    },
  );
