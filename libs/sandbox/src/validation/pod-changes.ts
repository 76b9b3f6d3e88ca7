import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from '../canonical.ts';
import { type FieldError, forbiddenField, invalidField } from '../errors.ts';
import { asRecord, without } from '../json-path.ts';
import { type Fields, itemsOf } from './rules.ts';

const listOf = (spec: Fields, field: string): readonly unknown[] =>
  Array.isArray(spec[field]) ? (spec[field] as unknown[]) : [];

/** What must not change in the spec of a pod that exists. */
export const podChangeErrors = (object: Unstructured, stored: Unstructured): FieldError[] => {
  if (object['spec'] === stored['spec']) return [];
  const [now, before] = [asRecord(object['spec']), asRecord(stored['spec'])];
  for (const field of ['containers', 'initContainers']) {
    if (listOf(now, field).length !== listOf(before, field).length) {
      return [forbiddenField(`spec.${field}`, 'pod updates may not add or remove containers')];
    }
  }
  const { errors, isFinal } = deadlineErrors(now, before);
  if (isFinal) return errors;
  return [...errors, ...tolerationErrors(now, before), ...otherErrors(now, before)];
};

const MOST_SECONDS = 2 ** 31 - 1;

/** The deadline may come, and come nearer; a wrong one is all that is reported. */
const deadlineErrors = (now: Fields, before: Fields): { errors: FieldError[]; isFinal: boolean } => {
  const path = 'spec.activeDeadlineSeconds';
  const [next, last] = [now['activeDeadlineSeconds'], before['activeDeadlineSeconds']];
  if (typeof next === 'number') {
    const fault =
      next < 0 || next > MOST_SECONDS
        ? `must be between 0 and ${MOST_SECONDS}, inclusive`
        : typeof last === 'number' && last < next
          ? 'must be less than or equal to previous value'
          : undefined;
    return { errors: fault === undefined ? [] : [invalidField(path, next, fault)], isFinal: fault !== undefined };
  }
  const isGone = last !== undefined;
  const detail = 'must not update from a positive integer to nil value';
  return { errors: isGone ? [invalidField(path, null, detail)] : [], isFinal: false };
};

/** Tolerations may be added, and last another time. */
const tolerationErrors = (now: Fields, before: Fields): FieldError[] => {
  const withoutTime = (toleration: unknown) => without(asRecord(toleration), 'tolerationSeconds');
  const given = listOf(now, 'tolerations').map(withoutTime);
  const isKept = listOf(before, 'tolerations')
    .map(withoutTime)
    .every((one) => given.some((other) => equalJson(one, other)));
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  return isKept ? [] : [forbiddenField('spec.tolerations', detail)];
};

/** Of containers it is the image that may change. */
const fixedPart = (spec: Fields): unknown => ({
  ...without(spec, 'activeDeadlineSeconds', 'tolerations', 'schedulingGates'),
  containers: itemsOf(spec['containers'], '').map(([one]) => without(one, 'image')),
  initContainers: itemsOf(spec['initContainers'], '').map(([one]) => without(one, 'image')),
});

const otherErrors = (now: Fields, before: Fields): FieldError[] => {
  const grace = before['terminationGracePeriodSeconds'];
  const isRepaired = typeof grace === 'number' && grace < 0 && now['terminationGracePeriodSeconds'] === 1;
  const compared = isRepaired ? { ...now, terminationGracePeriodSeconds: grace } : now;
  if (equalJson(fixedPart(compared), fixedPart(before))) return [];
  return [
    forbiddenField(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
};
