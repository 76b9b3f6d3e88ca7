import http from 'node:http';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import { type Cluster, type ClusterOptions, createCluster, type Sandbox, StatusError } from '../../src/index.ts';

/** The part of a test that `serve` needs. */
export interface Ending {
  teardown(run: () => unknown): void;
}

export const R = RESOURCES;
export const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

/** A cluster with the namespace `shop`, on a clock that stands still. */
export const makeCluster = (options: Partial<ClusterOptions> = {}): { cluster: Cluster; clock: VirtualClock } => {
  const clock = new VirtualClock('2026-11-20T10:00:00Z');
  const cluster = createCluster({ clock, ...options });
  cluster.load([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]);
  return { cluster, clock };
};

export const configMap = (name: string, rest: Record<string, unknown> = {}, metadata: object = {}): Unstructured => ({
  metadata: { name, namespace: 'shop', ...metadata },
  ...rest,
});

export const deployment = (name: string, spec: Record<string, unknown> = {}): Unstructured => ({
  metadata: { name, namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
    ...spec,
  },
});

/** The Status an action is refused with. */
export const refusal = (action: () => unknown): StatusError['status'] => {
  try {
    action();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error('it was not refused');
};

export const names = (objects: readonly Unstructured[]): string[] => objects.map((object) => object.metadata.name);

export interface Answer {
  readonly code: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
}

type Headers = Record<string, string>;

/** One request over HTTP, its answer read to the end. */
export const call = (
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
  headers: Headers = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const request = http.request(
      sandbox.url + path,
      { method, agent: false, headers: withBody(headers, text) },
      (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (received += chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.complete) resolve(answerOf(response, received));
          else reject(Object.assign(new Error('incomplete'), { code: 'INCOMPLETE' }));
        });
      },
    );
    request.on('error', reject);
    request.end(text);
  });

const withBody = (headers: Headers, text: string | undefined): Headers => ({
  ...(text === undefined
    ? {}
    : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  ...headers,
});

const answerOf = (response: http.IncomingMessage, text: string): Answer => {
  const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
  return {
    code: response.statusCode ?? 0,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as unknown) : undefined,
  };
};

/** The value at a path of keys, for looking into answers. */
export const at = (value: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);

export const MERGE = { 'content-type': 'application/merge-patch+json' };
export const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };
export const METADATA_LIST = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };

/** One line of a watch. */
export interface ToldEvent {
  readonly type: string;
  readonly object: Unstructured;
}

/** An open watch: its events arrive one by one. */
export interface OpenWatch {
  readonly code: number;
  /** The next event; `undefined` when the watch has ended. */
  next(): Promise<ToldEvent | undefined>;
  close(): void;
}

/** Opens a watch and resolves once its head is there. */
export const watch = (sandbox: Sandbox, path: string, headers: Headers = {}): Promise<OpenWatch> =>
  new Promise((resolve, reject) => {
    const request = http.get(sandbox.url + path, { agent: false, headers }, (response) => {
      const lines: string[] = [];
      const waiting: ((line: string | undefined) => void)[] = [];
      let rest = '';
      let isOver = false;
      const settle = (): void => {
        while (waiting.length > 0 && (lines.length > 0 || isOver)) waiting.shift()?.(lines.shift());
      };
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        settle();
      });
      const end = (): void => {
        isOver = true;
        settle();
      };
      response.on('end', end);
      response.on('error', end);
      resolve({
        code: response.statusCode ?? 0,
        next: async () => {
          const line = await new Promise<string | undefined>((done) => {
            waiting.push(done);
            settle();
          });
          return line === undefined ? undefined : (JSON.parse(line) as ToldEvent);
        },
        close: () => void request.destroy(),
      });
    });
    request.on('error', reject);
  });
