import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from '../canonical.ts';
import { type FieldError, invalidField, requiredField } from '../errors.ts';
import { valueAt } from '../json-path.ts';
import { invalidIf, isLabelName, textOf } from './rules.ts';

/** Events of the core group are for their object's namespace; nothing else about them is looked at. */
export const coreEventErrors = (object: Unstructured): FieldError[] =>
  aboutErrors(object, textOf(valueAt(object, 'involvedObject.namespace')), 'reportingComponent');

/** Events of the group of their own say who reports what, and nothing that is deprecated. */
export const eventErrors = (object: Unstructured, isNew: boolean): FieldError[] => {
  const { type } = object;
  return [
    ...aboutErrors(object, textOf(valueAt(object, 'regarding.namespace')), 'reportingController'),
    ...(isNew && !isTimed(object) ? [requiredField('eventTime')] : []),
    ...invalidIf(isNew && type !== 'Normal' && type !== 'Warning', 'type', '', `has invalid value: ${textOf(type)}`),
    ...(isNew ? Object.entries(DEPRECATED) : []).flatMap(([field, former]) =>
      invalidIf(isSet(object[field]), former, '', 'needs to be unset'),
    ),
  ];
};

const isTimed = ({ eventTime }: Unstructured): boolean => typeof eventTime === 'string';

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && (typeof value !== 'object' || Object.keys(value).length > 0);

const aboutErrors = (object: Unstructured, about: string, reporter: string): FieldError[] => {
  const { namespace = '' } = object.metadata;
  const mayLack = isTimed(object) ? ['default', 'kube-system'] : ['default'];
  const isRight = about === '' ? mayLack.includes(namespace) : isTimed(object) || about === namespace;
  return [
    ...invalidIf(!isRight, 'involvedObject.namespace', about, 'does not match event.namespace'),
    ...(isTimed(object) ? reportErrors(object, reporter) : []),
  ];
};

const reportErrors = (object: Unstructured, reporter: string): FieldError[] => [
  ...[reporter, 'reportingInstance', 'action', 'reason']
    .filter((field) => textOf(object[field]) === '')
    .map((field) => requiredField(field)),
  ...isLabelName(object[reporter], reporter),
];

/** Fields of the group of its own that are there for the core's sake, under their names there. */
const DEPRECATED: Readonly<Record<string, string>> = {
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
  deprecatedSource: 'source',
};

/** All but the series stays, told under the core's names. */
const FIXED: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  reason: 'reason',
  note: 'message',
  ...DEPRECATED,
  type: 'type',
  eventTime: 'eventTime',
  action: 'action',
  related: 'related',
  reportingController: 'reportingController',
  reportingInstance: 'reportingInstance',
};

export const changedEventErrors = (object: Unstructured, stored: Unstructured): FieldError[] =>
  Object.entries(FIXED)
    .filter(([field]) => !equalJson(object[field] ?? null, stored[field] ?? null))
    .map(([field, former]) => invalidField(former, object[field] ?? null, 'field is immutable'));
