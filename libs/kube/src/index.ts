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
export { type FieldSchema, NO_SCHEMA } from './patch/field-schema.ts';
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
