import type { Resource } from '../resources.ts';

/** A resource type as the server describes it. */
export interface DiscoveredResource extends Resource {
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** `all` for one. */
  readonly categories: readonly string[];
  /** `get`, `list`, `watch`, `delete` and so on. */
  readonly verbs: readonly string[];
  /** `status`, `scale`, `eviction` and so on. */
  readonly subresources: readonly string[];
  /** Whether its version is the one the server prefers in its group. */
  readonly preferred: boolean;
}

/** A version of a group that could not be asked. */
export interface DiscoveryProblem {
  /** `metrics.k8s.io/v1beta1`, or `v1` of the core group. */
  readonly groupVersion: string;
  readonly message: string;
}

export interface Discovered {
  readonly resources: readonly DiscoveredResource[];
  readonly problems: readonly DiscoveryProblem[];
}

export const problemOf = (group: string, version: string, message: string): DiscoveryProblem => ({
  groupVersion: group === '' ? version : `${group}/${version}`,
  message,
});

/** A version of a group whose resources are being read. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly isPreferred: boolean;
}
