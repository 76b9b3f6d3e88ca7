import type { Client, ListOptions, ListPage, WatchEvent, WatchOptions, WatchStream } from '../src/client-api.ts';
import { KubeApiError, errorOfStatus } from '../src/errors.ts';
import type { KubeObject } from '../src/objects.ts';

/** Lets everything that can go on without time passing go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const thing = (name: string, resourceVersion: number, more: object = {}, uid = `uid-${name}`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'ns', uid, resourceVersion: String(resourceVersion), ...more },
});

export const added = (name: string, rv: number, more = {}, uid?: string): WatchEvent => ({
  type: 'ADDED',
  object: thing(name, rv, more, uid),
});
export const modified = (name: string, rv: number, more = {}, uid?: string): WatchEvent => ({
  type: 'MODIFIED',
  object: thing(name, rv, more, uid),
});
export const deleted = (name: string, rv: number, more = {}): WatchEvent => ({
  type: 'DELETED',
  object: thing(name, rv, more),
});
export const bookmark = (rv: number, annotations: Record<string, string> = {}): WatchEvent => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: String(rv), annotations } },
});
export const initialEventsEnd = (rv: number): WatchEvent => bookmark(rv, { 'k8s.io/initial-events-end': 'true' });

/** The error for an answer of the server. */
export const status = (
  code: number,
  reason: string,
  more: { message?: string; retryAfterSeconds?: number } = {},
): KubeApiError =>
  errorOfStatus('GET /api/v1/things', {
    kind: 'Status',
    code,
    reason,
    message: more.message ?? reason,
    details: { ...(more.retryAfterSeconds && { retryAfterSeconds: more.retryAfterSeconds }) },
  });
export const gone = (): KubeApiError => status(410, 'Expired');
export const refused = (): KubeApiError => new KubeApiError('Network', 'GET /api/v1/things: connect ECONNREFUSED');
export const errorEvent = (error: KubeApiError): WatchEvent => ({ type: 'ERROR', error });

/** A list request that waits for the test's answer. */
export interface ListRequest {
  readonly options: ListOptions<KubeObject>;
  reply: (items: readonly KubeObject[], page: { resourceVersion: string; continue?: string }) => Promise<void>;
  /** The page breaks, after the objects of it that are given. */
  fail: (error: Error, ...read: KubeObject[]) => Promise<void>;
}

/** A watch request that waits for the test's answer. */
export interface WatchRequest {
  readonly options: WatchOptions;
  /** As last set. */
  readonly idleTimeoutMs: number | undefined;
  readonly isClosed: boolean;
  accept: (...events: WatchEvent[]) => Promise<void>;
  refuse: (error: Error) => Promise<void>;
  send: (...events: WatchEvent[]) => Promise<void>;
  end: () => Promise<void>;
  reset: (error?: Error) => Promise<void>;
}

/** A client whose requests are answered by the test, one after the other. */
export interface ScriptedClient {
  readonly client: Client;
  /** The request there is; throws if there is none. */
  list: () => Promise<ListRequest>;
  watch: () => Promise<WatchRequest>;
  /** Requests not yet taken by `list` or `watch`. */
  waiting: () => Promise<number>;
}

export const createScriptedClient = (): ScriptedClient => {
  const lists: ListRequest[] = [];
  const watches: WatchRequest[] = [];
  const take = async <R>(requests: R[], what: string): Promise<R> => {
    await settle();
    const request = requests.shift();
    if (!request) throw new Error(`there is no ${what} request`);
    return request;
  };
  const client = {
    listPages: (_resource: unknown, options: ListOptions<KubeObject, KubeObject>) => pagesFor(lists, options),
    watch: (_resource: unknown, options: WatchOptions) =>
      new Promise<WatchStream>((resolve, reject) => {
        onAbort(options.signal, reject);
        watches.push(watchRequest(options, resolve, reject));
      }),
  };
  return {
    client: client as unknown as Client,
    list: () => take(lists, 'list'),
    watch: () => take(watches, 'watch'),
    waiting: async () => settle().then(() => lists.length + watches.length),
  };
};

const onAbort = (signal: AbortSignal | undefined, reject: (error: Error) => void): void =>
  signal?.addEventListener('abort', () => reject(new KubeApiError('Aborted', 'aborted')));

async function* pagesFor(
  requests: ListRequest[],
  options: ListOptions<KubeObject, KubeObject>,
): AsyncGenerator<ListPage<KubeObject>> {
  let token = options.continue;
  do {
    const page = await new Promise<ListPage<KubeObject>>((resolve, reject) => {
      onAbort(options.signal, reject);
      requests.push({
        options: { ...options, continue: token },
        reply: (items, page) => {
          const kept = items.map((item) => options.project?.(item) ?? item);
          resolve({ ...page, items: options.project ? [] : kept });
          return settle();
        },
        fail: (error, ...read) => {
          for (const item of read) options.project?.(item);
          reject(error);
          return settle();
        },
      });
    });
    yield page;
    token = page.continue;
  } while (token);
}

const watchRequest = (
  options: WatchOptions,
  resolve: (stream: WatchStream) => void,
  reject: (error: Error) => void,
): WatchRequest => {
  let waiting: (() => void) | undefined;
  const queue: (readonly WatchEvent[] | Error | 'end')[] = [];
  const push = (entry: readonly WatchEvent[] | Error | 'end'): Promise<void> => {
    queue.push(entry);
    waiting?.();
    return settle();
  };
  const request = { options, idleTimeoutMs: options.idleTimeoutMs, isClosed: false };
  async function* batches(): AsyncGenerator<readonly WatchEvent[]> {
    for (;;) {
      const entry = queue.shift();
      if (entry === 'end' || request.isClosed) return;
      if (entry instanceof Error) throw entry;
      if (entry) yield entry;
      else await new Promise<void>((wake) => (waiting = wake));
    }
  }
  onAbort(options.signal, (error) => void push(error));
  const stream: WatchStream = {
    batches: batches(),
    setIdleTimeout: (ms) => void (request.idleTimeoutMs = ms),
    close: () => void (request.isClosed = true),
  };
  return Object.assign(request, {
    accept: (...events: WatchEvent[]) => (resolve(stream), events.length > 0 ? push(events) : settle()),
    refuse: (error: Error) => (reject(error), settle()),
    send: (...events: WatchEvent[]) => push(events),
    end: () => push('end'),
    reset: (error: Error = new KubeApiError('Network', 'GET /api/v1/things: read ECONNRESET')) => push(error),
  });
};
