import {
  createStore,
  isForbidden,
  isNotFound,
  type KubeObject,
  type Resource,
  type Store,
  type StoredObject,
} from '@kube-steward/kube';
import type { Source, Sources } from '@kube-steward/downscaler';
import { StewardError } from './errors.ts';
import type { ReadContext } from './planners.ts';

/** How many lists run at once. */
const CONCURRENCY = 4;

/**
 * Lists every source of a live cluster, page by page, keeping only what the source keeps.
 *
 * A kind that is not installed is empty. A kind that may not be read is an error that names the missing rule, unless the
 * source is optional: then it is a notice.
 *
 * @returns the filled store of each source
 */
export const listSources = async (
  context: ReadContext,
  sources: Sources,
  namespaces: readonly string[],
): Promise<<P extends StoredObject>(source: Source<P>) => Store<P>> => {
  const all: Source<StoredObject>[] = [
    ...sources.workloads.values(),
    sources.namespaces,
    sources.awakePods,
    ...sources.callers,
    sources.services,
  ].map((source) => source as unknown as Source<StoredObject>);
  const stores = new Map<unknown, Store<StoredObject>>();
  const forbidden: string[] = [];
  const waiting = [...all];
  const work = async (): Promise<void> => {
    for (let source = waiting.shift(); source; source = waiting.shift()) {
      stores.set(source, await listOne(context, source, namespaces, forbidden));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (forbidden.length > 0) throw new StewardError('Forbidden', forbiddenMessage(forbidden));
  return (source) => stores.get(source) as unknown as ReturnType<typeof createStore<never>>;
};

const listOne = async (
  context: ReadContext,
  source: Source<StoredObject>,
  namespaces: readonly string[],
  forbidden: string[],
): Promise<Store<StoredObject>> => {
  const store = createStore<StoredObject>(source.indexes ?? {});
  const scopes = source.resource.namespaced && namespaces.length > 0 ? namespaces : [undefined];
  try {
    for (const namespace of scopes) await listInto(context, source, namespace, store);
  } catch (error) {
    if (isNotFound(error)) return store;
    if (!isForbidden(error)) throw error;
    if (source.optional) context.onNotice(`${nameOf(source.resource)} may not be read: going on without`);
    else forbidden.push(nameOf(source.resource));
  }
  return store;
};

const listInto = async (
  { client, onProgress, signal }: ReadContext,
  source: Source<StoredObject>,
  namespace: string | undefined,
  store: ReturnType<typeof createStore<StoredObject>>,
): Promise<void> => {
  const { resource, project, fieldSelector, metadataOnly, keepManagedFields } = source;
  const pages = client.listPages<KubeObject, StoredObject>(resource, {
    namespace,
    fieldSelector,
    metadataOnly,
    keepManagedFields,
    signal,
    project: (object) => {
      onProgress(1);
      return project(object);
    },
  });
  for await (const page of pages) for (const item of page.items) store.apply(item);
};

const nameOf = ({ group, plural }: Resource): string => (group ? `${plural}.${group}` : plural);

/** What to ask the cluster's owner for. */
const forbiddenMessage = (resources: readonly string[]): string => {
  const rules = resources.map((name) => {
    const [plural = '', ...group] = name.split('.');
    return `  - {apiGroups: ["${group.join('.')}"], resources: ["${plural}"], verbs: ["get", "list"]}`;
  });
  return `reading ${resources.join(', ')} is forbidden; a role needs these rules:\n${rules.join('\n')}`;
};
