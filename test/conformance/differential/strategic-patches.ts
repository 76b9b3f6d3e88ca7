import fc from 'fast-check';
import { type ObjectShape, type Shape, whole } from './shape.ts';
import { seldom } from './strange.ts';

type ListShape = Shape & { of: 'list' };
type Members = Record<string, unknown>;

/** A strategic merge patch that touches a field or two at each level, with a directive now and then. */
export const strategicPatch = (shape: ObjectShape): fc.Arbitrary<unknown> => changedObject(shape);

const change = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.of) {
    case 'value':
      return shape.values;
    case 'map':
      return withDirective(
        fc.dictionary(fc.constantFrom(...shape.keys), orRemoved(shape.values), { minKeys: 1, maxKeys: 2 }),
      );
    case 'list':
      return changedItems(shape);
    case 'object':
      return withDirective(changedObject(shape));
  }
};

const orRemoved = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 7, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });

const withDirective = (patch: fc.Arbitrary<Members>): fc.Arbitrary<Members> =>
  fc
    .tuple(seldom(10, fc.constantFrom('replace', 'delete')), patch)
    .map(([directive, members]) => (directive === undefined ? members : { $patch: directive, ...members }));

const changedObject = ({ fields }: ObjectShape): fc.Arbitrary<Members> =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(fields)), { minLength: 1, maxLength: 2 })
    .chain((names) => fc.tuple(...names.map((name) => field(name, fields[name]!))))
    .map(united)
    .chain((members) => seldom(12, fc.constant(retained(members))).map((kept) => ({ ...kept, ...members })));

const united = (parts: readonly (Members | undefined)[]): Members =>
  Object.fromEntries(parts.flatMap((part) => Object.entries(part ?? {})));

const retained = (members: Members): Members => ({
  $retainKeys: Object.keys(members).filter((name) => !name.startsWith('$')),
});

/** A field, with what else a patch says of it beside it. */
const field = (name: string, shape: Shape): fc.Arbitrary<Members> => {
  const set = orRemoved(change(shape)).map((value) => ({ [name]: value }));
  if (shape.of !== 'list' || (shape.key === undefined && name !== 'finalizers')) return set;
  return set.chain((members) => {
    const items = members[name];
    if (!Array.isArray(items)) return fc.constant(members);
    const removed = name === 'finalizers' ? seldom(3, scalarDeletion(name, shape, items)) : fc.constant({});
    // An order of nothing is a fault: of several in one patch the server reports any.
    const ordered = items.length === 0 ? fc.constant({}) : seldom(3, elementOrder(name, shape, items));
    return fc.tuple(removed, ordered).map((directives) => united([members, ...directives]));
  });
};

/** Values that the patch does not set at the same time: which comes first is left to chance. */
const scalarDeletion = (name: string, { item }: ListShape, set: readonly unknown[]): fc.Arbitrary<Members> =>
  fc
    .array(whole(item), { maxLength: 2 })
    .map((values) => ({ [`$deleteFromPrimitiveList/${name}`]: values.filter((value) => !set.includes(value)) }));

/** The order of the patch's items, and of another one that may be there. */
const elementOrder = (name: string, shape: ListShape, items: unknown): fc.Arbitrary<Members> => {
  const { item, key } = shape;
  const keyed = (one: unknown): unknown => (key === undefined ? one : { [key]: (one as Members)[key] });
  const set = Array.isArray(items) ? items.filter((one) => !isDeletion(one)).map(keyed) : [];
  return fc.tuple(whole(item), fc.boolean(), fc.boolean()).map(([other, isFirst, isLast]) => {
    const more = set.some((one) => JSON.stringify(one) === JSON.stringify(keyed(other))) ? [] : [keyed(other)];
    return { [`$setElementOrder/${name}`]: [...(isFirst ? more : []), ...set, ...(!isFirst && isLast ? more : [])] };
  });
};

const isDeletion = (item: unknown): boolean => typeof item === 'object' && item !== null && '$patch' in item;

const changedItems = (shape: ListShape): fc.Arbitrary<unknown[]> => {
  const { item, key } = shape;
  if (key === undefined || item.of !== 'object') return whole(shape) as fc.Arbitrary<unknown[]>;
  const changed = fc.oneof(
    { weight: 3, arbitrary: changedObject({ ...item, fields: withoutKey(item, key) }).chain(keyedBy(item, key)) },
    { weight: 1, arbitrary: whole(item) as fc.Arbitrary<Members> },
    { weight: 1, arbitrary: keyedBy(item, key)({ $patch: 'delete' }) },
  );
  const items = fc.uniqueArray(changed, {
    minLength: 1,
    maxLength: 2,
    selector: (one) => JSON.stringify(one[key]),
  });
  return fc
    .tuple(items, seldom(10, fc.constant({ $patch: 'replace' })))
    .map(([all, replace]) => (replace ? [...all, replace] : all));
};

const withoutKey = ({ fields }: ObjectShape, key: string): ObjectShape['fields'] =>
  Object.keys(fields).length === 1
    ? fields
    : Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));

const keyedBy =
  ({ fields }: ObjectShape, key: string) =>
  (members: Members): fc.Arbitrary<Members> =>
    whole(fields[key]!).map((value) => ({ [key]: value, ...members, ...{ [key]: value } }));
