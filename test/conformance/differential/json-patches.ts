import fc from 'fast-check';
import { formatPointer } from '@kube-steward/kube';
import { type Shape, whole } from './shape.ts';

interface Place {
  readonly pointer: string;
  readonly shape: Shape;
}

/** A few operations of a JSON patch on an object of a shape; not all of them find what they are meant for. */
export const jsonPatch = (shape: Shape): fc.Arbitrary<unknown> =>
  fc.array(operation(shape), { minLength: 1, maxLength: 3 });

const operation = (shape: Shape): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 5, arbitrary: withValue(shape, fc.constantFrom('add', 'replace')) },
    { weight: 1, arbitrary: withValue(shape, fc.constant('test')) },
    { weight: 2, arbitrary: places(shape).map(({ pointer }) => ({ op: 'remove', path: pointer })) },
    { weight: 1, arbitrary: withSource(shape) },
  );

const withValue = (shape: Shape, op: fc.Arbitrary<string>): fc.Arbitrary<unknown> =>
  places(shape).chain((place) => fc.record({ op, path: fc.constant(place.pointer), value: whole(place.shape) }));

const withSource = (shape: Shape): fc.Arbitrary<unknown> =>
  fc.record({
    op: fc.constantFrom('move', 'copy'),
    from: places(shape).map(({ pointer }) => pointer),
    path: places(shape).map(({ pointer }) => pointer),
  });

const INDEXES = ['0', '1', '-', '2', '-1', '00', 'x'];

/** Places in an object: any field, item or key, deeper ones as likely as those at the top. */
const places = (shape: Shape, keys: readonly string[] = []): fc.Arbitrary<Place> => {
  const here = fc.constant<Place>({ pointer: formatPointer(keys), shape });
  const below = (key: string, child: Shape): fc.Arbitrary<Place> => places(child, [...keys, key]);
  switch (shape.of) {
    case 'value':
      return here;
    case 'map':
      return stay(
        here,
        keys,
        fc.constantFrom(...shape.keys).chain((key) => below(key, { of: 'value', values: shape.values })),
      );
    case 'list':
      return stay(
        here,
        keys,
        fc
          .oneof({ weight: 4, arbitrary: fc.constantFrom('0', '1', '-') }, fc.constantFrom(...INDEXES))
          .chain((index) => below(index, shape.item)),
      );
    case 'object':
      return stay(
        here,
        keys,
        fc.constantFrom(...Object.keys(shape.fields)).chain((name) => below(name, shape.fields[name]!)),
      );
  }
};

/** The whole document is never the place. */
const stay = (here: fc.Arbitrary<Place>, keys: readonly string[], below: fc.Arbitrary<Place>): fc.Arbitrary<Place> =>
  keys.length === 0 ? below : fc.oneof({ weight: 1, arbitrary: here }, { weight: 2, arbitrary: below });
