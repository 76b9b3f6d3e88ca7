import fc from 'fast-check';
import { type ObjectShape, type Shape, whole } from './shape.ts';

/** A patch that touches a field or two at each level, and removes one now and then. */
export const mergePatch = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.of) {
    case 'value':
    case 'list':
      return whole(shape);
    case 'map':
      return fc.dictionary(fc.constantFrom(...shape.keys), orRemoved(shape.values), { minKeys: 1, maxKeys: 2 });
    case 'object':
      return someFields(shape);
  }
};

const orRemoved = (change: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 7, arbitrary: change }, { weight: 1, arbitrary: fc.constant(null) });

const someFields = (shape: ObjectShape): fc.Arbitrary<unknown> =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(shape.fields)), { minLength: 1, maxLength: 2 })
    .chain((names) =>
      fc.record(Object.fromEntries(names.map((name) => [name, orRemoved(mergePatch(shape.fields[name]!))]))),
    );
