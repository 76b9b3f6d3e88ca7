import { type FieldError, invalidField, requiredField, unsupportedField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, labelErrors, labelValueFaults, qualifiedNameFaults } from './names.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a value at a path. Absent values are right unless a rule says otherwise. */
export type Rule = (value: unknown, path: string) => FieldError[];

/** The objects of a list, each with its path. */
export const itemsOf = (list: unknown, path: string): (readonly [item: Fields, path: string])[] =>
  (Array.isArray(list) ? list : []).map((item, index) => [asRecord(item), `${path}[${index}]`] as const);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const invalidIf = (wrong: boolean, path: string, value: unknown, detail: string): FieldError[] =>
  wrong ? [invalidField(path, value, detail)] : [];

/** All but the absent. */
const given =
  (rule: Rule): Rule =>
  (value, path) =>
    value === undefined || value === null ? [] : rule(value, path);

const number = (holds: (value: number) => boolean, detail: string): Rule =>
  given((value, path) => invalidIf(!holds(numberOf(value)), path, value, detail));

export const isNotNegative = number((value) => value >= 0, 'must be greater than or equal to 0');
/** Absent is zero. */
export const isPositive: Rule = (value, path) =>
  invalidIf(numberOf(value) <= 0, path, numberOf(value), 'must be greater than zero');
export const isPort = number((value) => value >= 1 && value <= 65535, 'must be between 1 and 65535, inclusive');

/** One of a few words; the empty one is no word. */
export const isOneOf =
  (...words: readonly string[]): Rule =>
  (value, path) =>
    words.includes(textOf(value)) ? [] : [unsupportedField(path, value ?? '', words)];

/** Rules that hold of texts, by what is wrong with one. */
const text =
  (faultsOf: (text: string) => readonly string[]): Rule =>
  (value, path) =>
    faultsOf(textOf(value)).map((fault) => invalidField(path, value ?? '', fault));

export const isDnsLabel = text(DNS_LABEL);
export const isDnsSubdomain = text(DNS_SUBDOMAIN);
export const isLabelName = text(qualifiedNameFaults);
export const isLabelValue = text(labelValueFaults);

const PORT_NAME_RULES: readonly (readonly [holds: RegExp, detail: string])[] = [
  [/^.{0,15}$/, 'must be no more than 15 characters'],
  [/^[-a-z0-9]+$/, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  [/[a-z]/, 'must contain at least one letter (a-z)'],
  [/^(?!.*--)/, 'must not contain consecutive hyphens'],
  [/^(?!-)(?!.*-$)/, 'must not begin or end with a hyphen'],
];
export const isPortName = text((name) => PORT_NAME_RULES.filter(([holds]) => !holds.test(name)).map(([, it]) => it));
export const isPortOrName: Rule = (value, path) => (typeof value === 'string' ? isPortName : isPort)(value, path);

export const isEnvironmentName = text((name) =>
  /^[ -<>-~]*$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
);

const CONFIG_KEY_FAULT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
export const isConfigKey = text((key) => [
  ...(key.length > 253 ? ['must be no more than 253 characters'] : []),
  ...(/^[-._a-zA-Z0-9]+$/.test(key) ? [] : [CONFIG_KEY_FAULT]),
  ...(key === '.' || key === '..'
    ? [`must not be '${key}'`]
    : key.startsWith('..')
      ? ["must not start with '..'"]
      : []),
]);

const PERCENT = /^[0-9]+%$/;
const PERCENT_FAULT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A count, or a percentage. */
export const isCountOrPercent = given((value, path) =>
  typeof value === 'string' ? invalidIf(!PERCENT.test(value), path, value, PERCENT_FAULT) : isNotNegative(value, path),
);
export const isAtMost100Percent = given((value, path) =>
  invalidIf(
    PERCENT.test(textOf(value)) && Number(textOf(value).slice(0, -1)) > 100,
    path,
    value,
    'must not be greater than 100%',
  ),
);
/** The number in a count or a percentage; of other texts the number they are. */
export const countOrPercent = (value: unknown): number => {
  if (typeof value !== 'string') return numberOf(value);
  if (PERCENT.test(value)) return Number(value.slice(0, -1));
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0;
};

const requirementErrors = ({ operator, values, key }: Fields, path: string): FieldError[] => {
  const given: unknown[] = Array.isArray(values) ? values : [];
  return [
    ...operatorErrors(operator, given, path),
    ...isLabelName(key, `${path}.key`),
    ...given.flatMap((value, index) => isLabelValue(value, `${path}.values[${index}]`)),
  ];
};

const operatorErrors = (operator: unknown, values: readonly unknown[], path: string): FieldError[] => {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [requiredField(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [
            {
              type: 'FieldValueForbidden',
              field: `${path}.values`,
              body: "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            },
          ];
    default:
      return [invalidField(`${path}.operator`, operator ?? '', 'not a valid selector operator')];
  }
};

/** A selector as objects carry it: labels and expressions. */
export const isLabelSelector = given((value, path) => {
  const { matchLabels, matchExpressions } = asRecord(value);
  return [
    ...labelErrors(asRecord(matchLabels), `${path}.matchLabels`),
    ...itemsOf(matchExpressions, `${path}.matchExpressions`).flatMap(([one, at]) => requirementErrors(one, at)),
  ];
});
