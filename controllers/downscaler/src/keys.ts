import { isOfKind, objectId, type KindRow } from './kinds.ts';
import type { AwakePod, NamespaceView, View } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Workload } from './workload.ts';

/** A key of the work queue: `deployments.apps/team-shop/checkout`, `namespaces/team-shop`, or `calendars`. */
export type Key = string;

const NAMESPACES = 'namespaces';
const MORNINGS = 'mornings';

/** The calendars in ConfigMaps, all of them. */
export const CALENDARS: Key = 'calendars';

const kindId = ({ resource }: KindRow): string =>
  resource.group ? `${resource.plural}.${resource.group}` : resource.plural;

export const workloadKey = ({ row, metadata }: Workload): Key =>
  `${kindId(row)}/${metadata.namespace}/${metadata.name}`;

export const namespaceKey = (name: string): Key => `${NAMESPACES}/${name}`;

/** `team-shop/checkout` of a workload's key. */
export const objectOf = (key: Key): string => key.slice(key.indexOf('/') + 1);

/** To tell how the wakes of one transition went. */
export const morningKey = (id: string): Key => `${MORNINGS}/${id}`;

/** What a key stands for: the calendars, a namespace, the wakes of one transition, or an object of one row by its store key. */
export type Subject =
  | { readonly calendars: true }
  | { readonly namespace: string }
  | { readonly morning: string }
  | { readonly row: KindRow; readonly object: string };

/** @returns `undefined` for a key of a kind that is not read */
export const subjectOf = (rows: Iterable<KindRow>, key: Key): Subject | undefined => {
  if (key === CALENDARS) return { calendars: true };
  const slash = key.indexOf('/');
  const kind = key.slice(0, slash);
  const rest = objectOf(key);
  if (kind === NAMESPACES) return { namespace: rest };
  if (kind === MORNINGS) return { morning: rest };
  for (const row of rows) if (kindId(row) === kind) return { row, object: rest };
  return undefined;
};

/** Every key of a namespace: what to look at again when something of the namespace itself has changed. */
export const keysOfNamespace = function* (view: View, namespace: string): Generator<Key> {
  for (const store of view.workloads.values())
    for (const workload of store.byIndex('namespace', namespace)) yield workloadKey(workload);
};

/** A changed workload, what scales it, what it scales, and the Jobs it owns. */
export const keysOfWorkload = function* (view: View, workload: Workload): Generator<Key> {
  yield workloadKey(workload);
  const { target, reference, metadata } = workload;
  const id = objectId(metadata.namespace, reference);
  for (const [row, store] of view.workloads) {
    for (const follower of [...store.byIndex('target', id), ...store.byIndex('owner', id)]) yield workloadKey(follower);
    const scaled = target && isOfKind(row, target) ? store.get(`${metadata.namespace}/${target.name}`) : undefined;
    if (scaled) yield workloadKey(scaled);
  }
};

/** A namespace itself and everything in it. */
export const keysOfNamespaceChange = function* (view: View, { metadata }: NamespaceView): Generator<Key> {
  yield namespaceKey(metadata.name);
  yield* keysOfNamespace(view, metadata.name);
};

/** Everything there is. */
export const allKeys = function* (view: View): Generator<Key> {
  for (const { metadata } of view.namespaces.list()) yield namespaceKey(metadata.name);
  for (const store of view.workloads.values()) for (const workload of store.list()) yield workloadKey(workload);
};

/** What a pod with force-uptime bears on: its namespace, or everything. */
export const keysOfPod = function* (view: View, policy: Policy, pod: AwakePod): Generator<Key> {
  yield namespaceKey(pod.metadata.namespace);
  if (!policy.podsForceCluster) {
    yield* keysOfNamespace(view, pod.metadata.namespace);
    return;
  }
  yield* allKeys(view);
};
