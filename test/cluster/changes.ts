import type { Client, Resource } from '@kube-steward/kube';

/** The changes of a namespace's objects from now on. */
export interface Changes {
  /** Resolves once there have been so many. To be asked once. */
  seen(count: number): Promise<void>;
}

/** Begins to watch: what is changed after this has resolved is seen. */
export const watchChanges = async (client: Client, resource: Resource, namespace: string): Promise<Changes> => {
  const { resourceVersion } = await client.list(resource, { namespace, limit: 1 });
  const { batches } = await client.watch(resource, { namespace, resourceVersion });
  return {
    async seen(count) {
      let changed = 0;
      for await (const batch of batches) {
        changed += batch.filter(({ type }) => type === 'MODIFIED').length;
        if (changed >= count) return;
      }
      throw new Error(`the watch ended after ${changed} of ${count} changes`);
    },
  };
};
