import { jsonEqual } from './patch/json.ts';

/** Gives back an equal value seen earlier in the group, if there is one, so that equal values are in memory once. */
export type Share = <V>(slot: string, value: V) => V;

/** Values shared inside groups of siblings. */
export interface Sharing {
  /** The values of one group, say of the pods of one ReplicaSet by its uid. `undefined`: no siblings, nothing is shared. */
  group(id: string | undefined): Share;
}

/**
 * Lets projections of siblings share what they have in common. The pods of a ReplicaSet have the same labels, containers and
 * owner; shared, 100,000 of them need about half the memory. Shared values have to be left unchanged, as all projections do.
 *
 * Only the latest value of a slot is remembered, and only the `maxGroups` groups used first or again most recently.
 *
 * @example
 * const sharing = createSharing();
 * const podView = ({ metadata, spec }: Pod): PodView => {
 *   const share = sharing.group(metadata.ownerReferences?.[0]?.uid);
 *   return { metadata: { ...identity(metadata), labels: share('labels', metadata.labels) }, nodeName: spec.nodeName };
 * };
 */
export const createSharing = ({ maxGroups = 20_000 }: { maxGroups?: number } = {}): Sharing => {
  const groups = new Map<string, Map<string, unknown>>();
  return {
    group(id) {
      if (id === undefined) return (_slot, value) => value;
      const slots = groups.get(id) ?? new Map<string, unknown>();
      groups.delete(id);
      groups.set(id, slots);
      if (groups.size > maxGroups) for (const oldest of groups.keys()) if (groups.delete(oldest)) break;
      return <V>(slot: string, value: V): V => {
        const known = slots.get(slot);
        if (jsonEqual(known, value)) return known as V;
        slots.set(slot, value);
        return value;
      };
    },
  };
};
