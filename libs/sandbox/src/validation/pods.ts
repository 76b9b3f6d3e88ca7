import { isIP } from 'node:net';
import { parseQuantityExact } from '@kube-steward/kube';
import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { containersErrors, initContainersErrors } from './containers.ts';
import { annotationErrors, labelErrors, labelValueFaults } from './names.ts';
import {
  type Fields,
  invalidIf,
  isDnsLabel,
  isDnsSubdomain,
  isLabelName,
  isLabelSelector,
  isOneOf,
  isPositive,
  itemsOf,
  textOf,
} from './rules.ts';

/** What is wrong with a pod template. */
export const templateErrors = (template: Fields, path: string): FieldError[] => {
  const { labels, annotations } = asRecord(template['metadata']);
  return [
    ...labelErrors(asRecord(labels), `${path}.labels`),
    ...annotationErrors(asRecord(annotations), `${path}.annotations`),
    ...podSpecErrors(asRecord(template['spec']), `${path}.spec`),
  ];
};

const MOST_SECONDS = 2 ** 31 - 1;

/** What is wrong with the spec of a pod or of a template. */
export const podSpecErrors = (spec: Fields, path: string, isPod = false): FieldError[] => {
  const { volumes, errors } = volumesErrors(spec['volumes'], `${path}.volumes`);
  const { activeDeadlineSeconds: deadline, serviceAccountName } = spec;
  return [
    ...errors,
    ...containersErrors(spec['containers'], `${path}.containers`, volumes),
    ...initContainersErrors(spec, `${path}.initContainers`, volumes),
    ...(spec['hostNetwork'] === true ? hostNetworkErrors(spec, path, isPod) : []),
    ...isOneOf('Always', 'OnFailure', 'Never')(spec['restartPolicy'], `${path}.restartPolicy`),
    ...isOneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None')(spec['dnsPolicy'], `${path}.dnsPolicy`),
    ...labelErrors(asRecord(spec['nodeSelector']), `${path}.nodeSelector`),
    ...spreadErrors(spec['topologySpreadConstraints'], `${path}.topologySpreadConstraints`),
    ...(serviceAccountName === undefined ? [] : isDnsSubdomain(serviceAccountName, `${path}.serviceAccountName`)),
    ...invalidIf(
      typeof deadline === 'number' && (deadline < 1 || deadline > MOST_SECONDS),
      `${path}.activeDeadlineSeconds`,
      deadline,
      `must be between 1 and ${MOST_SECONDS}, inclusive`,
    ),
    ...itemsOf(spec['tolerations'], `${path}.tolerations`).flatMap(([one, at]) => tolerationErrors(one, at)),
    ...itemsOf(spec['hostAliases'], `${path}.hostAliases`).flatMap(([one, at]) => aliasErrors(one, at)),
  ];
};

/** The names of the volumes that are right, and what is wrong with the others. */
const volumesErrors = (list: unknown, path: string): { volumes: ReadonlySet<string>; errors: FieldError[] } => {
  const volumes = new Set<string>();
  const errors = itemsOf(list, path).flatMap(([volume, at]) => {
    const name = textOf(volume['name']);
    const found = [
      ...volumeSourceErrors(volume, at),
      ...(name === '' ? [requiredField(`${at}.name`)] : isDnsLabel(name, `${at}.name`)),
      ...(volumes.has(name) ? [duplicateField(`${at}.name`, name)] : []),
    ];
    if (found.length === 0) volumes.add(name);
    return found;
  });
  return { volumes, errors };
};

/** What a volume must say of where it comes from; kinds that are not named here are taken as they are. */
const SOURCE_NAMES: Readonly<Record<string, string>> = {
  configMap: 'name',
  secret: 'secretName',
  persistentVolumeClaim: 'claimName',
};

const volumeSourceErrors = (volume: Fields, path: string): FieldError[] => {
  const [first, ...more] = Object.keys(volume).filter((field) => field !== 'name' && field !== 'emptyDir');
  const { sizeLimit } = asRecord(volume['emptyDir']);
  const isNegative = typeof sizeLimit === 'string' && parseQuantityExact(sizeLimit).nano < 0n;
  const extra = volume['emptyDir'] === undefined ? more : [first, ...more].filter((field) => field !== undefined);
  const required = first === undefined ? undefined : SOURCE_NAMES[first];
  return [
    ...(isNegative
      ? [forbiddenField(`${path}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : []),
    ...extra.map((field) => forbiddenField(`${path}.${field}`, 'may not specify more than 1 volume type')),
    ...(first !== undefined && required !== undefined && !extra.includes(first) && !asRecord(volume[first])[required]
      ? [requiredField(`${path}.${first}.${required}`)]
      : []),
  ];
};

const hostNetworkErrors = (spec: Fields, path: string, isPod: boolean): FieldError[] =>
  itemsOf(spec['containers'], `${path}.containers`).flatMap(([container, at]) =>
    itemsOf(container['ports'], `${at}.ports`).flatMap(([{ hostPort, containerPort }, place]) =>
      invalidIf(
        (isPod || hostPort !== undefined) && hostPort !== containerPort,
        `${place}.hostPort`,
        hostPort ?? 0,
        'must match `containerPort` when `hostNetwork` is true',
      ),
    ),
  );

const spreadErrors = (list: unknown, path: string): FieldError[] => {
  const items = itemsOf(list, path);
  const pairOf = ({ topologyKey, whenUnsatisfiable }: Fields): string =>
    `{${textOf(topologyKey)}, ${textOf(whenUnsatisfiable)}}`;
  return items.flatMap(([constraint, at], index) => [
    ...isPositive(constraint['maxSkew'], `${at}.maxSkew`),
    ...(textOf(constraint['topologyKey']) === '' ? [requiredField(`${at}.topologyKey`, 'can not be empty')] : []),
    ...isOneOf('DoNotSchedule', 'ScheduleAnyway')(constraint['whenUnsatisfiable'], `${at}.whenUnsatisfiable`),
    ...(items.slice(index + 1).some(([other]) => pairOf(other) === pairOf(constraint))
      ? [duplicateField(`${at}.{topologyKey, whenUnsatisfiable}`, pairOf(constraint))]
      : []),
    ...isLabelSelector(constraint['labelSelector'], `${at}.labelSelector`),
  ]);
};

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

const tolerationErrors = (toleration: Fields, path: string): FieldError[] => {
  const { key, operator = '', value = '', effect, tolerationSeconds } = toleration;
  return [
    ...(key === undefined ? [] : isLabelName(key, `${path}.key`)),
    ...invalidIf(
      key === undefined && operator !== 'Exists',
      `${path}.operator`,
      operator,
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ),
    ...invalidIf(
      tolerationSeconds !== undefined && effect !== 'NoExecute',
      `${path}.effect`,
      effect ?? '',
      "effect must be 'NoExecute' when `tolerationSeconds` is set",
    ),
    ...tolerationValueErrors(operator, textOf(value), `${path}.operator`),
    ...(effect === undefined ? [] : isOneOf(...TAINT_EFFECTS)(effect, `${path}.effect`)),
  ];
};

const tolerationValueErrors = (operator: unknown, value: string, path: string): FieldError[] => {
  switch (operator) {
    case 'Equal':
    case '': {
      const faults = labelValueFaults(value);
      return faults.length > 0 ? [invalidField(path, value, faults.join(';'))] : [];
    }
    case 'Exists':
      return invalidIf(value !== '', path, value, "value must be empty when `operator` is 'Exists'");
    default:
      return isOneOf(
        'Equal',
        'Exists',
        ...(operator === 'Lt' || operator === 'Gt' ? ['Lt', 'Gt'] : []),
      )('', path).map((error) => ({ ...error, body: error.body.replace('""', JSON.stringify(operator)) }));
  }
};

const NO_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

const aliasErrors = ({ ip, hostnames }: Fields, path: string): FieldError[] => [
  ...invalidIf(isIP(textOf(ip)) === 0, `${path}.ip`, ip, NO_ADDRESS),
  ...(Array.isArray(hostnames) ? hostnames : []).flatMap((name, index) =>
    isDnsSubdomain(name, `${path}.hostnames[${index}]`),
  ),
];
