import { NO_SIZE } from './size-forms.ts';
import type { JsonScalar } from './kinds.ts';
import type { Observation } from './observe.ts';
import { isSetByUs } from './manual-change.ts';
import type { Policy } from './policy.ts';
import { changesUp, replicasOf, standingOf, upAction } from './sizes.ts';
import type { Verdict } from './verdict.ts';
import type { Workload } from './workload.ts';

/** Down by our own hand, and nothing says what it was before: a GitOps tool pruned the annotation. */
export const isLost = (workload: Workload, policy: Policy): boolean =>
  workload.original === undefined &&
  workload.sizeOwners.length > 0 &&
  isSetByUs(workload, policy) &&
  standingOf(workload.row.size, workload.fields, NO_SIZE) === 'at';

/**
 * The way back without a stored original: from the last applied configuration, else the autoscaler's lower bound, else the
 * kind's only other state; else a person has to say it.
 */
export const recover = ({ workload, autoscaler }: Observation, none: Verdict): Verdict => {
  const { size } = workload.row;
  const bound = autoscaler && replicasOf(autoscaler.row.size, autoscaler.fields);
  const known: readonly (readonly [how: string, original: JsonScalar | undefined])[] = [
    ['the size is from its last applied configuration', workload.lastApplied],
    [`the size is the lower bound of ${autoscaler?.metadata.name ?? ''}`, bound],
    ['it was resumed, as it must have run before', workload.lastApplied ?? ONLY_OTHER_STATE[size.form]],
  ];
  for (const [how, original] of known) {
    const changes = original === undefined ? undefined : changesUp(size, workload.fields, String(original));
    if (!changes?.length) continue;
    const message = `its stored original is gone; ${how}`;
    return { ...none, action: upAction(size), reason: 'OriginalLost', message, changes };
  }
  return lost(none);
};

const ONLY_OTHER_STATE: { readonly [form: string]: string } = { switch: '1', selector: '1', pause: '-1' };

const lost = (none: Verdict): Verdict => ({
  ...none,
  action: 'blocked',
  reason: 'OriginalLost',
  message: 'we put it to sleep and its stored original is gone: set its size by hand',
});
