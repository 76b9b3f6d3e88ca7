import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import type { Stage } from './controller-stage.ts';

/** An Event as the controller writes it. */
export interface Event extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly series?: { readonly count: number };
}

/** The Events about objects of a name, in the order in which they were written. */
export const eventsOn = (stage: Stage, name: string): Event[] =>
  (stage.cluster.list(RESOURCES.events) as unknown as Event[]).filter(({ regarding }) => regarding.name === name);
