import { getPointer, isNotFound, type Client, type KubeObject, type Resource } from '@kube-steward/kube';

/** Whose custom resource it is, and what it makes of it. */
export interface OperatorOptions {
  readonly client: Client;
  readonly manager: string;
  readonly owner: { readonly resource: Resource; readonly namespace: string; readonly name: string };
  /** What it creates for the custom resource; its size is the owner's `spec.replicas`. */
  readonly child: { readonly resource: Resource; readonly object: KubeObject };
}

/** Plays an operator: whenever it looks, its child has the size that the custom resource asks for. */
export interface Operator {
  /** Looks once. @returns whether the child had to be changed */
  reconcile(): Promise<boolean>;
}

export const createOperator = ({ client, manager, owner, child }: OperatorOptions): Operator => ({
  async reconcile() {
    const { metadata, apiVersion = '', kind = '', ...rest } = await client.get(owner.resource, owner);
    const replicas = getPointer(rest, '/spec/replicas');
    const { name, namespace, uid = '' } = metadata;
    const ownerReferences = [{ apiVersion, kind, name, uid, controller: true }];
    const object = { ...child.object, metadata: { ...child.object.metadata, namespace, ownerReferences } };
    const key = { namespace, name: object.metadata.name };
    const live = await client.get(child.resource, key).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    const fieldManager = manager;
    if (!live) {
      const spec = { ...(getPointer(object, '/spec') as object), replicas };
      await client.create(child.resource, { ...object, spec } as KubeObject, { fieldManager });
      return true;
    }
    if (getPointer(live, '/spec/replicas') === replicas) return false;
    await client.patch(child.resource, key, { type: 'merge', body: { spec: { replicas } }, fieldManager });
    return true;
  },
});
