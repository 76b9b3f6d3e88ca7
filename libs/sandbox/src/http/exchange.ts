import type { IncomingMessage } from 'node:http';
import { stringify as toYaml } from 'yaml';
import type { Caller } from '../auth.ts';
import { sortKeys } from '../canonical.ts';
import type { StatusError } from '../status-error.ts';
import type { Accepted } from './negotiation.ts';
import type { Outlet } from './outlet.ts';
import type { Target, Verb } from './target.ts';

/** One request being answered. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly outlet: Outlet;
  readonly target: Target;
  readonly verb: Verb | 'other';
  readonly query: URLSearchParams;
  readonly caller: Caller;
  /** The text of the body, for writes. */
  readonly body: string;
  /** Headers every answer has (Date, Audit-Id, …). */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts for `Warning` headers. */
  readonly warnings: string[];
  /** Notes the status for the request log. */
  answered(code: number): void;
}

/** Begins an answer. */
export const sendHead = (
  exchange: Exchange,
  code: number,
  headers: Readonly<Record<string, string | number>>,
): void => {
  exchange.answered(code);
  const warnings = exchange.warnings.map((text) => `299 - ${JSON.stringify(text)}`);
  exchange.outlet.head(code, {
    ...exchange.headers,
    ...(warnings.length > 0 ? { Warning: warnings.join(', ') } : {}),
    ...headers,
  });
};

/** Answers with JSON that exists as text, or with the YAML of it. */
export const sendText = (exchange: Exchange, code: number, text: string, accepted?: Accepted): void => {
  const isYaml = accepted?.mediaType === 'application/yaml';
  const bytes = Buffer.from(isYaml ? toYaml(sortKeys(JSON.parse(text))) : text);
  sendHead(exchange, code, {
    'Content-Type': isYaml ? 'application/yaml' : 'application/json',
    'Content-Length': bytes.length,
  });
  exchange.outlet.end(bytes);
};

export const sendJson = (exchange: Exchange, code: number, value: unknown): void =>
  sendText(exchange, code, JSON.stringify(value));

export const sendPlain = (exchange: Exchange, code: number, text: string): void => {
  sendHead(exchange, code, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) });
  exchange.outlet.end(text);
};

/** Answers a refused request. */
export const sendStatus = (exchange: Exchange, error: StatusError): void => {
  const text = JSON.stringify(error.status);
  const retryAfter = error.status.details?.retryAfterSeconds;
  sendHead(exchange, error.code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...(retryAfter !== undefined && (error.code === 429 || error.code >= 500) ? { 'Retry-After': retryAfter } : {}),
  });
  exchange.outlet.end(text);
};
