import {
  childSchema,
  hasChild,
  isEmbedded,
  isObject,
  itemSchema,
  META_FIELDS,
  preserves,
  type Schema,
} from './schema.ts';

export interface ReadResource {
  readonly object: Readonly<Record<string, unknown>>;
  /** Paths of fields the schema does not have; they are not in the object. */
  readonly unknown: readonly string[];
}

/**
 * A custom resource as the server reads it: without what its schema does not have, without nulls that may not be there, and with
 * what has a default. With `keepsNulls` what an apply made, where they stay, to be refused.
 */
export const readResource = (
  object: Readonly<Record<string, unknown>>,
  schema: Schema,
  keepsNulls = false,
): ReadResource => {
  const unknown: string[] = [];
  const root = { ...schema, 'x-kubernetes-embedded-resource': true };
  const known = pruned(object, root, '', preserves(schema), unknown);
  return {
    object: withDefaults(keepsNulls ? known : withoutNulls(known, root), root) as ReadResource['object'],
    unknown: unknown.filter((path) => !META_FIELDS.includes(path)).sort(),
  };
};

/** What is not in the schema goes, and is told, but for where it is kept. */
const pruned = (
  value: unknown,
  schema: Schema | undefined,
  path: string,
  keeps: boolean,
  unknown: string[],
): unknown => {
  if (Array.isArray(value)) {
    const items = itemSchema(schema);
    if (keeps && !items) return value;
    return value.map((item, index) => pruned(item, items, `${path}[${index}]`, keeps || preserves(items), unknown));
  }
  if (!isObject(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [name, child] of Object.entries(value)) {
    const below = path === '' ? name : `${path}.${name}`;
    if (schema && isEmbedded(schema) && META_FIELDS.includes(name)) kept.push([name, child]);
    else if (schema && hasChild(schema, name)) {
      const own = childSchema(schema, name);
      kept.push([name, pruned(child, own, below, preserves(own), unknown)]);
    } else if (keeps) kept.push([name, child]);
    else unknown.push(below);
  }
  return Object.fromEntries(kept);
};

const mapChildren = (
  value: unknown,
  schema: Schema | undefined,
  map: (child: unknown, schema: Schema | undefined) => unknown,
): unknown => {
  if (Array.isArray(value)) return value.map((item) => map(item, itemSchema(schema)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const next = map(child, childSchema(schema, name));
      return next === undefined ? [] : [[name, next] as const];
    }),
  );
};

/** A null that is not allowed and has no default is no field. Items stay. */
const withoutNulls = (value: unknown, schema: Schema | undefined): unknown =>
  mapChildren(value, schema, (child, own) => {
    const goes = child === null && !Array.isArray(value) && own && own['nullable'] !== true && !('default' in own);
    return goes ? undefined : withoutNulls(child, own);
  });

const withDefaults = (value: unknown, schema: Schema | undefined): unknown => {
  const filled = isObject(value) && schema ? { ...value, ...missing(value, schema) } : value;
  return mapChildren(filled, schema, (child, own) =>
    withDefaults(child === null && own && own['nullable'] !== true ? (own['default'] ?? null) : child, own),
  );
};

const missing = (value: Readonly<Record<string, unknown>>, { properties }: Schema): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) =>
      isObject(property) && (property['default'] ?? null) !== null && value[name] === undefined
        ? [[name, property['default']] as const]
        : [],
    ),
  );
