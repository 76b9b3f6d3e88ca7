import type { Unstructured } from '@kube-steward/kube';
import { type FieldError, invalidField, requiredField, unsupportedField } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import { templateErrors } from './pods.ts';
import { type Fields, invalidIf, isLabelSelector, isNotNegative, isOneOf, textOf } from './rules.ts';
import { scheduleFault } from './schedule.ts';
import { mismatchErrors } from './workloads.ts';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

/** A job that did not bring its own selector carries its name and uid in the labels of its pods. */
export const generatedLabelErrors = (object: Unstructured): FieldError[] => {
  const spec = asRecord(object['spec']);
  if (spec['manualSelector'] === true || !spec['selector']) return [];
  const { name, uid = '' } = object.metadata;
  const labels = asRecord(asRecord(asRecord(spec['template'])['metadata'])['labels']);
  const expected = Object.entries({ 'controller-uid': uid, 'job-name': name });
  return expected.flatMap(([label, value]) =>
    [label, `batch.kubernetes.io/${label}`].flatMap((key) => {
      const path = `spec.template.metadata.labels[${key}]`;
      if (labels[key] === undefined) return [requiredField(path, `must be '${value}'`)];
      return invalidIf(labels[key] !== value, path, labels, `must be '${value}'`);
    }),
  );
};

export const jobErrors = (spec: Fields, path: string): FieldError[] => [
  ...jobTemplateErrors(spec, path),
  ...(!spec['selector'] ? [requiredField(`${path}.selector`)] : isLabelSelector(spec['selector'], `${path}.selector`)),
  ...mismatchErrors(spec, path),
];

/** Without a selector, which a job gets when it is made. */
const jobTemplateErrors = (spec: Fields, path: string): FieldError[] => [
  ...COUNTS.flatMap((field) => isNotNegative(spec[field], `${path}.${field}`)),
  ...(spec['completionMode'] === undefined
    ? []
    : isOneOf('NonIndexed', 'Indexed')(spec['completionMode'], `${path}.completionMode`)),
  ...indexErrors(spec, path),
  ...(spec['podReplacementPolicy'] === undefined
    ? []
    : isOneOf(...(spec['podFailurePolicy'] === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']))(
        spec['podReplacementPolicy'],
        `${path}.podReplacementPolicy`,
      )),
  ...templateErrors(asRecord(spec['template']), `${path}.template`),
  ...restartErrors(
    asRecord(asRecord(spec['template'])['spec'])['restartPolicy'],
    `${path}.template.spec.restartPolicy`,
  ),
];

const indexErrors = (spec: Fields, path: string): FieldError[] => {
  const { completionMode = 'NonIndexed', completions } = spec;
  if (completionMode === 'Indexed') {
    return completions === undefined ? [requiredField(`${path}.completions`, 'when completion mode is Indexed')] : [];
  }
  if (completionMode !== 'NonIndexed') return [];
  return ['backoffLimitPerIndex', 'maxFailedIndexes']
    .filter((field) => spec[field] !== undefined)
    .map((field) => invalidField(`${path}.${field}`, spec[field], 'requires indexed completion mode'));
};

/** Pods of a job end. */
const restartErrors = (policy: unknown, path: string): FieldError[] => {
  if (policy === 'Always') return [requiredField(path, 'valid values: "OnFailure", "Never"')];
  return isOneOf('OnFailure', 'Never')(policy, path);
};

export const cronJobErrors = (spec: Fields, path: string): FieldError[] => {
  const job = asRecord(asRecord(spec['jobTemplate'])['spec']);
  const at = `${path}.jobTemplate.spec`;
  return [
    ...scheduleErrors(textOf(spec['schedule']), `${path}.schedule`),
    ...isNotNegative(spec['startingDeadlineSeconds'], `${path}.startingDeadlineSeconds`),
    ...timeZoneErrors(spec['timeZone'], `${path}.timeZone`),
    ...isOneOf('Allow', 'Forbid', 'Replace')(spec['concurrencyPolicy'], `${path}.concurrencyPolicy`),
    ...jobTemplateErrors(job, at),
    ...invalidIf(job['selector'] !== undefined, `${at}.selector`, job['selector'], '`selector` will be auto-generated'),
    ...(job['manualSelector'] === true ? [unsupportedField(`${at}.manualSelector`, true, ['nil', 'false'])] : []),
    ...isNotNegative(spec['successfulJobsHistoryLimit'], `${path}.successfulJobsHistoryLimit`),
    ...isNotNegative(spec['failedJobsHistoryLimit'], `${path}.failedJobsHistoryLimit`),
  ];
};

const scheduleErrors = (schedule: string, path: string): FieldError[] => {
  if (schedule === '') return [requiredField(path)];
  const fault = scheduleFault(schedule);
  return [
    ...(fault === undefined ? [] : [invalidField(path, schedule, fault)]),
    ...invalidIf(
      schedule.includes('TZ'),
      path,
      schedule,
      'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ),
  ];
};

const timeZoneErrors = (zone: unknown, path: string): FieldError[] => {
  if (typeof zone !== 'string') return [];
  if (zone === '') return [invalidField(path, zone, 'timeZone must be nil or non-empty string')];
  return invalidIf(!isTimeZone(zone), path, zone, `unknown time zone ${zone}`);
};

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
