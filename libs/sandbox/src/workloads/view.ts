import { keyOf, type KubeObject, type Resource } from '@kube-steward/kube';
import type { ClusterEvent } from '../cluster.ts';

/** A resource type whatever its version: an HPA is the same object in v1 and v2. */
export const resourceId = (resource: Pick<Resource, 'group' | 'plural'>): string =>
  `${resource.plural}.${resource.group}`;

/** The controlling owner of an object. */
export const controllerOf = (object: KubeObject): { uid: string; kind: string; name: string } | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller);

/** The objects of the cluster as the simulated controllers see them: by key, and by the uid of the controlling owner. */
export class View {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #byOwner = new Map<string, Map<string, KubeObject>>();

  apply(event: Pick<ClusterEvent, 'type' | 'resource' | 'object'>): void {
    const id = resourceId(event.resource);
    const key = keyOf(event.object);
    const owner = controllerOf(event.object)?.uid;
    const before = this.#of(id).get(key);
    const ownerBefore = before && controllerOf(before)?.uid;
    if (ownerBefore && ownerBefore !== owner) this.#children(id, ownerBefore).delete(key);
    if (event.type === 'DELETED') {
      this.#of(id).delete(key);
      if (owner) this.#dropChild(id, owner, key);
      return;
    }
    this.#of(id).set(key, event.object);
    if (owner) this.#children(id, owner).set(key, event.object);
  }

  get<T extends KubeObject>(resource: Pick<Resource, 'group' | 'plural'>, key: string): T | undefined {
    return this.#objects.get(resourceId(resource))?.get(key) as T | undefined;
  }

  /** Every object of `resource`. */
  *all<T extends KubeObject>(resource: Resource): Generator<T> {
    for (const object of this.#of(resourceId(resource)).values()) yield object as T;
  }

  /** The objects of `resource` that `owner` controls, oldest first. */
  children<T extends KubeObject>(resource: Resource, owner: KubeObject): T[] {
    const children = this.#byOwner.get(`${resourceId(resource)}/${owner.metadata.uid ?? ''}`);
    return children ? ([...children.values()] as T[]) : [];
  }

  #of(id: string): Map<string, KubeObject> {
    let objects = this.#objects.get(id);
    if (!objects) this.#objects.set(id, (objects = new Map<string, KubeObject>()));
    return objects;
  }

  #children(id: string, owner: string): Map<string, KubeObject> {
    const index = `${id}/${owner}`;
    let children = this.#byOwner.get(index);
    if (!children) this.#byOwner.set(index, (children = new Map<string, KubeObject>()));
    return children;
  }

  #dropChild(id: string, owner: string, key: string): void {
    const children = this.#children(id, owner);
    children.delete(key);
    if (children.size === 0) this.#byOwner.delete(`${id}/${owner}`);
  }
}
