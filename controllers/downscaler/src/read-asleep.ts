import {
  createStore,
  isNotFound,
  type Client,
  type KubeObject,
  type Store,
  type StoredObject,
} from '@kube-steward/kube';
import { messageOf } from '@kube-steward/cli';
import type { KindRow } from './kinds.ts';
import { workloadSource, type Source, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Workload } from './workload.ts';

/** A kind that could not be read, and why. */
export interface Unread {
  readonly row: KindRow;
  readonly message: string;
}

const EMPTY = createStore<never>({ namespace: () => [] });

/**
 * Lists every kind the downscaler knows, whatever is configured: what sleeps may have been put to sleep under another
 * configuration, or by another tool. A kind that is not installed is empty; one that cannot be read is named, and the others
 * are read.
 *
 * @param namespaces only these; empty: all
 */
export const readAsleep = async (
  client: Client,
  policy: Policy,
  namespaces: readonly string[],
): Promise<{ view: View; unread: readonly Unread[] }> => {
  const workloads = new Map<KindRow, Store<Workload>>();
  const unread: Unread[] = [];
  for (const row of policy.known) {
    const source = workloadSource(row, policy);
    const store = createStore<Workload>(source.indexes ?? {});
    workloads.set(row, store);
    try {
      for (const namespace of namespaces.length > 0 ? namespaces : [undefined])
        for (const workload of await listed(client, source, namespace)) store.apply(workload);
    } catch (error) {
      if (!isNotFound(error)) unread.push({ row, message: messageOf(error) });
    }
  }
  const empty = { namespaces: EMPTY, awakePods: EMPTY, callers: [], services: EMPTY, configMaps: [] };
  return { view: { workloads, ...empty }, unread };
};

const listed = async <P extends StoredObject>(
  client: Client,
  { resource, project, keepManagedFields }: Source<P>,
  namespace: string | undefined,
): Promise<P[]> => {
  const found: P[] = [];
  for await (const page of client.listPages<KubeObject, P>(resource, { namespace, keepManagedFields, project }))
    found.push(...page.items);
  return found;
};
