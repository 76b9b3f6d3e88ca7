import { pluralOf } from './kind-definitions.ts';
import type { Policy } from './policy.ts';
import { sizeText } from './sizes.ts';
import type { SizeOwner, Workload } from './workload.ts';

/** Who changed the size after we put the workload to sleep, and what that means. */
export interface LastChange {
  /**
   * - `operator`: the object belongs to a controller we do not know, which will set it back each time
   * - `git`: the new size was applied (server-side, or in the last-applied configuration): it is wanted from now on
   * - `manual`: anything else
   */
  readonly kind: 'operator' | 'git' | 'manual';
  readonly manager: string;
  readonly at?: number;
  /** The option that would put the owner to sleep instead; empty without an owner. */
  readonly hint: string;
}

const isOurs = (owner: SizeOwner, policy: Policy): boolean => policy.fieldManagers.has(owner.manager);

/** Whether the size was last set by us; also where nothing is known of who set it. */
export const isSetByUs = (workload: Workload, policy: Policy): boolean =>
  workload.sizeOwners.length === 0 || workload.sizeOwners.some((owner) => isOurs(owner, policy));

/** The last change by somebody else, where the size of a sleeping workload is not ours any more. */
export const lastChangeOf = (workload: Workload, policy: Policy): LastChange | undefined => {
  if (isSetByUs(workload, policy)) return undefined;
  const [latest] = [...workload.sizeOwners].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  if (!latest) return undefined;
  const applied = workload.sizeOwners.some((owner) => owner.applied) || isLastApplied(workload);
  return {
    kind: workload.owner ? 'operator' : applied ? 'git' : 'manual',
    manager: latest.manager,
    ...(latest.at === undefined ? {} : { at: latest.at }),
    hint: workload.owner ? `--scale-target ${scaleTargetOf(workload.owner)}` : '',
  };
};

const isLastApplied = (workload: Workload): boolean =>
  workload.lastApplied !== undefined && String(workload.lastApplied) === sizeText(workload.row.size, workload.fields);

/** A line to start from: the plural is the usual one, the path the usual one. */
const scaleTargetOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): string =>
  `${apiVersion}/${pluralOf(kind)}:/spec/replicas=0`;
