import { sleep, type Logger, type Source } from '@kube-steward/controller';
import { RESOURCES, createStore, isNotFound, type Client, type KubeObject, type Store } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import type { Key } from './keys.ts';
import type { NamespaceView } from './observe.ts';

/** With rights in single namespaces only, a namespace can be read but not watched. */
const POLL_MS = 5 * 60_000;
/** At the start nothing is decided before every namespace is known. */
const RETRY_MS = 5000;

/** Namespaces that are asked for now and then. */
export interface PolledNamespaces {
  readonly store: Store<NamespaceView>;
  /** Resolves when each has been read, or is known not to exist: one that is not known could be excluded. */
  known(signal: AbortSignal): Promise<void>;
  /** What a changed namespace makes due; polling begins when it is connected. */
  due(keysOf: (namespace: NamespaceView) => Iterable<Key>): Source;
}

export interface PollOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly names: readonly string[];
  readonly project: (object: KubeObject) => NamespaceView | undefined;
}

/** Reads the named namespaces every five minutes. What cannot be read keeps its last state. */
export const pollNamespaces = ({ client, clock, log, names, project }: PollOptions): PolledNamespaces => {
  const store = createStore<NamespaceView>();
  const unknown = new Set(names);
  const readOne = async (name: string): Promise<NamespaceView[]> => {
    try {
      const view = project(await client.get(RESOURCES.namespaces, { name }));
      unknown.delete(name);
      return view && store.apply(view).length > 0 ? [view] : [];
    } catch (error) {
      const last = store.get(name);
      if (isNotFound(error)) unknown.delete(name);
      if (isNotFound(error) && last) return store.remove(last).map(() => last);
      log.warn({ error, namespace: name }, 'the namespace cannot be read');
      return [];
    }
  };
  const readAll = async (): Promise<NamespaceView[]> => (await Promise.all(names.map(readOne))).flat();
  return {
    store,
    async known(signal) {
      for (await readAll(); unknown.size > 0 && !signal.aborted; await readAll()) await sleep(clock, RETRY_MS, signal);
    },
    due: (keysOf) => ({
      connect(add) {
        let cancel = (): void => undefined;
        let stopped = false;
        const poll = async (): Promise<void> => {
          for (const namespace of await readAll()) for (const key of keysOf(namespace)) add(key);
          if (!stopped) cancel = clock.setTimer(POLL_MS, () => void poll());
        };
        cancel = clock.setTimer(POLL_MS, () => void poll());
        return () => {
          stopped = true;
          cancel();
        };
      },
    }),
  };
};
