import type { Decision, ObjectReference } from '@kube-steward/plan';
import type { ManifestProblem, Manifests } from './manifests.ts';

/** Why an answer about an object is not known; `undefined` when it is. */
export type Doubt = (object: ObjectReference) => string | undefined;

/** A cluster is read whole, or not at all. */
export const NO_DOUBT: Doubt = () => undefined;

/**
 * What cannot be told because a file could not be read.
 *
 * A namespace without a manifest is a bare one, unless its manifest may be in a file that could not be read: then its
 * annotations are unknown, and so is everything that is decided in it.
 */
export const doubtOf = ({ objects, problems }: Manifests): Doubt => {
  if (problems.length === 0) return NO_DOUBT;
  const declared = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  const unread = problems.find(({ object }) => object === undefined);
  const refused = new Map<string, ManifestProblem>(
    problems.flatMap((problem) => (problem.object?.kind === 'Namespace' ? [[problem.object.name, problem]] : [])),
  );
  return ({ namespace }) => {
    if (namespace === undefined || declared.has(namespace)) return undefined;
    const own = refused.get(namespace);
    const problem = own ?? unread;
    if (!problem) return undefined;
    const why = own
      ? `its manifest in ${problem.where} is refused`
      : `its manifest may be in ${problem.where}, which cannot be read`;
    return `the annotations of namespace ${namespace} are unknown: ${why}`;
  };
};

/** The decision, taken back where what it rests on is unknown. What is wrong with the object itself stays said. */
export const blockUnknown = (decision: Decision, doubt: Doubt): Decision => {
  const message = decision.action === 'invalid' ? undefined : doubt(decision.object);
  if (message === undefined) return decision;
  const { controller, object } = decision;
  return { controller, object, action: 'blocked', reason: 'UnknownNamespace', message, changes: [] };
};
