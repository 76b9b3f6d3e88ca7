import { type FieldError, invalidField } from '../errors.ts';
import type { ServedKind } from '../registry.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const ANNOTATIONS_LIMIT = 256 * 1024;

interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly message: string;
}

const SUBDOMAIN_RULE: NameRule = {
  pattern: new RegExp(`^${SUBDOMAIN}$`),
  maxLength: 253,
  message: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
};
const LABEL_RULE: NameRule = {
  pattern: new RegExp(`^${LABEL}$`),
  maxLength: 63,
  message: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
};
const DNS_1035_RULE: NameRule = {
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  maxLength: 63,
  message: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
};
/** Names of RBAC objects may hold anything a path segment can. */
const SEGMENT_RULE: NameRule = { pattern: /^(?!\.{1,2}$)[^/%]+$/, maxLength: 253, message: `may not contain '/'` };

const faultsUnder =
  ({ pattern, maxLength, message }: NameRule) =>
  (name: string): string[] => [
    ...(name.length > maxLength ? [`must be no more than ${maxLength} characters`] : []),
    ...(pattern.test(name) ? [] : [message]),
  ];

export const DNS_SUBDOMAIN = faultsUnder(SUBDOMAIN_RULE);

/** A subdomain that is no label has dots. */
export const DNS_LABEL = (name: string): string[] =>
  faultsUnder(LABEL_RULE)(name).map((fault) =>
    fault === LABEL_RULE.message && SUBDOMAIN_RULE.pattern.test(name) ? 'must not contain dots' : fault,
  );

const ruleOf = (kind: ServedKind): NameRule => {
  if (kind.group === 'rbac.authorization.k8s.io' || kind.group === 'policy' || kind.kind === 'Event')
    return SEGMENT_RULE;
  if (kind.group === '' && kind.kind === 'Namespace') return LABEL_RULE;
  if (kind.group === '' && kind.kind === 'Service') return DNS_1035_RULE;
  return SUBDOMAIN_RULE;
};

/** What is wrong with the name of a new object. */
export const nameErrors = (kind: ServedKind, name: string): FieldError[] =>
  faultsUnder(ruleOf(kind))(name).map((fault) => invalidField('metadata.name', name, fault));

const NAME_PART = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`;
const PREFIX_PART = `prefix part ${SUBDOMAIN_RULE.message}`;
const VALUE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`;
const NAME_PATTERN = new RegExp(`^${QUALIFIED}$`);
const VALUE_PATTERN = new RegExp(`^${LABEL_VALUE}$`);

/** What is wrong with a qualified name (`example.com/name`), in the server's words. */
export const qualifiedNameFaults = (key: string): string[] => {
  const parts = key.split('/');
  if (parts.length > 2)
    return [
      `a valid label key ${NAME_PART.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const [prefix, name] = parts.length === 2 ? (parts as [string, string]) : [undefined, key];
  const faults: string[] = [];
  if (prefix === '') faults.push('prefix part must be non-empty');
  else if (prefix !== undefined && !SUBDOMAIN_RULE.pattern.test(prefix)) faults.push(PREFIX_PART);
  if (name === '') faults.push('name part must be non-empty');
  else if (name.length > 63) faults.push('name part must be no more than 63 characters');
  if (name === '' || !NAME_PATTERN.test(name)) faults.push(NAME_PART);
  return faults;
};

/** What is wrong with the value of a label. */
export const labelValueFaults = (value: string): string[] => [
  ...(value.length > 63 ? ['must be no more than 63 bytes'] : []),
  ...(VALUE_PATTERN.test(value) ? [] : [VALUE]),
];

/** What is wrong with a map of labels. */
export const labelErrors = (labels: Readonly<Record<string, unknown>>, field = 'metadata.labels'): FieldError[] =>
  Object.entries(labels).flatMap(([key, value]) => {
    const text = String(value);
    return [
      ...qualifiedNameFaults(key).map((fault) => invalidField(field, key, fault)),
      ...labelValueFaults(text).map((fault) => invalidField(field, text, fault)),
    ];
  });

/** What is wrong with annotations: their keys (case does not matter), or more than 256 KiB of them. */
export const annotationErrors = (
  annotations: Readonly<Record<string, unknown>>,
  field = 'metadata.annotations',
): FieldError[] => {
  const errors = Object.keys(annotations).flatMap((key) =>
    qualifiedNameFaults(key.toLowerCase()).map((fault) => invalidField(field, key, fault)),
  );
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  if (size > ANNOTATIONS_LIMIT) {
    errors.push({
      type: 'FieldValueTooLong',
      field,
      body: `Too long: may not be more than ${ANNOTATIONS_LIMIT} bytes`,
    });
  }
  return errors;
};
