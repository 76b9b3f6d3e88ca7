import type { Environment, OptionSpecs, ValueSource } from '@kube-steward/cli';
import type { Client, Endpoint, Informer, InformerSet, Resource, StoredObject } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import type { EventRecorder } from './event-recorder.ts';
import type { HealthCheck } from './health.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Reconcile } from './reconcile-loop.ts';
import type { ControllerValues } from './runtime-options.ts';
import type { AddOptions, WorkQueue } from './work-queue.ts';

/** One controller, as data. Everything it needs comes in through `setup`, and nothing is done before. */
export interface ControllerDefinition<S extends OptionSpecs> {
  /** `downscaler`: the section of the config file, the label of metrics, the end of the user agent. */
  readonly name: string;
  readonly version: string;
  /** One sentence for `--help`. */
  readonly description: string;
  /** Its own options; `runtimeOptions` come on top. */
  readonly options: S;
  /** The default of `--concurrency`. Default 1. */
  readonly concurrency?: number;
  /**
   * Wires it up: asks for informers, and says what to do with a key. No request has been made yet. A CliError is printed with
   * all its problems and ends the process with its exit code.
   */
  setup(context: ControllerContext<S>): Controller | Promise<Controller>;
}

/** What a controller is made of. */
export interface Controller {
  /** What makes a key due. Informers without keys are asked for in `setup` all the same, and synced before any reconcile. */
  readonly sources: readonly Source[];
  readonly reconcile: Reconcile;
  /** The log fields of a key: `{controllerKind, namespace, name}`. Default `{key}`. */
  describe?(key: string): Record<string, unknown>;
  /** After this time the signal of a reconcile is aborted. Default: 2 minutes. */
  readonly timeoutMs?: number;
  /** Whether the controller is ready without a resource that is not installed, or that it may not read. Default: no. */
  isOptional?(resource: Resource): boolean;
  /** Further conditions of `/readyz`. */
  readonly readyz?: readonly HealthCheck[];
  /** All caches are filled, no reconcile has begun. */
  onSynced?(): Promise<void> | void;
  /** With `--once`: every key has been reconciled. Writes the output; its result is the exit code (default: 1 after a failure, else 0). */
  onOnce?(result: OnceResult): Promise<number> | number;
  /** The last reconcile has ended and this process still holds its lease: the place to save state. */
  onStop?(): Promise<void> | void;
}

/** How a `--once` run went. */
export interface OnceResult {
  /** Keys whose reconcile failed. */
  readonly failures: number;
  /** Resources that could not be read, with the reason: the run knows nothing of them. */
  readonly unread: readonly string[];
}

/** What `setup` is given. */
export interface ControllerContext<S extends OptionSpecs> {
  readonly options: ControllerValues<S>;
  /** Where each value came from, for messages. */
  readonly optionSources: Readonly<Record<string, ValueSource>>;
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly endpoint: Endpoint;
  /** For users' objects. In a dry run it refuses every write; otherwise every write passes `guard` first. */
  readonly client: Client;
  /** For the controller's own objects: writes only in `ownNamespace`; with `--once --dry-run` nowhere. */
  readonly ownState: Client;
  readonly ownNamespace: string;
  readonly informers: InformerSet;
  readonly queue: Pick<WorkQueue, 'add' | 'addAfter'>;
  /** Drops everything in a dry run. */
  readonly events: EventRecorder;
  /** Throws when this process may not write. */
  guard(): void;
  /** For the output of `--once`. */
  readonly stdout: { write(text: string): unknown };
  /** Aborted when the process ends. */
  readonly signal: AbortSignal;
}

/** Something that adds keys to the queue. */
export interface Source {
  /** Begins to add keys; returns how to end that. */
  connect(add: (key: string, options?: AddOptions) => void): () => void;
}

/**
 * The keys that a change of an object makes due: for an update those of the old and of the new state. What is there from the
 * beginning comes with low priority, so that events do not wait behind a full sync.
 *
 * @example
 * const pods = context.informers.get<Pod, PodView>({ resource: RESOURCES.pods, project: podView });
 * return { sources: [source(pods, (pod) => [keyOf(pod)])], reconcile };
 */
export const source = <P extends StoredObject>(
  informer: Informer<P>,
  keysOf: (object: P) => Iterable<string>,
): Source => ({
  connect: (add) =>
    informer.addHandler({
      add(object, { initial }) {
        for (const key of keysOf(object)) add(key, { priority: initial ? 'low' : 'normal' });
      },
      update(old, object) {
        for (const key of new Set([...keysOf(old), ...keysOf(object)])) add(key);
      },
      delete(last) {
        for (const key of keysOf(last)) add(key);
      },
    }),
});
