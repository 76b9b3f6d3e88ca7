import type { FieldSchema } from '../patch/field-schema.ts';
import { isJsonObject } from '../patch/json.ts';
import type { FieldSet } from './field-set.ts';
import type { PathElement } from './path-element.ts';
import { assemble, type Part, partsOf } from './structure.ts';

/**
 * The live object with an applied configuration laid over it: values of the configuration win, everything else stays.
 * List items keep their place, those that both have come in the configuration's order.
 */
export const mergeConfiguration = (live: unknown, config: unknown, schema: FieldSchema): unknown => {
  if (live === undefined || live === null) return withoutNulls(config);
  const old = partsOf(live, schema);
  const applied = partsOf(config, schema);
  if (!old || !applied || Array.isArray(live) !== Array.isArray(config)) return withoutNulls(config);
  const merged = mergeOrder(old, applied).map((element) => [element, mergePart(old, applied, element)] as const);
  return assemble(live, merged);
};

const mergePart = (old: Map<PathElement, Part>, applied: Map<PathElement, Part>, element: PathElement): unknown => {
  const part = applied.get(element);
  const before = old.get(element)?.value;
  return part ? mergeConfiguration(before, part.value, part.schema) : before;
};

const mergeOrder = (old: Map<PathElement, Part>, applied: Map<PathElement, Part>): PathElement[] => {
  const onlyLive = [...old.keys()];
  const order: PathElement[] = [];
  for (const element of applied.keys()) {
    const place = onlyLive.indexOf(element);
    if (place >= 0) order.push(...onlyLive.splice(0, place + 1).filter((each) => !applied.has(each)));
    order.push(element);
  }
  return [...order, ...onlyLive.filter((each) => !applied.has(each))];
};

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutNulls(child)]));
};

/** The object without the fields of a set, each with everything below it. */
export const removeFields = (value: unknown, schema: FieldSchema, fields: FieldSet): unknown => {
  const parts = partsOf(value, schema);
  if (!parts || fields.children.size === 0) return value;
  const kept = [...parts].filter(([element]) => !fields.children.get(element)?.member);
  return assemble(
    value,
    kept.map(([element, part]) => {
      const below = fields.children.get(element);
      return [element, below ? removeFields(part.value, part.schema, below) : part.value] as const;
    }),
  );
};
