import { setMaxListeners } from 'node:events';
import { EXIT } from '@kube-steward/cli';
import { startHealthServer, type HealthCheck, type HealthServer } from './health.ts';
import { createLoopLagCheck } from './loop-lag.ts';
import type { Runtime } from './runtime.ts';
import { sleep } from './sleep.ts';

/** Of the 30 s that a pod has to end. */
const DRAIN_LIMIT_MS = 25_000;
/** Of what follows: saving state, and writing events, each. */
const STEP_LIMIT_MS = 1_000;
/** What aborted reconciles have to return. */
const ABORT_LIMIT_MS = 500;
/** A single reconcile running for longer is stuck beyond what its timeout could mend. */
const STUCK_MS = 10 * 60_000;

/** A controller that keeps running: caches, then leadership, then workers, until told to stop or until the lease is lost. */
export class Service {
  readonly #runtime: Runtime;
  readonly #work = new AbortController();
  readonly #election = new AbortController();
  readonly #loopLag: ReturnType<typeof createLoopLagCheck>;
  readonly #disconnect: (() => void)[] = [];
  #health: HealthServer | undefined;
  #workers: Promise<void> | undefined;
  #elected: Promise<unknown> = Promise.resolve();
  #isSynced = false;
  #isStopping = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#loopLag = createLoopLagCheck();
  }

  /** Nothing to do and nothing under way: what is left are watches, waits and the lease. A standby's queue does not count. */
  get isIdle(): boolean {
    const { caches, connections, elector, queue, recorder } = this.#runtime;
    const isStandby = elector?.state === 'standby';
    const isWorking = !isStandby && (this.#workers === undefined || !queue.idle);
    return this.#isSynced && !isWorking && recorder.idle && connections.inFlight() === 0 && caches.isQuiet();
  }

  /** Runs until `stop` is aborted (exit code 0 after a graceful end) or the lease is lost (1, at once). */
  async run(stop: AbortSignal, onReady: () => void): Promise<number> {
    const { caches, controller, log, queue } = this.#runtime;
    await this.#serveHealth();
    for (const source of controller.sources)
      this.#disconnect.push(source.connect((key, options) => queue.add(key, options)));
    setMaxListeners(0, this.#work.signal);
    caches.informers.start(this.#work.signal);
    await caches.settled(stop);
    if (!stop.aborted) {
      await controller.onSynced?.();
      this.#isSynced = true;
      log.info({ objects: caches.counts() }, 'caches are filled');
      const lost = this.#begin();
      onReady();
      const isLost = await Promise.race([lost, aborted(stop).then(() => false)]);
      if (isLost) return EXIT.error;
    }
    await this.#stop();
    return EXIT.ok;
  }

  /** Ends whatever is still open, in no time: after a graceful stop nothing is. */
  async close(): Promise<void> {
    const { caches, connections } = this.#runtime;
    this.#work.abort(new Error('the process ends'));
    this.#election.abort();
    void this.#runtime.queue.shutdown({ drain: false });
    const stopped = caches.informers.stop();
    connections.close();
    await stopped;
    this.#loopLag.stop();
    await this.#health?.close();
  }

  /** Workers at once, or when elected. Resolves with true when the lease is lost, else never. */
  #begin(): Promise<boolean> {
    const { elector, leadership } = this.#runtime;
    if (elector === undefined) {
      this.#startWorkers();
      return new Promise(() => undefined);
    }
    return new Promise((resolve) => {
      leadership.onStarted = () => this.#startWorkers();
      leadership.onLost = (reason) => {
        this.#work.abort(new Error(reason));
        resolve(true);
      };
      this.#elected = elector.run(this.#election.signal);
    });
  }

  #startWorkers(): void {
    if (!this.#isStopping) this.#workers = this.#runtime.loop.run(this.#work.signal);
  }

  /** Not ready → no new work → the queue is drained → state saved, events written → the lease given back → the rest. */
  async #stop(): Promise<void> {
    const { log, queue, recorder } = this.#runtime;
    log.info({ queued: queue.length }, 'stopping');
    this.#isStopping = true;
    for (const disconnect of this.#disconnect) disconnect();
    if (this.#workers) await this.#drain(this.#workers);
    await this.#saveState();
    await recorder.flush(STEP_LIMIT_MS);
    this.#election.abort();
    await this.#elected;
    log.info('stopped');
  }

  async #drain(workers: Promise<void>): Promise<void> {
    const { log, queue } = this.#runtime;
    void queue.shutdown({ drain: true });
    if (await this.#isOver(workers, DRAIN_LIMIT_MS)) return;
    log.warn(
      { queued: queue.length, processing: queue.stats().processing },
      'not done in time: reconciles are aborted',
    );
    this.#work.abort(new Error('the process ends'));
    void queue.shutdown({ drain: false });
    if (!(await this.#isOver(workers, ABORT_LIMIT_MS))) log.warn('a reconcile does not heed its signal');
  }

  async #saveState(): Promise<void> {
    const { controller, log } = this.#runtime;
    try {
      const saved = Promise.resolve(controller.onStop?.());
      if (!(await this.#isOver(saved, STEP_LIMIT_MS))) log.warn('the state was not saved in time');
    } catch (error) {
      log.error({ error }, 'the state could not be saved');
    }
  }

  async #isOver(work: Promise<void>, limitMs: number): Promise<boolean> {
    const end = new AbortController();
    const late = sleep(this.#runtime.clock, limitMs, end.signal).then(() => false);
    return Promise.race([work.then(() => true), late]).finally(() => end.abort());
  }

  async #serveHealth(): Promise<void> {
    const { settings, metrics, log } = this.#runtime;
    if (settings.healthPort === 0) return;
    const address = { port: settings.healthPort, host: settings.healthAddress };
    this.#health = await startHealthServer({ ...address, ...this.#checks(), metrics });
    log.info(address, 'serving /healthz, /readyz and /metrics');
  }

  #checks(): { healthz: HealthCheck[]; readyz: HealthCheck[] } {
    const { caches, controller, elector, queue } = this.#runtime;
    const stuck = (): string | undefined => {
      const { longestMs } = queue.stats();
      return longestMs > STUCK_MS ? `a reconcile runs since ${Math.round(longestMs / 1000)} s` : undefined;
    };
    return {
      healthz: [
        this.#loopLag,
        { name: 'reconcile', check: stuck },
        { name: 'leader-election', check: () => elector?.check() },
      ],
      readyz: [
        { name: 'shutdown', check: () => (this.#isStopping ? 'the process is stopping' : undefined) },
        {
          name: 'informers',
          check: () =>
            caches.check(controller.isOptional?.bind(controller)) ?? (this.#isSynced ? undefined : 'not synced'),
        },
        ...(controller.readyz ?? []),
      ],
    };
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
