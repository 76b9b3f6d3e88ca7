import { labelSelectorOf, matchesLabels } from '@kube-steward/kube';
import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { templateErrors } from './pods.ts';
import {
  countOrPercent,
  type Fields,
  invalidIf,
  isAtMost100Percent,
  isCountOrPercent,
  isDnsLabel,
  isNotNegative,
  isOneOf,
  numberOf,
  textOf,
  isLabelSelector,
} from './rules.ts';

const labelsOf = (template: Fields): Readonly<Record<string, string>> =>
  asRecord(asRecord(template['metadata'])['labels']) as Record<string, string>;

const hasRequirements = (selector: Fields): boolean =>
  selector['matchLabels'] !== undefined || selector['matchExpressions'] !== undefined;

/** Whether labels are selected; a selector that is none selects nothing, one that cannot be read is not asked. */
const isSelected = (selector: unknown, labels: Readonly<Record<string, string>>): boolean | undefined => {
  if (selector === undefined || selector === null) return false;
  try {
    return matchesLabels(labelSelectorOf(selector), labels);
  } catch {
    return undefined;
  }
};

export const mismatchErrors = (spec: Fields, path: string): FieldError[] => {
  const labels = labelsOf(asRecord(spec['template']));
  if (isSelected(spec['selector'], labels) !== false) return [];
  const shown = Object.keys(labels).length === 0 ? null : labels;
  return [invalidField(`${path}.template.metadata.labels`, shown, '`selector` does not match template `labels`')];
};

const selectorErrors = (spec: Fields, path: string, kind: string): FieldError[] => {
  const { selector } = spec;
  if (selector === undefined || selector === null) return [requiredField(path)];
  const isReadable = isSelected(selector, {}) !== undefined;
  return [
    ...isLabelSelector(selector, path),
    ...invalidIf(!hasRequirements(asRecord(selector)), path, selector, `empty selector is invalid for ${kind}`),
    ...invalidIf(!isReadable, path, selector, kind === 'statefulset' ? '' : 'invalid label selector'),
  ];
};

/** Pods that are replaced when they end, for as long as the workload is there. */
const lastingTemplateErrors = (template: Fields, path: string, owner: string): FieldError[] => {
  const { restartPolicy, activeDeadlineSeconds } = asRecord(template['spec']);
  return [
    ...templateErrors(template, path),
    ...(restartPolicy === 'Always' ? [] : [unsupportedField(`${path}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [forbiddenField(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${owner} is not Supported`)]),
  ];
};

const replicatedErrors = (spec: Fields, path: string): FieldError[] => [
  ...isNotNegative(spec['replicas'], `${path}.replicas`),
  ...isNotNegative(spec['minReadySeconds'], `${path}.minReadySeconds`),
  ...selectorErrors(spec, `${path}.selector`, 'deployment'),
  ...(isSelected(spec['selector'], {}) === undefined
    ? []
    : [
        ...mismatchErrors(spec, path),
        ...lastingTemplateErrors(asRecord(spec['template']), `${path}.template`, 'ReplicaSet'),
      ]),
];

const deploymentStrategyErrors = ({ type, rollingUpdate }: Fields, path: string): FieldError[] => {
  if (type === 'Recreate') {
    return rollingUpdate === undefined
      ? []
      : [forbiddenField(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type !== 'RollingUpdate') return [unsupportedField(path, { type }, ['Recreate', 'RollingUpdate'])];
  const { maxSurge, maxUnavailable } = asRecord(rollingUpdate);
  const at = `${path}.rollingUpdate`;
  return [
    ...isCountOrPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...isCountOrPercent(maxSurge, `${at}.maxSurge`),
    ...invalidIf(
      countOrPercent(maxUnavailable) === 0 && countOrPercent(maxSurge) === 0,
      `${at}.maxUnavailable`,
      maxUnavailable,
      'may not be 0 when `maxSurge` is 0',
    ),
    ...isAtMost100Percent(maxUnavailable, `${at}.maxUnavailable`),
  ];
};

export const deploymentErrors = (spec: Fields, path: string): FieldError[] => {
  const { progressDeadlineSeconds: deadline, minReadySeconds } = spec;
  return [
    ...replicatedErrors(spec, path),
    ...deploymentStrategyErrors(asRecord(spec['strategy']), `${path}.strategy`),
    ...isNotNegative(spec['revisionHistoryLimit'], `${path}.revisionHistoryLimit`),
    ...isNotNegative(deadline, `${path}.progressDeadlineSeconds`),
    ...invalidIf(
      typeof deadline === 'number' && deadline <= numberOf(minReadySeconds),
      `${path}.progressDeadlineSeconds`,
      deadline,
      'must be greater than minReadySeconds',
    ),
  ];
};

export const replicaSetErrors = replicatedErrors;

const daemonSetStrategyErrors = ({ type, rollingUpdate }: Fields, path: string): FieldError[] => {
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') return [unsupportedField(path, { type }, ['RollingUpdate', 'OnDelete'])];
  const { maxSurge, maxUnavailable } = asRecord(rollingUpdate);
  const at = `${path}.rollingUpdate`;
  const [surge, unavailable] = [countOrPercent(maxSurge), countOrPercent(maxUnavailable)];
  return [
    ...isCountOrPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...isCountOrPercent(maxSurge, `${at}.maxSurge`),
    ...isAtMost100Percent(maxUnavailable, `${at}.maxUnavailable`),
    ...isAtMost100Percent(maxSurge, `${at}.maxSurge`),
    ...invalidIf(
      surge !== 0 && unavailable !== 0,
      `${at}.maxSurge`,
      maxSurge,
      'may not be set when maxUnavailable is non-zero',
    ),
    ...(surge === 0 && unavailable === 0
      ? [requiredField(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')]
      : []),
  ];
};

export const daemonSetErrors = (spec: Fields, path: string): FieldError[] => [
  ...isLabelSelector(spec['selector'], `${path}.selector`),
  ...mismatchErrors(spec, path),
  ...invalidIf(
    Boolean(spec['selector']) && !hasRequirements(asRecord(spec['selector'])),
    `${path}.selector`,
    spec['selector'],
    'empty selector is invalid for daemonset',
  ),
  ...lastingTemplateErrors(asRecord(spec['template']), `${path}.template`, 'DaemonSet'),
  ...isNotNegative(spec['minReadySeconds'], `${path}.minReadySeconds`),
  ...daemonSetStrategyErrors(asRecord(spec['updateStrategy']), `${path}.updateStrategy`),
  ...isNotNegative(spec['revisionHistoryLimit'], `${path}.revisionHistoryLimit`),
];

const statefulSetStrategyErrors = (strategy: Fields, path: string): FieldError[] => {
  const { type, rollingUpdate } = strategy;
  const at = `${path}.rollingUpdate`;
  if (type === 'OnDelete') {
    return invalidIf(rollingUpdate !== undefined, at, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'");
  }
  if (type !== 'RollingUpdate') return [invalidField(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  const { partition, maxUnavailable } = asRecord(rollingUpdate);
  return [
    ...isNotNegative(partition, `${at}.partition`),
    ...isCountOrPercent(maxUnavailable, `${at}.maxUnavailable`),
    ...isAtMost100Percent(maxUnavailable, `${at}.maxUnavailable`),
  ];
};

export const statefulSetErrors = (spec: Fields, path: string, isNew: boolean): FieldError[] => {
  const { podManagementPolicy, serviceName } = spec;
  const { whenDeleted, whenScaled } = asRecord(spec['persistentVolumeClaimRetentionPolicy']);
  const retention = `${path}.persistentVolumeClaimRetentionPolicy`;
  const isKept = isOneOf('Retain', 'Delete');
  return [
    ...invalidIf(
      podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel',
      `${path}.podManagementPolicy`,
      podManagementPolicy,
      "must be 'OrderedReady' or 'Parallel'",
    ),
    ...statefulSetStrategyErrors(asRecord(spec['updateStrategy']), `${path}.updateStrategy`),
    ...isKept(whenDeleted, `${retention}.whenDeleted`),
    ...isKept(whenScaled, `${retention}.whenScaled`),
    ...isNotNegative(spec['replicas'], `${path}.replicas`),
    ...isNotNegative(spec['minReadySeconds'], `${path}.minReadySeconds`),
    ...isNotNegative(asRecord(spec['ordinals'])['start'], `${path}.ordinals.start`),
    ...(isNew && textOf(serviceName) !== '' ? isDnsLabel(serviceName, `${path}.serviceName`) : []),
    ...selectorErrors(spec, `${path}.selector`, 'statefulset'),
    ...mismatchErrors(spec, path),
    ...lastingTemplateErrors(asRecord(spec['template']), `${path}.template`, 'StatefulSet'),
  ];
};
