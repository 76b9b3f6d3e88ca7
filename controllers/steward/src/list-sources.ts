import {
  RESOURCES,
  createStore,
  isForbidden,
  isNotFound,
  type KubeObject,
  type Resource,
  type Store,
  type StoredObject,
} from '@kube-steward/kube';
import type { Source } from '@kube-steward/downscaler';
import { StewardError } from './errors.ts';
import type { ReadContext } from './planners.ts';

/** How many lists run at once. */
const CONCURRENCY = 4;

/** Any source: what it keeps is only stored here. */
export type AnySource = Source<StoredObject>;
type Filled = ReturnType<typeof createStore<StoredObject>>;

/**
 * Lists every source of a live cluster, page by page, keeping only what the source keeps.
 *
 * A kind that is not installed is empty. What may not be read is named all at once with the rules that would allow it: as an
 * error, or as a notice where every such source is optional.
 *
 * @param namespaces only these; empty: all
 * @returns the filled store of each source
 */
export const listSources = async (
  context: ReadContext,
  sources: readonly AnySource[],
  namespaces: readonly string[],
): Promise<<P extends StoredObject>(source: Source<P>) => Store<P>> => {
  const stores = new Map<unknown, Filled>();
  await readSources(context, sources, namespaces, (source) => {
    const store = createStore<StoredObject>(source.indexes ?? {});
    stores.set(source, store);
    return store;
  });
  return (source) => stores.get(source) as unknown as ReturnType<typeof createStore<never>>;
};

/**
 * The same, into stores of the caller's own.
 *
 * @returns the sources that may not be read
 */
export const readSources = async (
  context: ReadContext,
  sources: readonly AnySource[],
  namespaces: readonly string[],
  storeFor: (source: AnySource) => Pick<Filled, 'apply'>,
): Promise<ReadonlySet<AnySource>> => {
  const forbidden = new Set<AnySource>();
  const waiting = [...sources];
  const work = async (): Promise<void> => {
    for (let source = waiting.shift(); source; source = waiting.shift())
      await fill(storeFor(source), source, { context, namespaces, forbidden });
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  report([...forbidden], namespaces, context);
  return forbidden;
};

interface Reading {
  readonly context: ReadContext;
  readonly namespaces: readonly string[];
  readonly forbidden: Set<AnySource>;
}

const fill = async (
  store: Pick<Filled, 'apply'>,
  source: AnySource,
  { context, namespaces, forbidden }: Reading,
): Promise<void> => {
  const isNamespaces = source.resource.plural === RESOURCES.namespaces.plural && source.resource.group === '';
  const asked = source.resource.namespaced && namespaces.length > 0 ? namespaces : [undefined];
  const scopes = source.namespace === undefined ? asked : [source.namespace];
  try {
    if (isNamespaces && namespaces.length > 0)
      for (const name of namespaces) await getInto(context, source, name, store);
    else for (const namespace of scopes) await listInto(context, source, namespace, store);
  } catch (error) {
    if (isForbidden(error)) forbidden.add(source);
    else if (!isNotFound(error)) throw error;
  }
};

const listInto = async (
  { client, onProgress }: ReadContext,
  source: AnySource,
  namespace: string | undefined,
  store: Pick<Filled, 'apply'>,
): Promise<void> => {
  const { resource, fieldSelector, metadataOnly, keepManagedFields } = source;
  const pages = client.listPages<KubeObject, StoredObject>(resource, {
    namespace,
    fieldSelector,
    metadataOnly,
    keepManagedFields,
    project: (object) => {
      onProgress(1);
      return source.project(object);
    },
  });
  for await (const page of pages) for (const item of page.items) store.apply(item);
};

/** Whoever may not list namespaces may often read his own. */
const getInto = async (
  context: ReadContext,
  source: AnySource,
  name: string,
  store: Pick<Filled, 'apply'>,
): Promise<void> => {
  const kept = source.project(await context.client.get(source.resource, { name }));
  if (kept) store.apply(kept);
};

/** Optional sources alone: their lack is told, and the answer is given without them. */
const report = (forbidden: readonly AnySource[], namespaces: readonly string[], { onNotice }: ReadContext): void => {
  if (forbidden.length === 0) return;
  const names = forbidden.map(({ resource }) => nameOf(resource)).join(', ');
  const rules = forbidden.map(({ resource }) => ruleFor(resource)).join('\n');
  const role = namespaces.length > 0 ? 'a Role or ClusterRole' : 'a ClusterRole';
  if (forbidden.every(({ optional }) => optional)) {
    onNotice(`going on without ${names}, which may not be read; ${role} with these rules would allow it:\n${rules}`);
    return;
  }
  throw new StewardError('Forbidden', `${names} may not be read; ${role} needs these rules:\n${rules}`);
};

const nameOf = ({ group, plural }: Resource): string => (group ? `${plural}.${group}` : plural);

const ruleFor = ({ group, plural }: Resource): string =>
  `  - {apiGroups: ["${group}"], resources: ["${plural}"], verbs: ["get", "list"]}`;
