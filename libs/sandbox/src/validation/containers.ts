import { compareQuantities, parseQuantityExact } from '@kube-steward/kube';
import {
  duplicateField,
  type FieldError,
  forbiddenField,
  invalidField,
  notFoundField,
  requiredField,
} from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { qualifiedNameFaults } from './names.ts';
import {
  type Fields,
  invalidIf,
  isConfigKey,
  isDnsLabel,
  isDnsSubdomain,
  isEnvironmentName,
  isNotNegative,
  isOneOf,
  isPort,
  isPortName,
  isPortOrName,
  itemsOf,
  textOf,
} from './rules.ts';

const requiredIf = (missing: boolean, path: string, detail?: string): FieldError[] =>
  missing ? [requiredField(path, detail)] : [];

/** The containers of a pod, which always has some. */
export const containersErrors = (containers: unknown, path: string, volumes: ReadonlySet<string>): FieldError[] => {
  const items = itemsOf(containers, path);
  const names = new Set<unknown>();
  return [
    ...requiredIf(items.length === 0, path),
    ...items.flatMap(([container, at]) => [
      ...containerErrors(container, at, volumes),
      ...duplicateIf(names, container['name'] ?? '', `${at}.name`),
      ...probeErrors(container['livenessProbe'], `${at}.livenessProbe`, { isLiveness: true }),
      ...probeErrors(container['readinessProbe'], `${at}.readinessProbe`),
      ...probeErrors(container['startupProbe'], `${at}.startupProbe`, { isLiveness: true }),
    ]),
    ...hostPortConflicts(items),
  ];
};

/** Those that run before: each by itself, without probes, and with names of their own. */
export const initContainersErrors = (spec: Fields, path: string, volumes: ReadonlySet<string>): FieldError[] => {
  const names = new Set<unknown>(itemsOf(spec['containers'], '').map(([{ name }]) => name ?? ''));
  return itemsOf(spec['initContainers'], path).flatMap(([container, at]) => [
    ...containerErrors(container, at, volumes),
    ...duplicateIf(names, container['name'] ?? '', `${at}.name`),
    ...hostPortConflicts([[container, at]]),
    ...(container['restartPolicy'] === 'Always' ? sidecarErrors(container, at) : withoutProbes(container, at)),
  ]);
};

const withoutProbes = (container: Fields, path: string): FieldError[] =>
  ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']
    .filter((field) => container[field] !== undefined)
    .map((field) =>
      forbiddenField(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
    );

const sidecarErrors = (container: Fields, path: string): FieldError[] => [
  ...probeErrors(container['livenessProbe'], `${path}.livenessProbe`, { isLiveness: true }),
  ...probeErrors(container['readinessProbe'], `${path}.readinessProbe`),
  ...probeErrors(container['startupProbe'], `${path}.startupProbe`, { isLiveness: true }),
];

/** Remembers what it was told of before. */
const duplicateIf = (seen: Set<unknown>, value: unknown, path: string): FieldError[] => {
  if (seen.has(value)) return [duplicateField(path, value)];
  seen.add(value);
  return [];
};

const containerErrors = (container: Fields, path: string, volumes: ReadonlySet<string>): FieldError[] => [
  ...(textOf(container['name']) === ''
    ? [requiredField(`${path}.name`)]
    : isDnsLabel(container['name'], `${path}.name`)),
  ...requiredIf(textOf(container['image']) === '', `${path}.image`),
  ...isOneOf('File', 'FallbackToLogsOnError')(
    container['terminationMessagePolicy'],
    `${path}.terminationMessagePolicy`,
  ),
  ...portsErrors(container['ports'], `${path}.ports`),
  ...itemsOf(container['env'], `${path}.env`).flatMap(([one, at]) => environmentErrors(one, at)),
  ...mountsErrors(container['volumeMounts'], `${path}.volumeMounts`, volumes),
  ...isOneOf('Always', 'IfNotPresent', 'Never')(container['imagePullPolicy'], `${path}.imagePullPolicy`),
  ...resourcesErrors(asRecord(container['resources']), `${path}.resources`),
];

const portsErrors = (ports: unknown, path: string): FieldError[] => {
  const names = new Set<unknown>();
  return itemsOf(ports, path).flatMap(([{ name, containerPort, hostPort, protocol }, at]) => {
    const nameFaults = name === undefined ? [] : isPortName(name, `${at}.name`);
    return [
      ...nameFaults,
      ...(name === undefined || nameFaults.length > 0 ? [] : duplicateIf(names, name, `${at}.name`)),
      ...(containerPort === 0 ? [requiredField(`${at}.containerPort`)] : isPort(containerPort, `${at}.containerPort`)),
      // 0 is none: what a pod of the host's network has from a containerPort that is missing.
      ...(hostPort === 0 ? [] : isPort(hostPort, `${at}.hostPort`)),
      ...isOneOf('SCTP', 'TCP', 'UDP')(protocol, `${at}.protocol`),
    ];
  });
};

const hostPortConflicts = (containers: readonly (readonly [Fields, string])[]): FieldError[] => {
  const taken = new Set<unknown>();
  return containers.flatMap(([container, path]) =>
    itemsOf(container['ports'], `${path}.ports`).flatMap(([{ hostPort, protocol, hostIP }, at]) =>
      hostPort === undefined
        ? []
        : duplicateIf(taken, `${textOf(protocol)}/${textOf(hostIP)}/${Number(hostPort)}`, `${at}.hostPort`),
    ),
  );
};

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const NO_SOURCE = `must specify one of: ${SOURCES.slice(0, -1)
  .map((source) => `\`${source}\``)
  .join(', ')} or \`fileKeyRef\``;

const environmentErrors = ({ name, value, valueFrom }: Fields, path: string): FieldError[] => [
  ...(textOf(name) === '' ? [requiredField(`${path}.name`)] : isEnvironmentName(name, `${path}.name`)),
  ...(valueFrom === undefined ? [] : sourceErrors(asRecord(valueFrom), `${path}.valueFrom`, textOf(value) !== '')),
];

const sourceErrors = (source: Fields, path: string, hasValue: boolean): FieldError[] => {
  const found = SOURCES.filter((one) => source[one] !== undefined);
  const count =
    found.length === 0
      ? [NO_SOURCE]
      : hasValue
        ? ['may not be specified when `value` is not empty']
        : found.length > 1
          ? ['may not have more than one field specified at a time']
          : [];
  return [
    ...found
      .filter((one) => one === 'configMapKeyRef' || one === 'secretKeyRef')
      .flatMap((one) => keyReferenceErrors(asRecord(source[one]), `${path}.${one}`)),
    ...count.map((detail) => invalidField(path, '', detail)),
  ];
};

const keyReferenceErrors = ({ name, key }: Fields, path: string): FieldError[] => [
  ...isDnsSubdomain(name, `${path}.name`),
  ...(textOf(key) === '' ? [requiredField(`${path}.key`)] : isConfigKey(key, `${path}.key`)),
];

const mountsErrors = (mounts: unknown, path: string, volumes: ReadonlySet<string>): FieldError[] => {
  const places = new Set<unknown>();
  return itemsOf(mounts, path).flatMap(([{ name, mountPath, subPath }, at]) => {
    const isTaken = places.has(mountPath);
    places.add(mountPath);
    return [
      ...requiredIf(textOf(name) === '', `${at}.name`),
      ...(volumes.has(textOf(name)) ? [] : [notFoundField(`${at}.name`, name ?? '')]),
      ...requiredIf(textOf(mountPath) === '', `${at}.mountPath`),
      ...invalidIf(isTaken, `${at}.mountPath`, mountPath, 'must be unique'),
      ...descendingPathErrors(textOf(subPath), `${path}.subPath`),
    ];
  });
};

const descendingPathErrors = (target: string, path: string): FieldError[] => [
  ...invalidIf(target.startsWith('/'), path, target, 'must be a relative path'),
  ...invalidIf(target.split('/').includes('..'), path, target, "must not contain '..'"),
];

const STANDARD_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

const resourceNameErrors = (name: string, path: string): FieldError[] => {
  const faults = qualifiedNameFaults(name);
  if (faults.length > 0) return faults.map((fault) => invalidField(path, name, fault));
  if (name.includes('/') || STANDARD_RESOURCES.includes(name) || name.startsWith('hugepages-')) return [];
  const isKnown = ['storage', 'pods', 'services', 'secrets', 'configmaps'].includes(name);
  return [
    ...(isKnown ? [] : [invalidField(path, name, 'must be a standard resource type or fully qualified')]),
    invalidField(path, name, 'must be a standard resource for containers'),
  ];
};

const amountErrors = (amounts: Fields, path: string): FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => [
    ...resourceNameErrors(name, `${path}[${name}]`),
    ...invalidIf(
      parseQuantityExact(textOf(amount)).nano < 0n,
      `${path}[${name}]`,
      amount,
      'must be greater than or equal to 0',
    ),
  ]);

const resourcesErrors = ({ requests, limits }: Fields, path: string): FieldError[] => {
  const most = asRecord(limits);
  return [
    ...amountErrors(most, `${path}.limits`),
    ...amountErrors(asRecord(requests), `${path}.requests`),
    ...Object.entries(asRecord(requests)).flatMap(([name, amount]) => {
      const limit = most[name];
      if (typeof limit !== 'string' || compareQuantities(textOf(amount), limit) <= 0) return [];
      return [invalidField(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)];
    }),
  ];
};

const HANDLERS: Readonly<Record<string, (handler: Fields, path: string) => FieldError[]>> = {
  exec: ({ command }, path) => requiredIf(command === undefined, `${path}.command`),
  httpGet: ({ port, scheme }, path) => [
    ...isPortOrName(port, `${path}.port`),
    ...isOneOf('HTTP', 'HTTPS')(scheme, `${path}.scheme`),
  ],
  tcpSocket: ({ port }, path) => isPortOrName(port, `${path}.port`),
  grpc: ({ port }, path) => isPort(port, `${path}.port`),
};

const probeErrors = (value: unknown, path: string, options: { isLiveness?: true } = {}): FieldError[] => {
  if (value === undefined) return [];
  const probe = asRecord(value);
  const [first, ...more] = Object.keys(HANDLERS).filter((name) => probe[name] !== undefined);
  const { terminationGracePeriodSeconds: grace, successThreshold } = probe;
  return [
    ...(first === undefined
      ? [requiredField(path, 'must specify a handler type')]
      : (HANDLERS[first]?.(asRecord(probe[first]), `${path}.${first}`) ?? [])),
    ...more.map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type')),
    ...['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'].flatMap(
      (field) => isNotNegative(probe[field], `${path}.${field}`),
    ),
    ...invalidIf(
      typeof grace === 'number' && grace <= 0,
      `${path}.terminationGracePeriodSeconds`,
      grace,
      'must be greater than 0',
    ),
    ...(options.isLiveness
      ? invalidIf(successThreshold !== 1, `${path}.successThreshold`, successThreshold, 'must be 1')
      : invalidIf(
          grace !== undefined,
          `${path}.terminationGracePeriodSeconds`,
          grace,
          'must not be set for readinessProbes',
        )),
  ];
};
