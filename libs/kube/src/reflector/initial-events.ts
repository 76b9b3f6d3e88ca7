import type { WatchEvent } from '../client-api.ts';
import { KubeApiError } from '../errors.ts';
import type { ListSink } from '../reflector.ts';

type BookmarkEvent<T> = Extract<WatchEvent<T>, { type: 'BOOKMARK' }>;

/** Takes one event of a streamed list, in which objects may change before it is complete. True for the bookmark that ends it. */
export const addInitial = <T>(sink: ListSink<T>, event: WatchEvent<T>): event is BookmarkEvent<T> => {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
      sink.add(event.object);
      return false;
    case 'DELETED':
      sink.remove(event.object);
      return false;
    case 'BOOKMARK':
      return event.object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
    case 'ERROR':
      throw event.error;
  }
};

/**
 * The server does not stream lists: 400 or 422 where that is off or unknown, silence on an open stream where the parameter was
 * ignored. Silence before (no connection, no headers) says nothing about it.
 */
export const isRefusalToStream = (error: unknown, isOpen: boolean): boolean =>
  error instanceof KubeApiError && (error.status === 400 || error.status === 422 || (isOpen && isSilence(error)));

/** This side waited too long. */
export const isSilence = (error: unknown): boolean =>
  error instanceof KubeApiError && error.code === 'Timeout' && error.status === 0;
