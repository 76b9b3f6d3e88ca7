import type { ObjectName, Resource } from '@kube-steward/kube';
import { isNamed, type ResourceName } from './resource-name.ts';
import type { Rule } from './rules.ts';

/** The configuration, checked and ready to decide by. Made by `policyOf` from the options; holds no Kubernetes state. */
export interface Policy {
  /** What stands before the slash of every annotation: `janitor`. */
  readonly prefix: string;
  /** In the order in which they are asked. */
  readonly rules: readonly Rule[];
  readonly resources: {
    readonly include: 'all' | readonly ResourceName[];
    readonly exclude: readonly ResourceName[];
  };
  readonly namespaces: {
    readonly include: 'all' | ReadonlySet<string>;
    readonly exclude: ReadonlySet<string>;
  };
  /** Kinds that are not asked before a namespace or a claim goes: nothing in them is protected or uses a claim. */
  readonly unchecked: readonly ResourceName[];
  /** Kinds without a namespace, beside Namespace itself, which is always looked at. */
  readonly includeClusterResources: boolean;
  /** The age of an object that carries it begins no earlier than it says. */
  readonly deploymentTimeAnnotation?: string;
  /** How long before a delete it is announced, in milliseconds; 0: not at all. */
  readonly noticeMs: number;
  /** Where this process runs, if that is known: nothing of its own is deleted. */
  readonly ownNamespace?: string;
  /** How many objects are deleted in a second at most; absent: as fast as it goes. */
  readonly deletesPerSecond?: number;
}

/** kube-janitor's own defaults. */
export const DEFAULT_EXCLUDED = { resources: ['events', 'controllerrevisions'], namespaces: ['kube-system'] } as const;

/** Whether an object of a kind is looked at: included, and not excluded. A Namespace counts by its own name. */
export const isIncluded = (policy: Policy, resource: Resource, { namespace, name }: ObjectName): boolean =>
  isKindIncluded(policy, resource) && isNamespaceIncluded(policy, homeOf(resource, { namespace, name }));

/** Whether objects of this kind are looked at anywhere. */
export const isKindIncluded = ({ resources, includeClusterResources }: Policy, resource: Resource): boolean => {
  const { include, exclude } = resources;
  if (!resource.namespaced && !isNamespaces(resource) && !includeClusterResources) return false;
  if (exclude.some((name) => isNamed(name, resource))) return false;
  return include === 'all' || include.some((name) => isNamed(name, resource));
};

/** `undefined`: an object of the cluster, which is in no namespace. */
export const isNamespaceIncluded = ({ namespaces }: Policy, namespace: string | undefined): boolean => {
  if (namespace === undefined) return true;
  if (namespaces.exclude.has(namespace)) return false;
  return namespaces.include === 'all' || namespaces.include.has(namespace);
};

export const isNamespaces = ({ group, plural }: Resource): boolean => group === '' && plural === 'namespaces';

/** The namespace an object counts for. */
export const homeOf = (resource: Resource, { namespace, name }: ObjectName): string | undefined =>
  isNamespaces(resource) ? name : namespace;
