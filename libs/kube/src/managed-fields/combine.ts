import type { FieldSchema } from '../patch/field-schema.ts';
import { isJsonObject } from '../patch/json.ts';
import type { FieldSet } from './field-set.ts';
import type { PathElement } from './path-element.ts';
import { assemble, type Part, partsOf } from './structure.ts';

/**
 * The live object with an applied configuration laid over it: values of the configuration win, everything else stays.
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

/**
 * The order of merged parts: live ones keep theirs as far as the configuration has no say, those it names come in its order,
 * and a new one stands behind the live ones it meets.
 */
const mergeOrder = (old: Map<PathElement, Part>, applied: Map<PathElement, Part>): PathElement[] => {
  const live = [...old.keys()];
  const named = [...applied.keys()];
  const order = new Set<PathElement>();
  let place = 0;
  for (const element of named) {
    const nextShared = named.find((each) => old.has(each) && !order.has(each));
    for (let other = live[place]; other !== undefined && other !== nextShared; other = live[++place]) {
      if (!applied.has(other)) order.add(other);
    }
    order.add(element);
  }
  return [...order, ...live.filter((each) => !order.has(each))];
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
