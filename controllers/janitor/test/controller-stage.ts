import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RESOURCES, type KubeObject, type Resource, type Unstructured } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import { createStage as createAnyStage, type Stage as AnyStage } from '../../../test/stage/index.ts';
import { JANITOR } from '../src/controller.ts';

export { OWN_NAMESPACE, until, type Actor } from '../../../test/stage/index.ts';

/** An Event as the janitor writes it. */
export interface Event extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly regarding: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
  };
}

/** The stage of the janitor, with what its tests do over and over again. */
export interface Stage extends AnyStage {
  /** An object of namespace `shop`, or of the cluster. */
  get(resource: Resource, name: string): Unstructured | undefined;
  /** Somebody else's merge patch of it. */
  edit(resource: Resource, name: string, body: object): void;
  /** The Events about objects of a name, in the order in which they were written. */
  eventsOn(name: string): Event[];
  /** What was deleted: `deployments/shop/web`, in this order. */
  deleted(): string[];
}

export interface StageOptions {
  /** RFC 3339. */
  readonly at: string;
  readonly objects: readonly Unstructured[];
}

/** Few kinds, so that an hour is soon over. */
export const FEW = '--include-resources=namespaces,deployments,configmaps';
export const AT = '2026-11-20T19:00:00Z';

/** A Deployment of namespace `shop`, made at the beginning. */
export const preview = (name: string, annotations: Record<string, string> = {}): Unstructured =>
  deployment({ namespace: 'shop', name, replicas: 2, creationTimestamp: AT, annotations });

/** A stage with a shop on it, closed at the end of the test. */
export const openShop = async (
  t: { teardown(end: () => Promise<void>): void },
  objects: readonly Unstructured[] = [],
  at = AT,
): Promise<Stage> => {
  const stage = await createStage({ at, objects: [namespace({ name: 'shop', creationTimestamp: AT }), ...objects] });
  t.teardown(() => stage.close());
  return stage;
};

export const createStage = async (options: StageOptions): Promise<Stage> => {
  const stage = await createAnyStage({ definition: JANITOR, ...options });
  const { cluster } = stage;
  const inShop = ({ namespaced }: Resource) => (namespaced ? { namespace: 'shop' } : {});
  return {
    ...stage,
    get: (resource, name) => cluster.get(resource, { ...inShop(resource), name }),
    edit: (resource, name, body) =>
      void cluster.patch(resource, name, { type: 'merge', body, fieldManager: 'kubectl-edit', ...inShop(resource) }),
    eventsOn: (name) =>
      (cluster.list(RESOURCES.events) as unknown as Event[]).filter(({ regarding }) => regarding.name === name),
    deleted: () =>
      stage
        .writes({ verb: 'delete' })
        .filter(({ code }) => code < 300)
        .map(({ resource, namespace, name }) => [resource, namespace, name].filter(Boolean).join('/')),
  };
};

/**
 * Lets time pass while somebody waits for an answer that does not come: nobody is ever quiet. A second is as long as a file takes
 * to be read: that is work of the machine, not of the clock.
 */
export const passRestlessly = async (
  stage: Stage,
  seconds: number,
  isOver: () => boolean = () => false,
): Promise<void> => {
  for (let second = 0; second < seconds && !isOver(); second += 1) {
    stage.clock.advance(1000);
    for (let turn = 0; turn < 40; turn += 1) await nextTurn();
    await readFile(import.meta.filename);
  }
};
