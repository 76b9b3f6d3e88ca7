import { printable, truncate } from '@kube-steward/cli';

import type { Action, Decision, FieldChange, ObjectReference } from './decision.ts';

/** `Deployment team-shop/checkout`, for messages. */
export const describeObject = ({ kind, namespace, name }: ObjectReference): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** `scaleDown` → `ScaleDown`, as events have it. */
export const actionName = (action: Action): string => action.charAt(0).toUpperCase() + action.slice(1);

/** Bookkeeping of ours; never what a change is about. */
const isBookkeeping = ({ path }: FieldChange): boolean =>
  path.startsWith('/metadata/annotations/') || path.startsWith('/metadata/labels/');

/**
 * What changes, in a few characters: `3 -> 0` for a size, the action's word for everything that has no size, `-` for no
 * change.
 */
export const describeChange = ({ action, changes }: Decision): string => {
  switch (action) {
    case 'scaleDown':
    case 'scaleUp':
    case 'setPriority':
    case 'recommend': {
      const change = changes.find((candidate) => !isBookkeeping(candidate)) ?? changes[0];
      return change ? `${valueText(change.from)} -> ${valueText(change.to)}` : action;
    }
    case 'suspend':
    case 'resume':
    case 'delete':
    case 'notify':
    case 'quarantine':
    case 'annotate':
      return action;
    case 'none':
    case 'invalid':
    case 'blocked':
      return '-';
  }
};

/** Longer values are cut: the whole change is in the document. */
const VALUE_WIDTH = 40;

const valueText = (value: unknown): string => {
  if (value === undefined || value === null) return 'none';
  return truncate(printable(typeof value === 'string' ? value : JSON.stringify(value)), VALUE_WIDTH);
};
