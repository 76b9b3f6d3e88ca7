import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@kube-steward/schedule';
import { isProgramFault, isTerminal } from './errors.ts';
import type { Logger } from './logger.ts';
import type { WorkQueue } from './work-queue.ts';

/** What one reconcile gets beside its key. Log lines through `log` carry the object and the `reconcileID`. */
export interface ReconcileContext {
  /** Aborted by the timeout, by a lost lease and by a shutdown that has run out of patience. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly reconcileId: string;
}

/**
 * What an outcome makes the loop do, as in controller-runtime:
 *
 * | outcome                        | next                                           | `result` label  |
 * | ------------------------------ | ---------------------------------------------- | --------------- |
 * | nothing returned               | back-off reset; waits for an event             | `success`       |
 * | `requeueAfterMs` > 0           | back-off reset; again after that time          | `requeue_after` |
 * | `error`, or anything thrown    | again after the rate limiter's growing delay   | `error`         |
 * | `error` and `requeueAfterMs`   | as `error`: the time is ignored                | `error`         |
 * | a `TerminalError`, either way  | no retry; waits for an event                   | `error`         |
 *
 * Whatever the outcome, a key added during the reconcile is reconciled again, and the loop goes on.
 */
export interface ReconcileResult {
  requeueAfterMs?: number | undefined;
  error?: unknown;
}

/** Brings one object to where it should be. Runs for one key at a time, on any number of keys at once. */
export type Reconcile = (key: string, context: ReconcileContext) => Promise<ReconcileResult | undefined>;

export type ReconcileOutcome = 'success' | 'error' | 'requeue_after';

/** What the loop reports; times in milliseconds. Must be cheap and must not throw. */
export interface ReconcileMetrics {
  concurrency(workers: number): void;
  started(): void;
  finished(outcome: ReconcileOutcome, durationMs: number): void;
  failedTerminally(): void;
  /** The reconcile threw what only a fault of the program throws. */
  panicked(): void;
  timedOut(): void;
}

export interface ReconcileLoopOptions {
  queue: WorkQueue;
  reconcile: Reconcile;
  clock: Clock;
  log: Logger;
  /** How many keys are reconciled at once. Default 1. */
  concurrency?: number;
  /** After this time a reconcile's signal is aborted. It is waited for all the same: two never work on one key. Default: never. */
  timeoutMs?: number;
  metrics?: ReconcileMetrics;
  /** The log fields of a key; default `{key}`. */
  describe?: (key: string) => Record<string, unknown>;
}

export interface ReconcileLoop {
  /** Works until the queue is shut down and empty, or the signal is aborted; resolves when all reconciles have returned. */
  run(signal: AbortSignal): Promise<void>;
  /** How many reconciles have failed so far. */
  readonly failures: number;
}

/** After so many keys without a pause a worker lets I/O and timers run; reconciles that find nothing to do never wait. */
const KEYS_PER_TURN = 32;

/** The workers between a queue and a reconcile function. */
export const createReconcileLoop = (options: ReconcileLoopOptions): ReconcileLoop => {
  const { queue, metrics, concurrency = 1 } = options;
  let failures = 0;

  const work = async (signal: AbortSignal): Promise<void> => {
    for (let handled = 1; !signal.aborted; handled++) {
      const key = queue.tryGet() ?? (await queue.get(signal));
      if (key === undefined) return;
      if (!(await reconcileKey(options, key, signal))) failures++;
      queue.done(key);
      if (handled % KEYS_PER_TURN === 0) await nextTurn();
    }
  };

  return {
    get failures() {
      return failures;
    },
    async run(signal) {
      metrics?.concurrency(concurrency);
      await Promise.all(Array.from({ length: concurrency }, () => work(signal)));
    },
  };
};

/** One reconcile and what follows from it. Never throws; says whether it went well. */
const reconcileKey = async (options: ReconcileLoopOptions, key: string, signal: AbortSignal): Promise<boolean> => {
  const { clock, metrics } = options;
  const scope = new ReconcileScope(options, key, signal);
  const startedAt = clock.monotonic();
  metrics?.started();
  const result = await attempt(options, key, scope);
  scope.end();
  const outcome = settle(options, key, result, scope);
  metrics?.finished(outcome, clock.monotonic() - startedAt);
  return outcome !== 'error';
};

const attempt = async (options: ReconcileLoopOptions, key: string, scope: ReconcileScope): Promise<ReconcileResult> => {
  try {
    return (await options.reconcile(key, scope)) ?? {};
  } catch (error) {
    if (isProgramFault(error)) options.metrics?.panicked();
    return { error: error ?? new Error('thrown without a value') };
  }
};

const settle = (
  { queue, metrics }: ReconcileLoopOptions,
  key: string,
  { error, requeueAfterMs = 0 }: ReconcileResult,
  scope: ReconcileScope,
): ReconcileOutcome => {
  if (error !== undefined) {
    const terminal = isTerminal(error);
    if (terminal) metrics?.failedTerminally();
    if (terminal) queue.forget(key);
    else queue.addRateLimited(key);
    if (!scope.isStopped) scope.log.error({ error, retry: !terminal }, 'Reconciler error');
    return 'error';
  }
  queue.forget(key);
  if (!(requeueAfterMs > 0)) return 'success';
  queue.addAfter(key, requeueAfterMs);
  return 'requeue_after';
};

/** The context of one reconcile. Its parts are made when they are asked for: most reconciles find nothing to do. */
class ReconcileScope implements ReconcileContext {
  readonly #options: ReconcileLoopOptions;
  readonly #key: string;
  readonly #outer: AbortSignal;
  readonly #cancelTimeout: (() => void) | undefined;
  #timeout: Error | undefined;
  #controller: AbortController | undefined;
  #log: Logger | undefined;
  #reconcileId: string | undefined;

  constructor(options: ReconcileLoopOptions, key: string, outer: AbortSignal) {
    this.#options = options;
    this.#key = key;
    this.#outer = outer;
    if (options.timeoutMs) this.#cancelTimeout = options.clock.setTimer(options.timeoutMs, this.#onTimeout);
  }

  /** Whether the whole loop was told to stop. */
  get isStopped(): boolean {
    return this.#outer.aborted;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#outer.addEventListener('abort', this.#onStop);
      if (this.#outer.aborted) this.#onStop();
      else if (this.#timeout) this.#controller.abort(this.#timeout);
    }
    return this.#controller.signal;
  }

  get reconcileId(): string {
    return (this.#reconcileId ??= randomUUID());
  }

  get log(): Logger {
    const { log, describe = (key: string) => ({ key }) } = this.#options;
    return (this.#log ??= log.child({ ...describe(this.#key), reconcileID: this.reconcileId }));
  }

  end(): void {
    this.#cancelTimeout?.();
    this.#outer.removeEventListener('abort', this.#onStop);
  }

  readonly #onStop = (): void => this.#controller?.abort(this.#outer.reason);

  readonly #onTimeout = (): void => {
    this.#timeout = new Error(`the reconcile took longer than ${(this.#options.timeoutMs ?? 0) / 1000} s`);
    this.#options.metrics?.timedOut();
    this.#controller?.abort(this.#timeout);
  };
}
