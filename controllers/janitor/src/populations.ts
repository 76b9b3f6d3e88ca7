import type { Client, Resource } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import { MOST_AT_ONCE } from './breaker.ts';
import { kindId, type KindId } from './keys.ts';

/** How many objects there are of a kind, as of the last time the server was asked. */
export interface Populations {
  /** 0 where nobody has asked: of what is not known, any part is a large one. */
  count(kind: KindId, namespace: string | undefined): number;
  /** One more is to be deleted: asks when there were so many that it matters, and nobody has just now. @throws KubeApiError */
  oneMore(resource: Resource, namespace: string | undefined): Promise<void>;
}

/** Many deletes of a moment share one answer. */
const FRESH_MS = 10_000;

interface Count {
  readonly count: Promise<number>;
  readonly askedAt: number;
}

/**
 * Counts objects without reading them: one object is asked for, and the server says how many remain. Nothing is kept of the
 * objects that nobody wants to delete, so that nobody else knows.
 */
export const createPopulations = (client: Pick<Client, 'listPages'>, clock: Clock): Populations => {
  const asked = new Map<string, Count>();
  const known = new Map<string, number>();
  const counted = new Map<string, number>();
  const idOf = (kind: KindId, namespace: string | undefined): string => `${kind}/${namespace ?? ''}`;

  const countOf = async (resource: Resource, namespace: string | undefined): Promise<number> => {
    for await (const { items, remainingItemCount = 0 } of client.listPages(resource, {
      namespace,
      limit: 1,
      metadataOnly: true,
    }))
      return items.length + remainingItemCount;
    return 0;
  };

  return {
    count: (kind, namespace) => known.get(idOf(kind, namespace)) ?? 0,
    async oneMore(resource, namespace) {
      const id = idOf(kindId(resource), namespace);
      const deletes = (counted.get(id) ?? 0) + 1;
      counted.set(id, deletes);
      if (deletes <= MOST_AT_ONCE) return;
      const last = asked.get(id);
      const isFresh = last !== undefined && clock.monotonic() - last.askedAt < FRESH_MS;
      const { count } = isFresh ? last : { count: countOf(resource, namespace) };
      if (!isFresh) asked.set(id, { count, askedAt: clock.monotonic() });
      try {
        known.set(id, await count);
      } catch (error) {
        asked.delete(id);
        throw error;
      }
    },
  };
};
