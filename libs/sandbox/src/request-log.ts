import type { Verb } from './http/target.ts';

/** One request as it was answered. */
export interface LoggedRequest {
  /** Milliseconds since the epoch on the cluster's clock, when it came in. */
  readonly at: number;
  /** Who it was made as; with impersonation, `impersonatedBy` is who made it. */
  readonly user: string;
  readonly impersonatedBy?: string;
  readonly groups?: readonly string[];
  readonly verb: Verb | 'other';
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly dryRun: boolean;
  readonly userAgent: string;
  readonly contentType: string;
  /** The text of a write's body. */
  readonly body?: string;
  /** The HTTP status; 0 when the connection was broken off before one. */
  readonly code: number;
}

/** Which requests are meant: each field that is given must be equal. */
export type RequestFilter = Partial<
  Pick<LoggedRequest, 'user' | 'verb' | 'resource' | 'subresource' | 'namespace' | 'name' | 'code' | 'group'>
>;

const WRITES: readonly string[] = ['create', 'update', 'patch', 'delete', 'deletecollection'] satisfies Verb[];
/** Groups whose objects are questions: creating one changes nothing. */
const QUESTIONS: readonly string[] = ['authorization.k8s.io', 'authentication.k8s.io'];

/** Whether a request was meant to change something: dry runs and access reviews are not. */
export const isMutating = (request: LoggedRequest): boolean =>
  WRITES.includes(request.verb) && !request.dryRun && !QUESTIONS.includes(request.group ?? '');

/** Every request the server has answered, in the order of the answers; a watch counts as answered when it begins. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];
  readonly #listeners = new Set<(request: LoggedRequest) => void>();

  /** The requests that match. */
  all(filter: RequestFilter = {}): LoggedRequest[] {
    const wanted = Object.entries(filter) as [keyof RequestFilter, unknown][];
    return this.#requests.filter((request) => wanted.every(([field, value]) => request[field] === value));
  }

  /** The requests that changed something or tried to. */
  mutating(filter: RequestFilter = {}): LoggedRequest[] {
    return this.all(filter).filter(isMutating);
  }

  get size(): number {
    return this.#requests.length;
  }

  clear(): void {
    this.#requests.length = 0;
  }

  /** Calls back for each request once it is answered: how a test acts right after one. */
  subscribe(listener: (request: LoggedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    for (const listener of [...this.#listeners]) listener(request);
  }
}
