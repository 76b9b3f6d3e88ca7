import type { Unstructured } from '@kube-steward/kube';

/** A named cluster: its manifests, and the time its story begins. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  /** RFC 3339. Give the clock this time before loading. */
  readonly startAt: string;
  readonly objects: readonly Unstructured[];
}

/** `objects` put into one namespace. */
export const place = (namespace: string, objects: readonly Unstructured[]): Unstructured[] =>
  objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));

/** Requests of one container. */
export const amounts = (cpu: string, memory: string): { requests: { cpu: string; memory: string } } => ({
  requests: { cpu, memory },
});
