import type { Action, Decision } from '@kube-steward/plan';

/** Which way a change goes: towards less, or back. */
export type Direction = 'sleep' | 'wake';

const DIRECTIONS: { readonly [A in Action]?: Direction } = {
  scaleDown: 'sleep',
  suspend: 'sleep',
  scaleUp: 'wake',
  resume: 'wake',
};

/** @returns `undefined` for what changes nothing */
export const directionOf = ({ action }: Pick<Decision, 'action'>): Direction | undefined => DIRECTIONS[action];
