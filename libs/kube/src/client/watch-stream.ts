import type { Bookmark, WatchEvent, WatchOptions, WatchStream } from '../client-api.ts';
import { errorOfStatus, KubeApiError } from '../errors.ts';
import type { Status } from '../errors.ts';
import { createLineSplitter, parseWatchLine } from '../json-stream.ts';
import type { WatchLine } from '../json-stream.ts';
import type { KubeRequest, KubeStream, Transport } from '../request.ts';
import { apiVersionOf, resourcePath } from '../resources.ts';
import type { Resource } from '../resources.ts';
import { acceptMetadata } from './media-types.ts';

/** After `timeoutSeconds` the server ends the watch itself; this long after it has not. */
const END_GRACE_MS = 15_000;
/** A bookmark comes about once a minute; twice that without one, and the line is dead. */
const DEFAULT_IDLE_MS = 120_000;

/** See `Client.watch`. */
export const openWatch = async <T>(
  transport: Transport,
  headers: Readonly<Record<string, string>>,
  resource: Resource,
  options: WatchOptions,
): Promise<WatchStream<T>> => {
  const request = { ...requestFor(resource, options), headers };
  const stream = await transport.stream(request);
  return {
    batches: batchesOf<T>(stream, request, resource, options),
    setIdleTimeout: (ms) => stream.setIdleTimeout(ms),
    close: () => stream.close(),
  };
};

const requestFor = (resource: Resource, options: WatchOptions): KubeRequest => {
  const { namespace, timeoutSeconds } = options;
  const idleTimeoutMs =
    options.idleTimeoutMs ?? (timeoutSeconds === undefined ? DEFAULT_IDLE_MS : timeoutSeconds * 1000 + END_GRACE_MS);
  return {
    verb: 'watch',
    method: 'GET',
    path: resourcePath(resource, namespace === undefined ? {} : { namespace }),
    query: {
      watch: true,
      labelSelector: options.labelSelector || undefined,
      fieldSelector: options.fieldSelector || undefined,
      resourceVersion: options.resourceVersion,
      resourceVersionMatch: options.resourceVersionMatch,
      timeoutSeconds,
      allowWatchBookmarks: options.allowWatchBookmarks ?? true,
      sendInitialEvents: options.sendInitialEvents,
    },
    accept: options.metadataOnly ? acceptMetadata : undefined,
    signal: options.signal,
    deadlineMs: options.deadlineMs,
    maxRetries: options.maxRetries ?? 0,
    longLived: true,
    // Some proxies hold the headers back until the first event.
    headerTimeoutMs: idleTimeoutMs,
    idleTimeoutMs,
  };
};

/** One array for the lines each chunk completes. A line that is no event ends the watch with `InvalidResponse`. */
async function* batchesOf<T>(
  stream: KubeStream,
  { method, path }: KubeRequest,
  resource: Resource,
  { keepManagedFields = false, metadataOnly = false }: WatchOptions,
): AsyncGenerator<readonly WatchEvent<T>[], void, undefined> {
  const subject = `${method} ${path}?watch`;
  const relabel = metadataOnly ? { apiVersion: apiVersionOf(resource), kind: resource.kind } : undefined;
  let batch: WatchEvent<T>[] = [];
  const splitter = createLineSplitter({
    onLine: (line) => batch.push(eventOf<T>(subject, line, { keepManagedFields, relabel })),
  });
  for await (const chunk of stream.body) {
    splitter.write(chunk);
    if (batch.length === 0) continue;
    const complete = batch;
    batch = [];
    yield complete;
  }
  splitter.end();
}

interface Reading {
  readonly keepManagedFields: boolean;
  /** For watches of metadata alone, whose objects say PartialObjectMetadata. */
  readonly relabel: { apiVersion: string; kind: string } | undefined;
}

const eventOf = <T>(subject: string, line: Buffer, { keepManagedFields, relabel }: Reading): WatchEvent<T> => {
  const { type, object } = parseLine(subject, line, keepManagedFields);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (relabel) Object.assign(object as object, relabel);
      return { type, object: object as T };
    case 'BOOKMARK':
      return { type, object: object as Bookmark };
    case 'ERROR':
      return { type, error: errorOfStatus(subject, object as Status) };
    default:
      throw new KubeApiError('InvalidResponse', `${subject}: unknown event type "${type}"`);
  }
};

const parseLine = (subject: string, line: Buffer, keepManagedFields: boolean): WatchLine => {
  try {
    return parseWatchLine(line, { keepManagedFields });
  } catch (cause) {
    const words = line.subarray(0, 200).toString();
    throw new KubeApiError('InvalidResponse', `${subject}: not an event: ${words}`, { cause });
  }
};
