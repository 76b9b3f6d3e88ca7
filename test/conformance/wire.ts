import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Endpoint, ObjectMeta, Unstructured } from '@kube-steward/kube';

/** Parameters of the URL; a list is sent as that parameter several times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What answers are looked into as; what a body really has is what the cases are about. */
export interface Body extends Unstructured {
  readonly metadata: ObjectMeta & {
    readonly resourceVersion: string;
    readonly uid: string;
    readonly continue: string;
  };
  readonly items: readonly Body[];
}

/** An answer as it came: nothing is retried, nothing thrown. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON; empty when it is none. */
  readonly body: Body;
}

/** One line of a watch. */
export interface ToldEvent {
  readonly type: string;
  readonly object: Unstructured & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

export interface OpenWatch {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The next event; `undefined` when the server has ended the watch. Rejects when nothing comes in time. */
  next(): Promise<ToldEvent | undefined>;
  close(): void;
}

/** Plain HTTP to an API server, beside every library of ours. */
export interface Wire {
  send(request: Request): Promise<Answer>;
  /** Resolves once the head of the answer is there. */
  watch(request: Omit<Request, 'method' | 'body'>): Promise<OpenWatch>;
  close(): void;
}

const SOCKETS = 32;
/** Long enough for a busy machine. */
const EVENT_DEADLINE_MS = 60_000;

export const createWire = (endpoint: Endpoint): Wire => {
  const isTls = endpoint.server.protocol === 'https:';
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: SOCKETS });
  const open = async (request: Request, keepsAlive: boolean): Promise<IncomingMessage> => {
    const { headers, tls } = await endpoint.credentials();
    const text = textOf(request.body);
    const options = {
      method: request.method,
      headers: { ...(headers as Record<string, string>), ...headersFor(text), ...request.headers },
      agent: keepsAlive ? agent : false,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    };
    const url = new URL(request.path + queryText(request.query), endpoint.server);
    return new Promise((resolve, reject) => {
      const send = isTls ? httpsRequest : httpRequest;
      send(url, options as object, resolve)
        .once('error', reject)
        .end(text);
    });
  };
  return {
    send: async (request) => answerOf(await open(request, true)),
    watch: async (request) =>
      watchOf(await open({ ...request, method: 'GET', query: { watch: true, ...request.query } }, false)),
    close: () => agent.destroy(),
  };
};

const textOf = (body: unknown): string | undefined =>
  body === undefined || typeof body === 'string' ? body : JSON.stringify(body);

const headersFor = (text: string | undefined): Record<string, string> =>
  text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };

const queryText = (query: Query = {}): string => {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
};

const answerOf = async (message: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { status: message.statusCode ?? 0, headers: message.headers, text, body: jsonOf(text) };
};

const jsonOf = (text: string): Body => {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
};

const watchOf = (message: IncomingMessage): OpenWatch => {
  const lines = linesOf(message);
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    next: async () => {
      const { done, value } = await inTime(lines.next());
      return done === true ? undefined : (JSON.parse(value) as ToldEvent);
    },
    close: () => void message.destroy(),
  };
};

async function* linesOf(message: IncomingMessage): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const chunk of message.setEncoding('utf8')) {
    const parts = (rest + (chunk as string)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  return undefined;
}

const inTime = <T>(promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no event came')), EVENT_DEADLINE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
