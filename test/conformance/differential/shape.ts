import fc from 'fast-check';

/** What a value of the API may look like, as far as the random inputs go. Objects, patches and paths are all made from it. */
export type Shape =
  | { readonly of: 'value'; readonly values: fc.Arbitrary<unknown> }
  | { readonly of: 'map'; readonly keys: readonly string[]; readonly values: fc.Arbitrary<unknown> }
  | { readonly of: 'list'; readonly item: Shape; readonly key?: string; readonly min: number }
  | { readonly of: 'object'; readonly fields: Fields; readonly required: readonly string[] };

export type Fields = Readonly<Record<string, Shape>>;
export type ObjectShape = Shape & { of: 'object' };

export const value = (...values: readonly unknown[]): Shape => ({ of: 'value', values: fc.constantFrom(...values) });
export const count = (max = 5): Shape => ({ of: 'value', values: fc.nat({ max }) });
export const flag: Shape = value(true, false);

/** Any of these keys, each with any of these values. */
export const map = (keys: readonly string[], ...values: readonly unknown[]): Shape => ({
  of: 'map',
  keys,
  values: fc.constantFrom(...values),
});

/** Items differ in `key`, the field that tells them apart, or in themselves. */
export const list = (item: Shape, options: { key?: string; min?: number } = {}): Shape => ({
  of: 'list',
  item,
  min: 0,
  ...options,
});

/** The fields marked with `!` are always there, but in patches. */
export const object = (fields: Fields): ObjectShape => ({
  of: 'object',
  fields: Object.fromEntries(Object.entries(fields).map(([name, shape]) => [plain(name), shape])),
  required: Object.keys(fields)
    .filter((name) => name.endsWith('!'))
    .map(plain),
});

const plain = (name: string): string => name.replace(/!$/, '');

/** Whole values of a shape: what is required, and some of the rest. */
export const whole = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.of) {
    case 'value':
      return shape.values;
    case 'map':
      return fc.dictionary(fc.constantFrom(...shape.keys), shape.values, { maxKeys: 2 });
    case 'list':
      return items(shape);
    case 'object': {
      const fields = Object.entries(shape.fields).map(([name, field]) => [name, whole(field)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...shape.required] });
    }
  }
};

/** A list whose items differ. */
const items = ({ item, key, min }: Shape & { of: 'list' }): fc.Arbitrary<unknown[]> =>
  fc.uniqueArray(whole(item), {
    minLength: min,
    maxLength: Math.max(min, 2),
    selector: (one) => JSON.stringify(key === undefined ? one : (one as Record<string, unknown>)[key]),
  });
