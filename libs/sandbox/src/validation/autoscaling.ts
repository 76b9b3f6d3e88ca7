import { parseQuantityExact } from '@kube-steward/kube';
import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { type Fields, invalidIf, isOneOf, isPositive, itemsOf, numberOf, textOf } from './rules.ts';

export const autoscalerErrors = (spec: Fields, path: string): FieldError[] => {
  const { minReplicas: least, maxReplicas } = spec;
  const most = numberOf(maxReplicas);
  return [
    ...invalidIf(
      typeof least === 'number' && least < 1,
      `${path}.minReplicas`,
      least,
      'must be greater than or equal to 1',
    ),
    ...invalidIf(most < 1, `${path}.maxReplicas`, most, 'must be greater than 0'),
    ...invalidIf(
      typeof least === 'number' && most < least,
      `${path}.maxReplicas`,
      most,
      'must be greater than or equal to `minReplicas`',
    ),
    ...referenceErrors(asRecord(spec['scaleTargetRef']), `${path}.scaleTargetRef`),
    ...itemsOf(spec['metrics'], `${path}.metrics`).flatMap(([one, at]) => metricErrors(one, at)),
    ...(least === 0
      ? [
          forbiddenField(
            `${path}.metrics`,
            'must specify at least one Object or External metric to support scaling to zero replicas',
          ),
        ]
      : []),
    ...['scaleUp', 'scaleDown'].flatMap((way) =>
      rulesErrors(asRecord(spec['behavior'])[way], `${path}.behavior.${way}`),
    ),
  ];
};

/** Names that could not be part of a path. */
const segmentErrors = (name: string, path: string): FieldError[] => [
  ...(name === '.' || name === '..' ? [invalidField(path, name, `may not be '${name}'`)] : []),
  ...['/', '%']
    .filter((character) => name.includes(character))
    .map((character) => invalidField(path, name, `may not contain '${character}'`)),
];

const referenceErrors = (reference: Fields, path: string): FieldError[] => {
  const apiVersion = textOf(reference['apiVersion']);
  const slashes = apiVersion.split('/').length - 1;
  return [
    ...['kind', 'name'].flatMap((field) => {
      const value = textOf(reference[field]);
      return value === '' ? [requiredField(`${path}.${field}`)] : segmentErrors(value, `${path}.${field}`);
    }),
    ...invalidIf(slashes > 1, `${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`),
    ...invalidIf(
      slashes === 0 && reference['kind'] !== 'ReplicationController',
      `${path}.apiVersion`,
      apiVersion,
      'apiVersion must specify API group',
    ),
  ];
};

/** The field of each type of metric. */
const SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

const metricErrors = (metric: Fields, path: string): FieldError[] => {
  const type = textOf(metric['type']);
  const expected = SOURCES[type];
  const present = Object.values(SOURCES).filter((field) => metric[field] !== undefined);
  return [
    ...(type === '' ? [requiredField(`${path}.type`, 'must specify a metric source type')] : []),
    ...(expected === undefined ? [unsupportedField(`${path}.type`, type, Object.keys(SOURCES))] : []),
    ...(present[0] === 'resource' ? resourceErrors(asRecord(metric['resource']), `${path}.resource`) : []),
    ...(expected !== undefined && metric[expected] === undefined
      ? [requiredField(`${path}.${expected}`, 'must populate information for the given metric source')]
      : []),
    ...(present.length === 1 ? [] : present.filter((field) => field !== expected)).map((field) =>
      forbiddenField(`${path}.${field}`, 'must populate the given metric source only'),
    ),
  ];
};

const resourceErrors = (source: Fields, path: string): FieldError[] => {
  const target = asRecord(source['target']);
  const { averageUtilization, averageValue } = target;
  return [
    ...(textOf(source['name']) === '' ? [requiredField(`${path}.name`, 'must specify a resource name')] : []),
    ...targetErrors(target, `${path}.target`),
    ...(averageUtilization === undefined && averageValue === undefined
      ? [
          requiredField(
            `${path}.target.averageUtilization`,
            'must set either a target raw value or a target utilization',
          ),
        ]
      : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [forbiddenField(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization')]
      : []),
  ];
};

const targetErrors = ({ type = '', value, averageValue, averageUtilization }: Fields, path: string): FieldError[] => [
  ...(type === '' ? [requiredField(`${path}.type`, 'must specify a metric target type')] : []),
  ...invalidIf(
    !['Utilization', 'Value', 'AverageValue'].includes(textOf(type)),
    `${path}.type`,
    type,
    'must be either Utilization, Value, or AverageValue',
  ),
  ...quantityErrors(value, `${path}.value`),
  ...quantityErrors(averageValue, `${path}.averageValue`),
  ...invalidIf(
    typeof averageUtilization === 'number' && averageUtilization < 1,
    `${path}.averageUtilization`,
    averageUtilization,
    'must be greater than 0',
  ),
];

const quantityErrors = (value: unknown, path: string): FieldError[] =>
  typeof value === 'string' ? invalidIf(parseQuantityExact(value).nano <= 0n, path, value, 'must be positive') : [];

const LONGEST_WINDOW_SECONDS = 3600;
const LONGEST_PERIOD_SECONDS = 1800;

const rulesErrors = (value: unknown, path: string): FieldError[] => {
  if (value === undefined) return [];
  const { stabilizationWindowSeconds: window, selectPolicy, policies } = asRecord(value);
  const at = `${path}.stabilizationWindowSeconds`;
  return [
    ...invalidIf(numberOf(window) < 0, at, window, 'must be greater than or equal to zero'),
    ...invalidIf(
      numberOf(window) > LONGEST_WINDOW_SECONDS,
      at,
      window,
      `must be less than or equal to ${LONGEST_WINDOW_SECONDS}`,
    ),
    ...(selectPolicy === undefined ? [] : isOneOf('Disabled', 'Max', 'Min')(selectPolicy, `${path}.selectPolicy`)),
    ...(policies === undefined ? [requiredField(`${path}.policies`, 'must specify at least one Policy')] : []),
    ...itemsOf(policies, `${path}.policies`).flatMap(([one, place]) => policyErrors(one, place)),
  ];
};

const policyErrors = ({ type, value, periodSeconds }: Fields, path: string): FieldError[] => [
  ...isOneOf('Percent', 'Pods')(type, `${path}.type`),
  ...isPositive(value, `${path}.value`),
  ...isPositive(periodSeconds, `${path}.periodSeconds`),
  ...invalidIf(
    numberOf(periodSeconds) > LONGEST_PERIOD_SECONDS,
    `${path}.periodSeconds`,
    periodSeconds,
    `must be less than or equal to ${LONGEST_PERIOD_SECONDS}`,
  ),
];
