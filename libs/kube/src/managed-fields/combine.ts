import type { FieldSchema } from '../patch/field-schema.ts';
import type { FieldSet } from './field-set.ts';
import type { PathElement } from './path-element.ts';
import { assemble, type Part, partsOf } from './structure.ts';

/**
 * The live object with an applied configuration laid over it: values of the configuration win, everything else stays. `null`
 * is a value, but where it meets what has parts: there it says nothing.
 */
export const mergeConfiguration = (live: unknown, config: unknown, schema: FieldSchema): unknown => {
  const old = partsOf(live, schema);
  if (config === null && old && old.size > 0) return live;
  const applied = partsOf(config, schema);
  if (!old || !applied || Array.isArray(live) !== Array.isArray(config)) return config;
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

/**
 * The object without the fields of a set, each with everything below it. An object or list that loses the last of what is
 * in it becomes `null`, as on the server, where that means it is not there.
 */
export const removeFields = (value: unknown, schema: FieldSchema, fields: FieldSet): unknown => {
  const parts = partsOf(value, schema);
  if (!parts || fields.children.size === 0) return value;
  const kept = [...parts].filter(([element]) => !fields.children.get(element)?.member);
  if (kept.length === 0 && parts.size > 0) return null;
  return assemble(
    value,
    kept.map(([element, part]) => {
      const below = fields.children.get(element);
      return [element, below ? removeFields(part.value, part.schema, below) : part.value] as const;
    }),
  );
};
