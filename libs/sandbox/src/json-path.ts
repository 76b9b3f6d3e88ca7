/** The value at a dotted path (`spec.replicas`), or `undefined`. A leading dot, as CRDs write it, is ignored. */
export const valueAt = (object: unknown, path: string): unknown => {
  let value = object;
  for (const step of path.replace(/^\./, '').split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
};

/** A copy of `object` with the value at a dotted path replaced; untouched branches are shared. */
export const withValueAt = <T extends object>(object: T, path: string, value: unknown): T => {
  const [step, ...rest] = path.replace(/^\./, '').split('.') as [string, ...string[]];
  const inner = (object as Record<string, unknown>)[step];
  const below = typeof inner === 'object' && inner !== null ? inner : {};
  return { ...object, [step]: rest.length === 0 ? value : withValueAt(below, rest.join('.'), value) };
};

/** The value as a JSON object; an empty one if it is something else. */
export const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** A copy of `object` without the field at a dotted path. */
export const withoutValueAt = <T extends object>(object: T, path: string): T => {
  const copy = withValueAt(object, path, undefined);
  const steps = path.replace(/^\./, '').split('.');
  const field = steps.pop() ?? '';
  const parent = steps.length === 0 ? copy : valueAt(copy, steps.join('.'));
  if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, field);
  return copy;
};

/** A copy of `object` without some of its fields. */
export const without = <T extends object>(object: T, ...fields: readonly string[]): T => {
  const copy = { ...object };
  for (const field of fields) Reflect.deleteProperty(copy, field);
  return copy;
};
