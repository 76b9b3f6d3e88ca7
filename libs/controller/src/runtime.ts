import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { OptionSpecs } from '@kube-steward/cli';
import { loadEndpoint, type Endpoint } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import { createCaches, type Caches } from './caches.ts';
import { createConnections, type Connections } from './connections.ts';
import type { Controller, ControllerDefinition } from './definition.ts';
import { createEventRecorder, noEvents, type EventRecorder } from './event-recorder.ts';
import { LeaderElector } from './leader-election.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createReconcileLoop, type ReconcileLoop } from './reconcile-loop.ts';
import type { RuntimeValues } from './runtime-options.ts';
import type { Settings } from './settings.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/** Where a controller runs: all that comes from outside the program. */
export interface ControllerHost {
  /** Without the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** `process`, for a program of its own: stops on SIGTERM and SIGINT, ends on an unhandled rejection, reports `process_*`. */
  readonly signals?: SignalSource;
  /** Instead of the one that the options name. */
  readonly endpoint?: Endpoint;
}

/** The part of `process` that is listened to. */
export interface SignalSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The parts of one running controller, put together but not started. */
export interface Runtime {
  readonly settings: RuntimeValues;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly connections: Connections;
  readonly caches: Caches;
  readonly queue: WorkQueue;
  readonly loop: ReconcileLoop;
  readonly recorder: EventRecorder;
  /** Absent where nobody is elected: dry runs, `--once`, `--no-leader-elect`. */
  readonly elector: LeaderElector | undefined;
  readonly controller: Controller;
  /** Leadership and its loss, as the elector tells them. */
  readonly leadership: Leadership;
}

/** The two moments of an election. */
export interface Leadership {
  onStarted: (signal: AbortSignal) => void;
  onLost: (reason: string) => void;
}

const RECONCILE_TIMEOUT_MS = 2 * 60_000;

/** Builds everything in the order in which it depends on each other; makes no request. */
export const assemble = async <S extends OptionSpecs>(
  definition: ControllerDefinition<S>,
  host: ControllerHost,
  { values: options, sources: optionSources, notices }: Settings<S>,
  signal: AbortSignal,
): Promise<Runtime> => {
  const { name, version } = definition;
  const { clock, env, stdout, stderr } = host;
  const settings: RuntimeValues = options;
  const { once, dryRun, leaseName, logLevel } = settings;

  const log = createLogger({ name, level: logLevel, clock, dryRun, destination: once ? stderr : stdout });
  for (const notice of notices) log.warn(notice);
  const metrics = createMetrics({ name, leaseName, version, process: host.signals !== undefined });
  const endpoint = host.endpoint ?? (await findEndpoint(settings, host, log));
  const ownNamespace = env['POD_NAMESPACE'] || endpoint.namespace;
  log.info({ version, context: endpoint.contextName, server: endpoint.server.href, ownNamespace }, 'starting');

  const election: { elector?: LeaderElector } = {};
  const guard = (): void => election.elector?.guard();
  const { onRequest } = metrics;
  const connections = createConnections({ endpoint, settings, name, version, ownNamespace, clock, guard, onRequest });
  const leadership: Leadership = { onStarted: () => undefined, onLost: () => undefined };
  const parts = { name, settings, env, ownNamespace, clock, log, metrics, connections, leadership };
  if (settings.leaderElect && !dryRun && !once) election.elector = createElector(parts);

  const caches = createCaches({ client: connections.client, clock, log, metrics });
  const queue = createWorkQueue({ clock, name, metrics: metrics.queue });
  const recorder = dryRun ? noEvents : createRecorder(parts, queue);
  const { client, ownState } = connections;
  const { informers } = caches;
  const ours = { options, optionSources, env, clock, log, metrics, endpoint, stdout, signal, guard };
  const controller = await definition.setup({
    ...ours,
    client,
    ownState,
    ownNamespace,
    informers,
    queue,
    events: recorder,
  });
  const loop = createReconcileLoop({
    queue,
    clock,
    log,
    reconcile: controller.reconcile,
    concurrency: settings.concurrency,
    timeoutMs: controller.timeoutMs ?? RECONCILE_TIMEOUT_MS,
    metrics: metrics.reconcile,
    ...(controller.describe && { describe: controller.describe.bind(controller) }),
  });
  return {
    settings,
    clock,
    log,
    metrics,
    connections,
    caches,
    queue,
    loop,
    recorder,
    controller,
    leadership,
    elector: election.elector,
  };
};

/** What the smaller parts are made of. */
interface Parts extends Pick<Runtime, 'settings' | 'clock' | 'log' | 'metrics' | 'connections' | 'leadership'> {
  name: string;
  env: ControllerHost['env'];
  ownNamespace: string;
}

const createElector = ({ settings, env, ownNamespace, clock, log, metrics, connections, leadership }: Parts) =>
  new LeaderElector({
    client: connections.lease,
    lease: { namespace: settings.leaseNamespace ?? ownNamespace, name: settings.leaseName },
    identity: `${podName(env)}_${randomUUID()}`,
    clock,
    log,
    onStarted: (leading) => {
      metrics.setLeader(true);
      leadership.onStarted(leading);
    },
    onLost: (reason) => {
      metrics.setLeader(false);
      leadership.onLost(reason);
    },
  });

const createRecorder = ({ name, env, clock, log, metrics, connections }: Parts, queue: WorkQueue): EventRecorder =>
  createEventRecorder({
    client: connections.events,
    clock,
    log,
    controller: `kube-steward.io/${name}`,
    instance: podName(env),
    yieldTo: queue,
    onEvent: metrics.onEvent,
  });

const findEndpoint = (
  { kubeconfig, context }: RuntimeValues,
  { env, clock }: ControllerHost,
  log: Logger,
): Promise<Endpoint> => loadEndpoint({ kubeconfig, context, env, clock, onNotice: (text) => log.warn(text) });

const podName = (env: ControllerHost['env']): string => env['POD_NAME'] || env['HOSTNAME'] || hostname();
