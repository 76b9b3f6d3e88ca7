/**
 * The runtime under every controller, with the semantics of client-go and controller-runtime:
 *
 * - work queue and reconcile loop: keys deduplicated, one worker a key, delays, back-off, timeouts
 * - leader election with a guard before every write, event recorder, metrics, health, log
 * - `runController`: the life of a process from its options to its exit code
 *
 * Everything that comes from outside (clock, cluster, output, signals) is passed in, so a controller runs in a test as it does
 * in a pod.
 *
 * @example
 * const definition: ControllerDefinition<typeof OPTIONS> = {
 *   name: 'downscaler', version: '1.0.0', description: 'Puts workloads to sleep.', options: OPTIONS, concurrency: 16,
 *   setup({ informers, client, options, clock }) {
 *     const deployments = informers.get<Deployment, View>({ resource: RESOURCES.deployments, project: viewOf });
 *     return { sources: [source(deployments, (each) => [keyOf(each)])], reconcile: createReconcile({ deployments, client, clock, options }) };
 *   },
 * };
 * const { argv, env, stdout, stderr } = process;
 * process.exit(await runController(definition, { argv: argv.slice(2), env, stdout, stderr, clock: systemClock, signals: process }).done);
 */
export { clockJumps } from './clock-jumps.ts';
export { runController, type RunningController } from './app.ts';
export {
  source,
  type Controller,
  type ControllerContext,
  type ControllerDefinition,
  type OnceResult,
  type Source,
} from './definition.ts';
export { ControllerError, NotLeaderError, TerminalError, isTerminal, type ControllerErrorCode } from './errors.ts';
export { type EventInput, type EventRegarding, type KubeEvent } from './event.ts';
export { createEventRecorder, noEvents, type EventRecorder, type EventRecorderOptions } from './event-recorder.ts';
export { startHealthServer, type HealthCheck, type HealthServer, type HealthServerOptions } from './health.ts';
export {
  LeaderElector,
  createLeaderElector,
  type LeaderElectorOptions,
  type LeaderState,
  type LeadershipEnd,
} from './leader-election.ts';
export type { Lease } from './lease.ts';
export { LOG_LEVELS, createLogger, type LogLevel, type Logger, type LoggerOptions } from './logger.ts';
export { createLoopLagCheck, type DelayHistogram } from './loop-lag.ts';
export { createMetrics, type EventOutcome, type InformerReading, type MetricSpec, type Metrics } from './metrics.ts';
export { formatMicroTime } from './micro-time.ts';
export { createRateLimiter, type RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';
export {
  createReconcileLoop,
  type Reconcile,
  type ReconcileContext,
  type ReconcileLoop,
  type ReconcileLoopOptions,
  type ReconcileMetrics,
  type ReconcileOutcome,
  type ReconcileResult,
} from './reconcile-loop.ts';
export { redactAnnotations, redactValue } from './redact.ts';
export { type ControllerHost, type SignalSource } from './runtime.ts';
export { runtimeOptions, type ControllerValues, type RuntimeOptions, type RuntimeValues } from './runtime-options.ts';
export { sleep } from './sleep.ts';
export {
  WorkQueue,
  createWorkQueue,
  type AddOptions,
  type Priority,
  type WorkQueueMetrics,
  type WorkQueueOptions,
  type WorkQueueStats,
} from './work-queue.ts';
