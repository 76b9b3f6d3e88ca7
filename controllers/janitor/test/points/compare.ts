import type { Decision } from '@kube-steward/plan';
import type { Test } from 'tap';
import { inShort } from '../decisions.ts';
import type { Row } from './point.ts';

const nameOf = ({ object: { kind, name } }: Decision): string => `${kind}/${name}`;

/** Holds what somebody has decided on the objects of a row against what the row says. */
export const isAsSaid = (t: Test, { about, said, decision }: Row, decisions: readonly Decision[]): void => {
  const byName = new Map(decisions.map((each) => [nameOf(each), each]));
  for (const [object, expected] of Object.entries(said)) {
    const decided = byName.get(object);
    t.equal(decided && inShort(decided), expected, `${object}: ${about}`);
  }
  t.match(byName.get(Object.keys(said)[0] ?? ''), decision, about);
};
