import { getPointer, RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { createStage as createAnyStage, type Stage as AnyStage } from '../../../test/stage/index.ts';
import { DOWNSCALER } from '../src/controller.ts';

export { until, type Actor } from '../../../test/stage/index.ts';

/** The stage of the downscaler, with what its tests do over and over again. */
export interface Stage extends AnyStage {
  /** An object of namespace `shop`. */
  get(resource: Resource, name: string): Unstructured | undefined;
  /** `spec.replicas` of an object of namespace `shop`. */
  size(name: string, resource?: Resource): unknown;
  /** Somebody else's merge patch of an object of namespace `shop`. */
  edit(resource: Resource, name: string, body: object, fieldManager?: string): void;
}

export interface StageOptions {
  /** RFC 3339. */
  readonly at: string;
  readonly objects: readonly Unstructured[];
}

export const createStage = async (options: StageOptions): Promise<Stage> => {
  const stage = await createAnyStage({ definition: DOWNSCALER, ...options });
  const { cluster } = stage;
  const get: Stage['get'] = (resource, name) => cluster.get(resource, { namespace: 'shop', name });
  return {
    ...stage,
    get,
    size: (name, resource = RESOURCES.deployments) => getPointer(get(resource, name), '/spec/replicas'),
    edit: (resource, name, body, fieldManager = 'kubectl-edit') =>
      void cluster.patch(resource, name, {
        type: 'merge',
        body,
        fieldManager,
        ...(resource.namespaced && { namespace: 'shop' }),
      }),
  };
};
