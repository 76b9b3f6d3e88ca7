import type { ListOptions, ListPage } from '../client-api.ts';
import { isGone, KubeApiError } from '../errors.ts';
import { createListSplitter } from '../json-stream.ts';
import type { ListHead } from '../json-stream.ts';
import type { KubeObject } from '../objects.ts';
import type { KubeRequest, Transport } from '../request.ts';
import { apiVersionOf, resourcePath } from '../resources.ts';
import type { Resource } from '../resources.ts';
import { acceptMetadataList } from './media-types.ts';

const DEFAULT_LIMIT = 500;

/** See `Client.listPages`. */
export async function* listPages<T, P>(
  transport: Transport,
  headers: Readonly<Record<string, string>>,
  resource: Resource,
  options: ListOptions<T, P>,
): AsyncGenerator<ListPage<P>, void, undefined> {
  let { continue: token } = options;
  do {
    const page = await readPage(transport, { ...requestFor(resource, options, token), headers }, resource, options);
    yield page;
    token = page.continue;
  } while (token);
}

/** See `Client.list`. */
export const listAll = async <T, P>(
  transport: Transport,
  headers: Readonly<Record<string, string>>,
  resource: Resource,
  options: ListOptions<T, P>,
): Promise<{ items: P[]; resourceVersion: string }> => {
  const read = async (limit: number | undefined): Promise<{ items: P[]; resourceVersion: string }> => {
    const all: P[] = [];
    let resourceVersion = '';
    for await (const page of listPages(transport, headers, resource, { ...options, limit })) {
      for (const item of page.items) all.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items: all, resourceVersion };
  };
  try {
    return await read(options.limit);
  } catch (error) {
    if (!isGone(error) || options.limit === 0 || options.continue) throw error;
    return read(0);
  }
};

/** A page asked for by its token is of the list the token came from: the API refuses a resourceVersion beside it. */
const requestFor = <T, P>(resource: Resource, options: ListOptions<T, P>, token: string | undefined): KubeRequest => ({
  verb: 'list',
  method: 'GET',
  path: resourcePath(resource, options.namespace === undefined ? {} : { namespace: options.namespace }),
  query: {
    labelSelector: options.labelSelector || undefined,
    fieldSelector: options.fieldSelector || undefined,
    limit: (options.limit ?? DEFAULT_LIMIT) || undefined,
    timeoutSeconds: options.timeoutSeconds,
    ...(token
      ? { continue: token }
      : { resourceVersion: options.resourceVersion, resourceVersionMatch: options.resourceVersionMatch }),
  },
  accept: options.metadataOnly ? acceptMetadataList : undefined,
  signal: options.signal,
  deadlineMs: options.deadlineMs,
  maxRetries: options.maxRetries,
});

const readPage = async <T, P>(
  transport: Transport,
  request: KubeRequest,
  resource: Resource,
  options: ListOptions<T, P>,
): Promise<ListPage<P>> => {
  const items: P[] = [];
  const take = taker(resource, options, items);
  const stream = await transport.stream(request);
  const splitter = createListSplitter<KubeObject>({
    onItem: take,
    keepManagedFields: options.keepManagedFields ?? false,
  });
  const parse = <R>(step: () => R): R => asInvalidResponse(request, step);
  for await (const chunk of stream.body) parse(() => splitter.write(chunk));
  return pageOf(
    items,
    parse(() => splitter.end()),
  );
};

/** Items of a list lack apiVersion and kind (or say PartialObjectMetadata): they get the resource's. */
const taker = <T, P>(
  resource: Resource,
  { project }: ListOptions<T, P>,
  items: P[],
): ((object: KubeObject) => void) => {
  const apiVersion = apiVersionOf(resource);
  const { kind } = resource;
  return (object) => {
    object.apiVersion = apiVersion;
    object.kind = kind;
    const kept = project ? project(object as T) : (object as unknown as P);
    if (kept !== undefined) items.push(kept);
  };
};

const pageOf = <P>(items: P[], { metadata = {} }: ListHead): ListPage<P> => ({
  items,
  resourceVersion: metadata.resourceVersion ?? '',
  ...(metadata.continue ? { continue: metadata.continue } : {}),
  ...(metadata.remainingItemCount === undefined ? {} : { remainingItemCount: metadata.remainingItemCount }),
});

const asInvalidResponse = <R>({ method, path }: KubeRequest, step: () => R): R => {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new KubeApiError('InvalidResponse', `${method} ${path}: the answer is not a list: ${cause.message}`, {
      cause,
    });
  }
};
