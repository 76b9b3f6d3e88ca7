/** Wire JSON as the API server sends it: dates are strings, unknown fields stay. Fields are those this project reads. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Who set which fields, as server-side apply records it. `fieldsV1` is the nested `f:`/`k:` set of the API. */
export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Record<string, unknown>;
  subresource?: string;
}

export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

/** Any object of the API. Items of a list lack `apiVersion` and `kind` on the wire; the client sets them. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** An object whose further fields are looked at by path. */
export type Unstructured = KubeObject & Record<string, unknown>;

/** Name and, for a namespaced kind, namespace. */
export interface ObjectName {
  namespace?: string | undefined;
  name: string;
}

/** The key of an object in stores and queues: `namespace/name`, or `name` for a cluster-scoped kind. */
export const keyOf = (object: { metadata: { name: string; namespace?: string | undefined } }): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;

/** The parts of a key made by `keyOf`. */
export const parseKey = (key: string): ObjectName => {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
};
