import type { Unstructured } from '@kube-steward/kube';
import { parseQuantityExact } from '@kube-steward/kube';
import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '../errors.ts';
import { asRecord, valueAt } from '../json-path.ts';
import { TAINT_EFFECTS } from './pods.ts';
import { labelErrors, labelValueFaults } from './names.ts';
import {
  type Fields,
  invalidIf,
  isAtMost100Percent,
  isConfigKey,
  isCountOrPercent,
  isDnsLabel,
  isLabelName,
  isLabelSelector,
  isNotNegative,
  isOneOf,
  isPort,
  isPortOrName,
  itemsOf,
  textOf,
} from './rules.ts';

export const configMapErrors = (object: Unstructured): FieldError[] => {
  const [data, binaryData] = [asRecord(object['data']), asRecord(object['binaryData'])];
  return [
    ...Object.keys(data).flatMap((key) => [
      ...isConfigKey(key, `data[${key}]`),
      ...invalidIf(key in binaryData, `data[${key}]`, key, 'duplicate of key present in binaryData'),
    ]),
    ...Object.keys(binaryData).flatMap((key) => isConfigKey(key, `binaryData[${key}]`)),
  ];
};

export const secretErrors = (object: Unstructured): FieldError[] =>
  Object.keys(asRecord(object['data'])).flatMap((key) => isConfigKey(key, `data[${key}]`));

export const leaseErrors = (spec: Fields, path: string): FieldError[] => {
  const { leaseDurationSeconds: duration, strategy, preferredHolder } = spec;
  return [
    ...invalidIf(
      typeof duration === 'number' && duration <= 0,
      `${path}.leaseDurationSeconds`,
      duration,
      'must be greater than 0',
    ),
    ...isNotNegative(spec['leaseTransitions'], `${path}.leaseTransitions`),
    ...(textOf(preferredHolder) !== '' && textOf(strategy) === ''
      ? [forbiddenField(`${path}.preferredHolder`, 'may only be specified if `strategy` is defined')]
      : []),
  ];
};

/** A spec as the server shows it whole. */
const internalBudget = (spec: Fields): object => ({
  MinAvailable: spec['minAvailable'] ?? null,
  Selector: spec['selector'] ?? null,
  MaxUnavailable: spec['maxUnavailable'] ?? null,
  UnhealthyPodEvictionPolicy: spec['unhealthyPodEvictionPolicy'] ?? null,
});

export const disruptionBudgetErrors = (spec: Fields, path: string): FieldError[] => {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  return [
    ...invalidIf(
      minAvailable !== undefined && maxUnavailable !== undefined,
      path,
      internalBudget(spec),
      'minAvailable and maxUnavailable cannot be both set',
    ),
    ...['minAvailable', 'maxUnavailable'].flatMap((field) => [
      ...isCountOrPercent(spec[field], `${path}.${field}`),
      ...isAtMost100Percent(spec[field], `${path}.${field}`),
    ]),
    ...isLabelSelector(spec['selector'], `${path}.selector`),
    ...(policy === undefined
      ? []
      : isOneOf('AlwaysAllow', 'IfHealthyBudget')(policy, `${path}.unhealthyPodEvictionPolicy`)),
  ];
};

/** Taints are named as if they were part of the metadata. */
export const nodeErrors = (spec: Fields): FieldError[] => {
  const seen = new Set<string>();
  return itemsOf(spec['taints'], 'metadata.taints').flatMap(([taint, path]) => {
    const { key, value = '', effect } = taint;
    const id = `${textOf(effect)}/${textOf(key)}`;
    const isTaken = seen.has(id);
    seen.add(id);
    const valueFaults = labelValueFaults(textOf(value));
    return [
      ...isLabelName(key, `${path}.key`),
      ...(valueFaults.length > 0 ? [invalidField(`${path}.value`, value, valueFaults.join(';'))] : []),
      ...(textOf(effect) === ''
        ? [requiredField(`${path}.effect`)]
        : isOneOf(...TAINT_EFFECTS)(effect, `${path}.effect`)),
      ...(isTaken ? [withDetail(duplicateField(path, taint), 'taints must be unique by key and effect pair')] : []),
    ];
  });
};

const withDetail = (error: FieldError, detail: string): FieldError => ({ ...error, body: `${error.body}: ${detail}` });

export const serviceErrors = (spec: Fields, path: string): FieldError[] => {
  const { type, ports, clusterIP, externalName } = spec;
  const isHeadless = clusterIP === 'None';
  const names = new Set<unknown>();
  const items = itemsOf(ports, `${path}.ports`);
  return [
    ...(items.length === 0 && !isHeadless && type !== 'ExternalName' ? [requiredField(`${path}.ports`)] : []),
    ...(type === 'ExternalName' && textOf(externalName) === '' ? [requiredField(`${path}.externalName`)] : []),
    ...items.flatMap(([port, at]) => servicePortErrors(port, at, items.length > 1, names)),
    ...labelErrors(asRecord(spec['selector']), `${path}.selector`),
    ...isOneOf('ClientIP', 'None')(spec['sessionAffinity'], `${path}.sessionAffinity`),
    ...isOneOf('ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort')(type, `${path}.type`),
    ...portConflicts(items),
    ...(spec['internalTrafficPolicy'] === undefined
      ? []
      : isOneOf('Cluster', 'Local')(spec['internalTrafficPolicy'], `${path}.internalTrafficPolicy`)),
  ];
};

const servicePortErrors = (port: Fields, path: string, needsName: boolean, names: Set<unknown>): FieldError[] => {
  const { name } = port;
  const isTaken = names.has(name);
  if (name !== undefined) names.add(name);
  return [
    ...(name === undefined ? (needsName ? [requiredField(`${path}.name`)] : []) : isDnsLabel(name, `${path}.name`)),
    ...(isTaken ? [duplicateField(`${path}.name`, name)] : []),
    ...isPort(port['port'], `${path}.port`),
    ...isOneOf('SCTP', 'TCP', 'UDP')(port['protocol'], `${path}.protocol`),
    ...isPortOrName(port['targetPort'], `${path}.targetPort`),
  ];
};

const portConflicts = (items: readonly (readonly [Fields, string])[]): FieldError[] => {
  const seen = new Set<string>();
  return items.flatMap(([{ port, protocol }, path]) => {
    const id = JSON.stringify([port, protocol]);
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [duplicateField(path, { port, protocol })];
  });
};

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export const claimErrors = (spec: Fields, path: string): FieldError[] => {
  const storage = valueAt(spec, 'resources.requests.storage');
  const at = `${path}.resources[storage]`;
  const modes: unknown[] = Array.isArray(spec['accessModes']) ? spec['accessModes'] : [];
  return [
    ...(modes.length === 0 ? [requiredField(`${path}.accessModes`, 'at least 1 access mode is required')] : []),
    ...modes.flatMap((mode) => isOneOf(...ACCESS_MODES)(mode, `${path}.accessModes`)),
    ...isLabelSelector(spec['selector'], `${path}.selector`),
    ...(typeof storage === 'string'
      ? invalidIf(parseQuantityExact(storage).nano <= 0n, at, storage, 'must be greater than zero')
      : [requiredField(at)]),
    ...isOneOf('Block', 'Filesystem')(spec['volumeMode'], `${path}.volumeMode`),
  ];
};
