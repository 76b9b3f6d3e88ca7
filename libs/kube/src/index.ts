/**
 * The Kubernetes API: where it is and who we are (`loadEndpoint`), requests (`createTransport`, `createClient`), and the
 * state of a cluster kept up to date in memory (`createInformer`, `createInformerSet`). Beside them what any of it needs:
 * selectors, quantities, patches, managed fields, discovery.
 *
 * Objects are wire JSON throughout. Every failure is a `KubeApiError` with a `code`. Time comes from an injected `Clock`.
 *
 * @example
 * const transport = createTransport(await loadEndpoint({}));
 * const client = createClient(transport, { readOnly: true });
 * const { items } = await client.list(RESOURCES.deployments, { namespace: 'web' });
 */
export * from './objects.ts';
export * from './resources.ts';
export * from './client-api.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export * from './request.ts';
export * from './json-stream.ts';
export { createClient, userAgentOf, type ClientOptions } from './client.ts';
export { isRead, restrictWrites } from './read-only.ts';
export { createTransport, type TransportOptions } from './transport.ts';
export { type FieldSchema, fieldSchema, NO_SCHEMA } from './patch/field-schema.ts';
export { goText, goTypeName } from './patch/go-text.ts';
export { isJsonObject, jsonEqual, type JsonObject } from './patch/json.ts';
export { applyJsonPatch, type JsonPatchOperation } from './patch/json-patch.ts';
export {
  escapePointer,
  formatPointer,
  getPointer,
  parsePointer,
  setPointer,
  unescapePointer,
} from './patch/json-pointer.ts';
export { schemaOf } from './patch/kind-schemas.ts';
export { applyMergePatch, createMergePatch, type FieldPatch, mergePatchOf } from './patch/merge-patch.ts';
export { applyStrategicMergePatch } from './patch/strategic-merge-patch.ts';
export {
  type FieldRequirement,
  type FieldSelector,
  formatFieldSelector,
  matchesFields,
  parseFieldSelector,
} from './field-selector.ts';
export { labelKeyProblem, labelValueProblem } from './label-syntax.ts';
export {
  EVERYTHING,
  formatLabelSelector,
  type LabelOperator,
  type LabelRequirement,
  type LabelSelector,
  labelSelectorOf,
  type LabelSelectorSpec,
  matchesLabels,
  parseLabelSelector,
} from './selectors.ts';
export { compareResourceVersions, isOlder } from './resource-version.ts';
export {
  createInformer,
  type Informer,
  type InformerHandler,
  type InformerOptions,
  type InformerStatus,
} from './informer.ts';
export {
  createInformerSet,
  type InformerSet,
  type InformerSetOptions,
  type SharedInformerOptions,
} from './informer-set.ts';
export {
  createReflector,
  type ListSink,
  type ListStrategy,
  type Reflector,
  type ReflectorOptions,
  type ReflectorSink,
  type ReflectorStatus,
} from './reflector.ts';
export { type RelistReason } from './reflector/recovery.ts';
export { createSharing, type Share, type Sharing } from './sharing.ts';
export {
  createStore,
  type Delta,
  type IndexFunctions,
  type Staging,
  type Store,
  type StoredObject,
  type WritableStore,
} from './store.ts';
export { type IndexFunction } from './store-index.ts';
export { applyConfiguration, type Applied, type ApplyWrite } from './managed-fields/apply.ts';
export {
  differenceOf,
  type FieldSet,
  fieldSetOfV1,
  fieldsV1Of,
  hasPath,
  intersectionOf,
  leavesOf,
  pathsOf,
  unionOf,
} from './managed-fields/field-set.ts';
export { compareFields, fieldSetOf } from './managed-fields/object-fields.ts';
export { type FieldOwner, ownersOf, ownersWithin } from './managed-fields/owners.ts';
export { formatFieldPath, keyElement, type PathElement, valueElement } from './managed-fields/path-element.ts';
export { managedFieldsAfterUpdate, type UpdateWrite } from './managed-fields/update.ts';
export { type EndpointOptions, loadEndpoint } from './kubeconfig.ts';
export { type Impersonation } from './kubeconfig/impersonation.ts';
export { type Environment } from './kubeconfig/types.ts';
export {
  addQuantities,
  compareQuantities,
  cpuCores,
  formatQuantity,
  formatQuantityExact,
  memoryBytes,
  parseQuantity,
  parseQuantityExact,
  type Quantity,
  type QuantityFormat,
  quantityValue,
} from './quantity.ts';
export { discover, preferredResources } from './discovery.ts';
export { type Discovered, type DiscoveredResource, type DiscoveryProblem } from './discovery/discovered.ts';
export { findResource } from './discovery/find-resource.ts';
