import type { Logger, Source } from '@kube-steward/controller';
import {
  RESOURCES,
  isAlreadyExists,
  isConflict,
  isNotFound,
  type Client,
  type InformerSet,
  type KubeObject,
} from '@kube-steward/kube';
import type { CancelTimer, Clock } from '@kube-steward/schedule';
import { NAME } from './names.ts';
import { NO_STATE, decodeState, encodeState, type State } from './state.ts';

/** The ConfigMap in the controller's own namespace. */
export const STATE_NAME = `kube-steward-${NAME}-state`;
/** Its key for the state as the controller writes it. */
export const STATE_KEY = 'state.json';

/** Changes of a second are saved together. */
const SAVE_AFTER_MS = 1000;
/** What cannot be saved now is tried again, for as long as there is something to save. */
const RETRY_AFTER_MS = 30_000;

interface StateMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface StoredState {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

export interface StateStoreOptions {
  /** Writes in `namespace` alone, or nowhere. */
  readonly client: Client;
  readonly namespace: string;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is to be saved. */
  readonly current: () => State;
  /** The ConfigMap as somebody else has written it: a process before this one, or a person who acknowledges a breaker. */
  readonly onRead: (state: State, data: Readonly<Record<string, string>>) => void;
}

export interface StateStore {
  /** There is something to save: it is, within a second. */
  changed(): void;
  /** Saves now what has not been saved. */
  save(): Promise<void>;
  readonly source: Source;
}

/** Keeps the state in a ConfigMap, so that it survives a restart and passes from one leader to the next. */
export const createStateStore = (options: StateStoreOptions): StateStore => {
  const { client, namespace, informers, clock, log, current, onRead } = options;
  let resourceVersion: string | undefined;
  let isDirty = false;
  let cancel: CancelTimer | undefined;
  let saving: Promise<void> = Promise.resolve();

  const take = ({ metadata, data }: StoredState): void => {
    if (metadata.resourceVersion === resourceVersion) return;
    ({ resourceVersion } = metadata);
    onRead(stateIn(data, log), data);
  };
  const informer = informers.get<StateMap, StoredState>({
    resource: RESOURCES.configMaps,
    namespace,
    fieldSelector: `metadata.name=${STATE_NAME}`,
    purpose: 'state',
    project: storedState,
  });

  const write = async (): Promise<void> => {
    const { text, dropped } = encodeState(current());
    if (dropped > 0)
      log.warn({ dropped }, 'there is no room for all that is to survive a restart: the newest is left out');
    const name = { namespace, name: STATE_NAME };
    const body = { metadata: { resourceVersion }, data: { [STATE_KEY]: text } };
    const saved =
      resourceVersion === undefined
        ? await client.create<StateMap>(RESOURCES.configMaps, newStateMap(namespace, text))
        : await client.patch<StateMap>(RESOURCES.configMaps, name, { type: 'merge', body });
    resourceVersion = saved.metadata.resourceVersion;
  };
  const read = async (): Promise<void> => {
    try {
      take(storedState(await client.get<StateMap>(RESOURCES.configMaps, { namespace, name: STATE_NAME })));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      resourceVersion = undefined;
    }
  };
  /** Whoever wrote in between is heard first. */
  const writeOver = async (tries = 3): Promise<void> => {
    try {
      await write();
    } catch (error) {
      const isOutdated = isConflict(error) || isAlreadyExists(error) || isNotFound(error);
      if (!isOutdated || tries <= 1) throw error;
      await read();
      await writeOver(tries - 1);
    }
  };
  const save = async (): Promise<void> => {
    cancel?.();
    cancel = undefined;
    if (!isDirty || client.writes === 'none') return;
    isDirty = false;
    try {
      await writeOver();
    } catch (error) {
      isDirty = true;
      saveIn(RETRY_AFTER_MS);
      log.warn(
        { error, configMap: `${namespace}/${STATE_NAME}` },
        'the state could not be saved: it is lost if this process ends',
      );
    }
  };
  const saveIn = (delayMs: number): void => {
    cancel ??= clock.setTimer(delayMs, () => void queued());
  };
  const queued = (): Promise<void> => (saving = saving.then(save));

  return {
    changed() {
      isDirty = true;
      if (client.writes !== 'none') saveIn(SAVE_AFTER_MS);
    },
    save: queued,
    source: {
      connect: () => informer.addHandler({ add: take, update: (_old, object) => take(object) }),
    },
  };
};

const storedState = ({ metadata, data = {} }: StateMap): StoredState => {
  const { name, namespace = '', resourceVersion = '' } = metadata;
  return { metadata: { name, namespace, resourceVersion }, data };
};

const newStateMap = (namespace: string, text: string): StateMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: STATE_NAME, namespace, labels: { 'app.kubernetes.io/part-of': 'kube-steward' } },
  data: { [STATE_KEY]: text },
});

/** What cannot be read is as good as lost: everything is announced and counted anew. */
const stateIn = (data: Readonly<Record<string, string>>, log: Logger): State => {
  const text = data[STATE_KEY];
  if (text === undefined) return NO_STATE;
  try {
    return decodeState(text);
  } catch (error) {
    log.warn({ error, configMap: STATE_NAME }, 'the saved state cannot be read: it begins anew');
    return NO_STATE;
  }
};
