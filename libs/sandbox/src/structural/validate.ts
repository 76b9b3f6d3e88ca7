import { equalJson } from '../canonical.ts';
import {
  type FieldError,
  invalidField,
  requiredField,
  tooLong,
  tooMany,
  unsupportedField,
  wrongType,
} from '../errors.ts';
import { childSchema, isObject, itemSchema, type Schema, textsIn } from './schema.ts';

/** A value, its place, and the value that was there before. */
interface Spot {
  readonly value: unknown;
  readonly path: string;
  readonly old: unknown;
}

/**
 * What is wrong with a custom resource by its schema, in the words of the server. What is as it was before is not looked at
 * again.
 */
export const schemaErrors = (value: unknown, schema: Schema, path: string, old?: unknown): FieldError[] =>
  errorsAt({ value, path, old }, schema);

const errorsAt = (spot: Spot, schema: Schema): FieldError[] => {
  const { value, old } = spot;
  if (old !== undefined && equalJson(value, old)) return [];
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const rules = [typeErrors, ...(value === null ? [] : [combinationErrors]), ...(RULES[kind] ?? []), enumErrors];
  return rules.flatMap((rule) => rule(spot, schema));
};

type Rule = (spot: Spot, schema: Schema) => FieldError[];

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const typesOf = ({ type, 'x-kubernetes-int-or-string': isEither }: Schema): string[] =>
  isEither === true ? ['integer', 'string'] : typeof type === 'string' && type !== '' ? [type] : [];

const typeErrors: Rule = ({ value, path }, schema) => {
  const types = typesOf(schema);
  const found = typeOf(value);
  const isRight =
    types.length === 0 ||
    types.includes(found) ||
    (found === 'integer' && types.includes('number')) ||
    (found === 'null' && schema['nullable'] === true);
  return isRight ? [] : [wrongType(path, found, `${shown(path)} must be of type ${types.join(',')}: "${found}"`)];
};

const shown = (path: string): string => (path === '' ? ' in body' : `${path} in body`);

const enumErrors: Rule = ({ value, path }, { enum: allowed }) => {
  if (!Array.isArray(allowed) || allowed.some((one) => equalJson(one, value))) return [];
  const words = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return [unsupportedField(path, value, words)];
};

/** A rule with one keyword, whose value is `limit`. */
const limited =
  <T>(keyword: string, wrong: (value: T, limit: never, schema: Schema) => string | undefined): Rule =>
  ({ value, path }, schema) => {
    const limit = schema[keyword];
    const detail = limit === undefined ? undefined : wrong(value as T, limit as never, schema);
    return detail === undefined ? [] : [invalidField(path, sizeOrValue(value), `${shown(path)} should ${detail}`)];
  };

/** Of lists and maps messages show how many there are. */
const sizeOrValue = (value: unknown): unknown =>
  Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : value;

const NUMBER_RULES: readonly Rule[] = [
  limited<number>('multipleOf', (value, factor: number) =>
    Number.isInteger(value / factor) ? undefined : `be a multiple of ${factor}`,
  ),
  limited<number>('maximum', (value, limit: number, { exclusiveMaximum }) =>
    exclusiveMaximum === true
      ? value < limit
        ? undefined
        : `be less than ${limit}`
      : value <= limit
        ? undefined
        : `be less than or equal to ${limit}`,
  ),
  limited<number>('minimum', (value, limit: number, { exclusiveMinimum }) =>
    exclusiveMinimum === true
      ? value > limit
        ? undefined
        : `be greater than ${limit}`
      : value >= limit
        ? undefined
        : `be greater than or equal to ${limit}`,
  ),
];

const lengthOf = (text: string): number => Array.from(text).length;

const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
  uuid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i,
};

const formatErrors: Rule = ({ value, path }, { format }) => {
  const text = value as string;
  const isRight = FORMATS[String(format)]?.test(text) ?? true;
  return isRight
    ? []
    : [wrongType(path, text, `${shown(path)} must be of type ${String(format)}: ${JSON.stringify(text)}`)];
};

const STRING_RULES: readonly Rule[] = [
  ({ value, path }, { maxLength }) =>
    typeof maxLength === 'number' && lengthOf(value as string) > maxLength ? [tooLong(path, maxLength)] : [],
  limited<string>('minLength', (value, limit: number) =>
    lengthOf(value) < limit ? `be at least ${limit} chars long` : undefined,
  ),
  limited<string>('pattern', (value, pattern: string) =>
    new RegExp(pattern, 'u').test(value) ? undefined : `match '${pattern}'`,
  ),
  formatErrors,
];

const tooManyIn =
  (keyword: string): Rule =>
  ({ value, path }, { [keyword]: limit }) => {
    const size = Number(sizeOrValue(value));
    return typeof limit === 'number' && size > limit ? [tooMany(path, size, limit)] : [];
  };

const itemErrors: Rule = ({ value, path, old }, schema) => {
  const items = itemSchema(schema);
  if (!items) return [];
  const keys = textsIn(schema['x-kubernetes-list-map-keys']);
  const before: readonly unknown[] = keys.length > 0 && Array.isArray(old) ? old : [];
  return (value as unknown[]).flatMap((item, index) => {
    const was = before.find((one) => keys.every((key) => isObject(one) && isObject(item) && one[key] === item[key]));
    return errorsAt({ value: item, path: `${path}[${index}]`, old: was }, items);
  });
};

const fieldErrors: Rule = ({ value, path, old }, schema) =>
  Object.entries(value as object).flatMap(([name, child]: [string, unknown]) => {
    const own = childSchema(schema, name);
    const below = path === '' ? name : `${path}.${name}`;
    return own ? errorsAt({ value: child, path: below, old: isObject(old) ? old[name] : undefined }, own) : [];
  });

const requiredErrors: Rule = ({ value, path }, { required }) =>
  textsIn(required)
    .filter((name) => !Object.hasOwn(value as object, name))
    .map((name) => requiredField(path === '' ? name : `${path}.${name}`));

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  number: NUMBER_RULES,
  string: STRING_RULES,
  array: [
    itemErrors,
    limited<unknown[]>('minItems', (value, limit: number) =>
      value.length < limit ? `have at least ${limit} items` : undefined,
    ),
    tooManyIn('maxItems'),
  ],
  object: [
    limited<object>('minProperties', (value, limit: number) =>
      Object.keys(value).length < limit ? `have at least ${limit} properties` : undefined,
    ),
    tooManyIn('maxProperties'),
    fieldErrors,
    requiredErrors,
  ],
};

/** What a value must be beside its own rules; why it is none of several is told of the first of them. */
const combinationErrors: Rule = (spot, schema) => {
  const each = (keyword: string) =>
    (Array.isArray(schema[keyword]) ? schema[keyword] : []).filter(isObject).map((one) => errorsAt(spot, one));
  const [all, any, one] = [each('allOf'), each('anyOf'), each('oneOf')];
  const failed = (list: FieldError[][]) => list.filter((errors) => errors.length > 0);
  const isValid = one.length - failed(one).length;
  const not = isObject(schema['not']) ? errorsAt(spot, schema['not']) : undefined;
  const must = (detail: string) => invalidField('<nil>', '', `${JSON.stringify(spot.path)} must ${detail}`);
  return [
    ...(any.length > 0 && failed(any).length === any.length
      ? [must('validate at least one schema (anyOf)'), ...(any[0] ?? [])]
      : []),
    ...(one.length > 0 && isValid === 0
      ? [must('validate one and only one schema (oneOf). Found none valid'), ...(one[0] ?? [])]
      : []),
    ...(isValid > 1 ? [must(`validate one and only one schema (oneOf). Found ${isValid} valid alternatives`)] : []),
    ...all.flat(),
    ...(failed(all).length > 0
      ? [must(`validate all the schemas (allOf)${failed(all).length === all.length ? '. None validated' : ''}`)]
      : []),
    ...(not && not.length === 0 ? [must('not validate the schema (not)')] : []),
  ];
};
