/**
 * How one field of a kind is merged, where that differs from the default. The defaults: objects merge field by field,
 * lists are replaced and owned whole.
 *
 * Strategic merge patch and server-side apply follow different marks of the API's types and disagree here and there
 * (a container's ports merge by `containerPort` alone in the one, by `containerPort` and `protocol` in the other), so each
 * has its own members.
 */
export interface FieldSchema {
  /** Rules of an object's fields, or of those of a list's items. */
  readonly fields?: Readonly<Record<string, FieldSchema>>;
  /** Apply: rules of an object's other fields; each is owned besides what is in it. */
  readonly values?: FieldSchema;
  /** Strategic merge: items of this list merge by this key. */
  readonly mergeKey?: string;
  /** Strategic merge: a list of scalars merges as a set. */
  readonly mergeScalars?: true;
  /** Strategic merge: this object is replaced, never merged. */
  readonly replace?: true;
  /** Apply: items of this list have owners of their own and are told apart by these keys, in alphabetical order. */
  readonly listKeys?: readonly string[];
  /** Apply: what a missing key means. */
  readonly keyDefaults?: Readonly<Record<string, string | number>>;
  /** Apply: each item of this list has one owner for all of it. */
  readonly atomicItems?: true;
  /** Apply: a list of scalars, each with owners of its own. */
  readonly listSet?: true;
  /** Apply: an object with one owner for all of it. */
  readonly atomic?: true;
  /** Apply: what the server always writes, so that its coming is no change (`spec`, `spec.template`, `containers`). */
  readonly present?: true;
}

/** Nothing special is known. */
export const NO_SCHEMA: FieldSchema = {};

/** The rules of a field of an object, or of each item's field when `schema` is a list's. */
export const fieldSchema = (schema: FieldSchema, field: string): FieldSchema =>
  (hasRules(schema, field) ? schema.fields?.[field] : schema.values) ?? NO_SCHEMA;

/** Whether a field is one that the schema knows by no name of its own, where such fields have rules. */
export const isUnnamed = (schema: FieldSchema, field: string): boolean =>
  schema.values !== undefined && !hasRules(schema, field);

const hasRules = ({ fields }: FieldSchema, field: string): boolean =>
  fields !== undefined && Object.hasOwn(fields, field);
