import assert from 'node:assert/strict';
import { RESOURCES, resourcePath, type Resource } from '@kube-steward/kube';
import type { Server } from './servers.ts';
import type { Answer, Body, OpenWatch, Query, Request } from './wire.ts';

type Headers = Readonly<Record<string, string>>;

const PATCHES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export const R = {
  ...RESOURCES,
  secrets: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true },
  coreEvents: { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true },
} as const satisfies Record<string, Resource>;

/**
 * What a case works in: a server, and on it a namespace of its own. Requests about namespaced resources go to that
 * namespace. `name` may go on with a subresource: `web/scale`.
 */
export class World {
  readonly namespace: string;
  readonly server: Server;
  /** Resolves once the server has forgotten its history; it does so once for all cases that ask. */
  readonly forgetHistory: () => Promise<void>;
  readonly #watches: OpenWatch[] = [];

  constructor(server: Server, namespace: string, forgetHistory: () => Promise<void>) {
    this.server = server;
    this.namespace = namespace;
    this.forgetHistory = forgetHistory;
  }

  /** Whether the server is the older one of the two the suite is run on. */
  get is132(): boolean {
    return this.server.minor === 32;
  }

  path(resource: Resource, name = ''): string {
    const collection = resourcePath(resource, { namespace: this.namespace });
    return name === '' ? collection : `${collection}/${name}`;
  }

  send(request: Request): Promise<Answer> {
    return this.server.wire.send(request);
  }

  list(resource: Resource, query: Query = {}, headers: Headers = {}): Promise<Answer> {
    return this.send({ method: 'GET', path: this.path(resource), query, headers });
  }

  get(resource: Resource, name: string, query: Query = {}, headers: Headers = {}): Promise<Answer> {
    return this.send({ method: 'GET', path: this.path(resource, name), query, headers });
  }

  create(resource: Resource, body: unknown, query: Query = {}, headers: Headers = {}): Promise<Answer> {
    return this.send({ method: 'POST', path: this.path(resource), body, query, headers });
  }

  /** POST to an object's subresource. */
  post(resource: Resource, name: string, body: unknown, query: Query = {}): Promise<Answer> {
    return this.send({ method: 'POST', path: this.path(resource, name), body, query });
  }

  put(resource: Resource, name: string, body: unknown, query: Query = {}): Promise<Answer> {
    return this.send({ method: 'PUT', path: this.path(resource, name), body, query });
  }

  patch(
    resource: Resource,
    name: string,
    type: keyof typeof PATCHES,
    body: unknown,
    query: Query = {},
  ): Promise<Answer> {
    const headers = { 'content-type': PATCHES[type] };
    return this.send({ method: 'PATCH', path: this.path(resource, name), body, query, headers });
  }

  remove(resource: Resource, name: string, options?: object, query: Query = {}): Promise<Answer> {
    return this.send({ method: 'DELETE', path: this.path(resource, name), body: options, query });
  }

  async watch(resource: Resource, query: Query = {}, headers: Headers = {}): Promise<OpenWatch> {
    const watch = await this.server.wire.watch({ path: this.path(resource), query, headers });
    this.#watches.push(watch);
    return watch;
  }

  /** Creates what a case starts from; the answer's body. */
  async given(resource: Resource, body: unknown): Promise<Body> {
    const answer = await this.create(resource, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
  }
}
