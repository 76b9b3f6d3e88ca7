import { setMaxListeners } from 'node:events';
import { EXIT, type OptionSpecs } from '@kube-steward/cli';
import type { ControllerDefinition } from './definition.ts';
import { runOnce } from './once.ts';
import { assemble, type ControllerHost, type Runtime, type SignalSource } from './runtime.ts';
import { Service } from './serve.ts';
import { explain, loadSettings } from './settings.ts';

/** A controller under way. */
export interface RunningController {
  /**
   * The caches are filled, and the workers have begun or this process stands by for another. Rejects if it ends before; with
   * `--once` it resolves at the end.
   */
  readonly ready: Promise<void>;
  /** Nothing is queued, being worked on, to be written, or asked of the server: only time or a change of an object goes on. */
  idle(): boolean;
  /** Ends it as SIGTERM does; resolves with the exit code. */
  stop(): Promise<number>;
  /** The exit code. Never rejects, and never ends the process: that is left to the caller. */
  readonly done: Promise<number>;
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'];

/**
 * Runs a controller: options, log, cluster, caches, leadership, workers; and ends it in the opposite order. See the module
 * comment for an example.
 *
 * | it ends by                        | exit code                      |
 * | --------------------------------- | ------------------------------ |
 * | SIGTERM, SIGINT, `stop()`         | 0, within 30 s                 |
 * | a second signal                   | 1, at once                     |
 * | the lease lost                    | 1, at once                     |
 * | an unhandled rejection            | 1, at once                     |
 * | `--once`                          | the controller's; 130 on a signal |
 * | bad options                       | 3 or 64                        |
 */
export const runController = <S extends OptionSpecs>(
  definition: ControllerDefinition<S>,
  host: ControllerHost,
): RunningController => new Run(definition, host);

class Run<S extends OptionSpecs> implements RunningController {
  readonly ready: Promise<void>;
  readonly done: Promise<number>;
  readonly #definition: ControllerDefinition<S>;
  readonly #host: ControllerHost;
  readonly #stop = new AbortController();
  #runtime: Runtime | undefined;
  #service: Service | undefined;
  #onReady: () => void = () => undefined;
  #kill: (exitCode: number) => void = () => undefined;

  constructor(definition: ControllerDefinition<S>, host: ControllerHost) {
    this.#definition = definition;
    this.#host = host;
    // Every informer, worker and waiting request listens for the end.
    setMaxListeners(0, this.#stop.signal);
    const killed = new Promise<number>((resolve) => (this.#kill = resolve));
    const started = new Promise<void>((resolve) => (this.#onReady = resolve));
    const unlisten = this.#listen(host.signals);
    this.done = Promise.race([this.#run(), killed]).finally(unlisten);
    this.ready = Promise.race([started, this.done.then((code) => this.#endedEarly(code))]);
    this.ready.catch(() => undefined);
  }

  idle(): boolean {
    return this.#service?.isIdle ?? false;
  }

  stop(): Promise<number> {
    this.#stop.abort();
    return this.done;
  }

  async #run(): Promise<number> {
    try {
      const { argv, env, stdout } = this.#host;
      const settings = await loadSettings(this.#definition, argv, env);
      if ('text' in settings) {
        stdout.write(settings.text);
        return EXIT.ok;
      }
      this.#runtime = await assemble(this.#definition, this.#host, settings, this.#stop.signal);
      return await (this.#runtime.settings.once ? this.#once(this.#runtime) : this.#serve(this.#runtime));
    } catch (error) {
      return this.#fail(error);
    }
  }

  async #once(runtime: Runtime): Promise<number> {
    try {
      return await runOnce(runtime, this.#stop.signal);
    } finally {
      const stopped = runtime.caches.informers.stop();
      runtime.connections.close();
      await stopped;
    }
  }

  async #serve(runtime: Runtime): Promise<number> {
    this.#service = new Service(runtime);
    try {
      return await this.#service.run(this.#stop.signal, this.#onReady);
    } finally {
      await this.#service.close();
    }
  }

  /** A log line where there is a log already, text for a person before. */
  #fail(error: unknown): number {
    const { text, exitCode } = explain(error);
    if (this.#runtime) this.#runtime.log.fatal({ error }, 'ended by an error');
    else this.#host.stderr.write(text);
    return exitCode;
  }

  #endedEarly(code: number): void {
    if (code !== EXIT.ok) throw new Error(`the controller ended with exit code ${code} before it was ready`);
  }

  #listen(signals: SignalSource | undefined): () => void {
    if (signals === undefined) return () => undefined;
    const onSignal = (): void => {
      if (this.#stop.signal.aborted) this.#kill(EXIT.error);
      this.#stop.abort();
    };
    const onRejection = (error: unknown): void => {
      this.#runtime?.log.fatal({ error }, 'a promise was rejected and nobody listened');
      if (!this.#runtime) this.#host.stderr.write(explain(error).text);
      this.#kill(EXIT.error);
    };
    for (const signal of STOP_SIGNALS) signals.on(signal, onSignal);
    signals.on('unhandledRejection', onRejection);
    return () => {
      for (const signal of STOP_SIGNALS) signals.off(signal, onSignal);
      signals.off('unhandledRejection', onRejection);
    };
  }
}
