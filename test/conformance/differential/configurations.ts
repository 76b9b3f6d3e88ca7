import fc from 'fast-check';
import { type Shape, whole } from './shape.ts';

/** What one of several managers may apply: any part of an object, list items with at least what tells them apart. */
export const configuration = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.of) {
    case 'value':
    case 'map':
      return whole(shape);
    case 'list': {
      const { item, key } = shape;
      if (key === undefined || item.of !== 'object') return whole(shape);
      return fc.uniqueArray(fields(item.fields, [key]), { maxLength: 2, selector: (one) => JSON.stringify(one[key]) });
    }
    case 'object':
      return fields(shape.fields, []);
  }
};

/** A few of the fields. */
const fields = (all: Readonly<Record<string, Shape>>, kept: readonly string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.uniqueArray(fc.constantFrom(...Object.keys(all)), { minLength: 1, maxLength: 3 }).chain((names) => {
    const chosen = [...new Set([...kept, ...names])];
    return fc.record(Object.fromEntries(chosen.map((name) => [name, configuration(all[name]!)])));
  });
