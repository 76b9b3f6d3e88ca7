import { runController, type RunningController } from '@kube-steward/controller';
import { isNotFound, loadEndpoint, type Client, type InformerSet, type InformerStatus } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import { DOWNSCALER } from '../../controllers/downscaler/src/controller.ts';
import type { RealCluster } from './cluster.ts';
import { until } from './until.ts';

/** A line of its log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly reason?: string;
  readonly cause?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** A downscaler of this process, and the time it has: that of the machine, which can be moved on. */
export interface InProcess {
  readonly controller: RunningController;
  now(): number;
  /** Resolves once it has seen what is there, and has nothing to do. */
  settled(): Promise<void>;
  /** Moves its time on once it has settled; whatever falls due meanwhile is done then. */
  passTo(time: number): Promise<void>;
  pass(ms: number): Promise<void>;
  logs(): readonly LogLine[];
}

export interface InProcessOptions {
  readonly argv: readonly string[];
  /** Who it is to the API server. */
  readonly user?: string;
  /** What time it is for it when it starts; now when left out. Milliseconds since the epoch. */
  readonly at?: number;
}

interface Owner {
  teardown(end: () => unknown): void;
}

const FLOWS_EVERY_MS = 5;

/** Starts it, without an election; stopped at the end of the test. */
export const startInProcess = async (
  t: Owner,
  cluster: RealCluster,
  { argv, user = 'admin', at = Date.now() }: InProcessOptions,
): Promise<InProcess> => {
  const clock = flowing(t, at);
  const out: string[] = [];
  const write = (text: string): unknown => out.push(...text.split('\n').filter(Boolean));
  let informers: InformerSet | undefined;
  const definition: typeof DOWNSCALER = {
    ...DOWNSCALER,
    setup(context) {
      ({ informers } = context);
      return DOWNSCALER.setup(context);
    },
  };
  const controller = runController(definition, {
    argv: ['--no-leader-elect', '--health-port=0', '--qps=-1', ...argv],
    env: { POD_NAMESPACE: 'kube-steward', POD_NAME: 'downscaler' },
    clock,
    stdout: { write },
    stderr: { write },
    endpoint: await loadEndpoint({ kubeconfig: cluster.kubeconfig(user) }),
  });
  t.teardown(() => controller.stop());
  await controller.ready;
  const settled = (): Promise<void> =>
    until(
      async () => (await haveSeenAll(cluster.admin, informers?.statuses() ?? [])) && controller.idle(),
      'it has seen what is there, and has nothing to do',
      () => out.join('\n'),
    );
  const passTo = async (time: number): Promise<void> => {
    await settled();
    clock.advanceTo(time);
  };
  return {
    controller,
    settled,
    now: () => clock.now(),
    passTo,
    pass: (ms) => passTo(clock.now() + ms),
    logs: () => out.map((line) => JSON.parse(line) as LogLine),
  };
};

/** Whether informers have seen the latest change of every object. */
const haveSeenAll = async (admin: Client, statuses: readonly InformerStatus[]): Promise<boolean> => {
  const seen = await Promise.all(statuses.map((status) => hasSeenAll(admin, status)));
  return seen.every(Boolean);
};

const hasSeenAll = async (admin: Client, { resource, resourceVersion = '0' }: InformerStatus): Promise<boolean> => {
  try {
    const { items } = await admin.list(resource, {});
    return items.every(({ metadata }) => Number(metadata.resourceVersion) <= Number(resourceVersion));
  } catch (error) {
    // The kind is not installed.
    if (isNotFound(error)) return true;
    throw error;
  }
};

/** A clock that goes as the machine's does. */
const flowing = (t: Owner, at: number): VirtualClock => {
  const clock = new VirtualClock(at);
  let flowed = performance.now();
  const timer = setInterval(() => {
    // By whole milliseconds: a timer that falls short of its time by a part that a clock cannot tell would be set again for ever.
    const passed = Math.floor(performance.now() - flowed);
    clock.advance(passed);
    flowed += passed;
  }, FLOWS_EVERY_MS);
  t.teardown(() => clearInterval(timer));
  return clock;
};
