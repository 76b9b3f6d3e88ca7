import type { Deadline } from './deadline.ts';
import type { Observation } from './observe.ts';
import { isNamespaces, type Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

/** Why an object is kept although it is due. It lasts until somebody changes the object. */
export interface Veto {
  readonly reason: Reason;
  /** One sentence with the evidence. */
  readonly message: string;
}

type Protection = (o: Observation, deadline: Deadline, policy: Policy) => Veto | undefined;

const protectedByAnnotation: Protection = ({ candidate }) => {
  const { protect } = candidate.layer.entries;
  return protect?.value === true ? { reason: 'Protected', message: `${protect.writtenAs.key} keeps it` } : undefined;
};

const MOST_NAMED = 3;

const holdsProtected: Protection = ({ protectedInside: inside, unreadInside: unread }) => {
  if (inside.length === 0)
    return unread === undefined
      ? undefined
      : { reason: 'InsideUnknown', message: `whether it holds what is protected is not known: ${unread}` };
  const rest = inside.length > MOST_NAMED ? ` and ${inside.length - MOST_NAMED} more` : '';
  return {
    reason: 'HoldsProtected',
    message: `it holds what is protected: ${inside.slice(0, MOST_NAMED).join(', ')}${rest}`,
  };
};

const systemObject: Protection = ({ candidate: { system } }, { rule }) =>
  system && (rule !== undefined || !system.fromRules) ? { reason: system.reason, message: system.why } : undefined;

const ownNamespace: Protection = ({ candidate: { resource, metadata } }, { rule }, { ownNamespace: own }) => {
  if (own === undefined) return undefined;
  if (isNamespaces(resource) && metadata.name === own)
    return { reason: 'OwnObject', message: 'the janitor itself runs in it' };
  return rule && metadata.namespace === own
    ? { reason: 'OwnObject', message: 'rules delete nothing where the janitor itself runs' }
    : undefined;
};

const optOut: Protection = ({ candidate: { optOut: keeps } }) =>
  keeps === undefined ? undefined : { reason: 'KeptByAnnotation', message: `${keeps} keeps it` };

/** Its own annotations are its own here: what is a copy of its owner's was left out before. */
const liveOwner: Protection = ({ candidate, owner }, { rule, isNamed }) => {
  if (owner !== 'alive' || (rule !== undefined && isNamed && candidate.isFinished)) return undefined;
  const by = candidate.owner ? `${candidate.owner.kind}/${candidate.owner.name}` : 'its owner';
  return { reason: 'OwnerDecides', message: `${by} owns it and is still there` };
};

/** In the order in which they are asked; the first is the one that is told. */
export const PROTECTIONS: readonly { readonly name: string; readonly objects: Protection }[] = [
  { name: 'protected', objects: protectedByAnnotation },
  { name: 'holds protected objects', objects: holdsProtected },
  { name: 'system object', objects: systemObject },
  { name: 'own namespace', objects: ownNamespace },
  { name: 'kept for another tool', objects: optOut },
  { name: 'live owner', objects: liveOwner },
];

/** What stands against deleting an object, whatever its deadline; with whom to ask about it, where that is written on it. */
export const vetoOf = (o: Observation, deadline: Deadline, policy: Policy): Veto | undefined => {
  for (const { objects } of PROTECTIONS) {
    const veto = objects(o, deadline, policy);
    if (veto) return withResponsible(veto, o.candidate.responsible);
  }
  return undefined;
};

const withResponsible = ({ reason, message }: Veto, responsible: string | undefined): Veto => ({
  reason,
  message: responsible === undefined ? message : `${message} (${responsible})`,
});
