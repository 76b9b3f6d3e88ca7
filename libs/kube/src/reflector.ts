import type { Clock } from '@kube-steward/schedule';
import type { Client, Selection } from './client-api.ts';
import type { KubeObject } from './objects.ts';
import type { RelistReason } from './reflector/recovery.ts';
import { ListWatch } from './reflector/list-watch.ts';
import type { Resource } from './resources.ts';

/** Where a reflector delivers what it reads. Calls come one at a time, in the order of the server. */
export interface ReflectorSink<T> {
  /** A list begins. It replaces everything once it is committed; until then, and if it fails, what there is stays. */
  begin(): ListSink<T>;
  /** One change after the list. */
  event(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

export interface ListSink<T> {
  /** The same object may come again, changed or not. */
  add(object: T): void;
  remove(object: T): void;
  /** The list is complete. */
  commit(): Promise<void>;
}

/** Whether the server streams lists (`sendInitialEvents`); shared by reflectors of one server, so that one refusal is enough. */
export interface ListStrategy {
  streaming: boolean;
}

export interface ReflectorOptions<T extends KubeObject> extends Selection {
  client: Client;
  resource: Resource;
  sink: ReflectorSink<T>;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  /** Objects a page of a list. 500 when left out: shorter pages cost time, longer ones memory. */
  pageSize?: number | undefined;
  /** Tries to stream lists when left out. */
  strategy?: ListStrategy | undefined;
  /** Called when the phase, the problem or the error changes. */
  onStatus?: ((status: ReflectorStatus) => void) | undefined;
  onRelist?: ((reason: RelistReason) => void) | undefined;
}

/** Times are milliseconds since the epoch. */
export interface ReflectorStatus {
  /** `waiting`: after a failure, for the next try. */
  readonly phase: 'idle' | 'listing' | 'watching' | 'waiting' | 'stopped';
  /** A list was delivered, however old it is by now. */
  readonly synced: boolean;
  readonly resourceVersion?: string | undefined;
  /** When the server was last heard. */
  readonly lastContact?: number | undefined;
  /** Lists begun after the first because there was no going on from a resourceVersion. */
  readonly relists: number;
  /** Watches begun after the first. */
  readonly restarts: number;
  /** The last failure, until the server answers again. */
  readonly lastError?: Error | undefined;
  /** What has to be done for it to work again, when it will not by itself. */
  readonly problem?: string | undefined;
}

export interface Reflector {
  readonly status: ReflectorStatus;
  /** Lists, then watches, until the signal is aborted; never rejects. Leaves no timer and no connection. Once only. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Keeps a sink equal to what the API server has of one resource: a list, then a watch from the list's resourceVersion, for
 * ever. What it does about each failure is the table of `recoveryOf`. That nothing is lost rests on three rules:
 *
 * - the watch starts from the list's resourceVersion, and again from the last one seen, in events and bookmarks alike;
 * - a list becomes visible when it is complete, all at once;
 * - lists are consistent reads (no resourceVersion is asked for), so a later one is never older than what was seen before.
 */
export const createReflector = <T extends KubeObject>(options: ReflectorOptions<T>): Reflector =>
  new ListWatch(options);
