import {
  createInformerSet,
  isForbidden,
  isNotFound,
  type Client,
  type Informer,
  type InformerSet,
  type InformerStatus,
  type Resource,
  type StoredObject,
} from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** The informers of a controller, and what can be said of them all. */
export interface Caches {
  readonly informers: InformerSet;
  /**
   * Resolves when each is synced or known not to be to be had (403, 404: it goes on trying, the rest goes on without it).
   * After `limitMs` it throws `KubeApiError` `Timeout`, which says what is missing.
   */
  settled(signal: AbortSignal, limitMs?: number): Promise<void>;
  /** How many objects are held, by resource: `{'deployments.apps': 412, pods: 9}`. */
  counts(): Record<string, number>;
  /** Resources not synced, with the reason. */
  unread(): string[];
  /**
   * For `/readyz`: what is not up to date. An optional resource that is not installed or may not be read is no matter: what
   * it would have said is missing, and the rest is as good as ever.
   */
  check(isOptional?: (resource: Resource) => boolean): string | undefined;
  /** Whether nothing is being listed. */
  isQuiet(): boolean;
}

/** A watch lasts 10 minutes at most; a cache without any word from the server for two of them is not to be trusted. */
const STALE_MS = 20 * 60_000;

/** `deployments.apps`, `pods`. */
export const resourceName = ({ plural, group }: Resource): string => (group ? `${plural}.${group}` : plural);

/** What is asked of an informer of whatever objects. */
type AnyInformer = Pick<Informer<StoredObject>, 'status' | 'onStatus' | 'waitForSync' | 'hasSynced'>;

export interface CachesOptions {
  client: Client;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

export const createCaches = ({ client, clock, log, metrics }: CachesOptions): Caches => {
  const set = createInformerSet({
    client,
    clock,
    onRelist: (resource, reason) => metrics.onRelist(resourceName(resource), reason),
    onError: (error, resource, key) => log.error({ error, resource: resourceName(resource), key }, 'a handler failed'),
  });
  const known = new Set<AnyInformer>();
  metrics.watchInformers(() => set.statuses().map((status) => readingOf(status, clock.now())));

  const get: InformerSet['get'] = (wanted) => {
    const informer = set.get(wanted);
    if (!known.has(informer)) {
      known.add(informer);
      metrics.watchRelists(resourceName(wanted.resource));
      informer.onStatus(logChanges(log, resourceName(wanted.resource)));
    }
    return informer;
  };
  const unread = (): string[] =>
    set.statuses().flatMap((status) => (status.synced ? [] : [`${resourceName(status.resource)}: ${stateOf(status)}`]));

  return {
    informers: {
      get,
      release(informer) {
        for (const each of known) if ((each as unknown) === informer) known.delete(each);
        return set.release(informer);
      },
      start: (signal) => set.start(signal),
      waitForSync: (signal, limitMs) => set.waitForSync(signal, limitMs),
      hasSynced: () => set.hasSynced(),
      stop: () => set.stop(),
      statuses: () => set.statuses(),
    },
    counts() {
      const counts: Record<string, number> = {};
      for (const { resource, objects } of set.statuses()) {
        const name = resourceName(resource);
        counts[name] = (counts[name] ?? 0) + objects;
      }
      return counts;
    },
    unread,
    async settled(signal, limitMs) {
      await Promise.all([...known].map((informer) => settledOne(informer, signal, limitMs)));
    },
    check(isOptional = () => false) {
      const statuses = set.statuses().filter((status) => !(isUnavailable(status) && isOptional(status.resource)));
      const problems = statuses.flatMap((status) => problemOf(status, clock.now()) ?? []);
      return problems.length > 0 ? problems.join('; ') : undefined;
    },
    isQuiet: () => set.statuses().every(({ phase }) => phase !== 'listing' && phase !== 'idle'),
  };
};

const isUnavailable = ({ lastError, problem }: InformerStatus): boolean =>
  problem !== undefined && (isForbidden(lastError) || isNotFound(lastError));

const settledOne = async (informer: AnyInformer, signal: AbortSignal, limitMs?: number): Promise<void> => {
  const end = new AbortController();
  const abort = (): void => end.abort();
  signal.addEventListener('abort', abort);
  let forget = (): void => undefined;
  const unavailable = new Promise<void>((resolve) => {
    const look = (status: InformerStatus): void => {
      if (isUnavailable(status)) resolve();
    };
    forget = informer.onStatus(look);
    look(informer.status);
  });
  await Promise.race([synced(informer, end.signal, limitMs), unavailable]).finally(() => {
    forget();
    abort();
    signal.removeEventListener('abort', abort);
  });
};

/** Without a limit it goes on waiting: what is wrong is logged, and shown by `/readyz`. */
const synced = async (informer: AnyInformer, signal: AbortSignal, limitMs?: number): Promise<void> => {
  const isOver = (): boolean => signal.aborted || informer.hasSynced() || informer.status.phase === 'stopped';
  while (!isOver()) {
    try {
      await informer.waitForSync(signal, limitMs);
    } catch (error) {
      if (limitMs !== undefined && !isOver()) throw error;
    }
  }
};

const stateOf = ({ problem, lastError, phase }: InformerStatus): string => problem ?? lastError?.message ?? phase;

const problemOf = (status: InformerStatus, now: number): string | undefined => {
  const name = resourceName(status.resource);
  if (!status.synced) return `${name} not synced: ${stateOf(status)}`;
  if (status.problem !== undefined) return `${name}: ${status.problem}`;
  const age = status.lastContact === undefined ? 0 : now - status.lastContact;
  return age > STALE_MS ? `${name}: nothing heard for ${Math.round(age / 60_000)} minutes` : undefined;
};

const readingOf = ({ resource, objects, lastContact }: InformerStatus, now: number) => ({
  resource: resourceName(resource),
  objects,
  secondsSinceContact: lastContact === undefined ? undefined : Math.max(0, now - lastContact) / 1000,
});

/** One line for each problem that begins, and one when it is over. */
const logChanges = (log: Logger, resource: string): ((status: InformerStatus) => void) => {
  let last: string | undefined;
  return ({ problem, lastError, phase }) => {
    const now = problem ?? lastError?.message;
    if (now === last || phase === 'stopped') return;
    if (now !== undefined)
      log.warn({ resource, phase, ...(lastError && { error: lastError }) }, `cannot follow: ${now}`);
    else if (phase === 'watching') log.info({ resource }, 'following again');
    else return;
    last = now;
  };
};
