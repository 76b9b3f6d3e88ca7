import { isObject } from './is-object.ts';
import type { Answer } from '../wire.ts';

/** What both servers must agree on in an answer. */
export const comparable = ({ status, body }: Answer): unknown =>
  status < 400 ? { status, object: comparableObject(body) } : { status, ...comparableStatus(body) };

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Without what each server makes up itself. */
const comparableObject = (object: unknown): unknown => {
  const { metadata: all, ...rest } = fieldsOf(object);
  const { uid, resourceVersion: _, creationTimestamp: __, managedFields: ___, ...metadata } = fieldsOf(all);
  const invented = { UID: textOf(uid), ADDRESS: textOf(fieldsOf(rest['spec'])['clusterIP']) };
  const text = Object.entries(invented).reduce(
    (all, [name, value]) => (value === '' ? all : all.replaceAll(value, name)),
    JSON.stringify({ ...rest, metadata }),
  );
  return JSON.parse(text) as unknown;
};

/**
 * Why a request was refused. Of several reasons neither the order counts nor how often one is given, as the server checks
 * metadata more than once.
 */
const comparableStatus = (status: unknown): object => {
  const { reason, message, details } = fieldsOf(status);
  const { causes } = fieldsOf(details);
  const shown = (Array.isArray(causes) ? causes : [])
    .map(fieldsOf)
    .map(
      (cause) => `${textOf(cause['field'])}: ${textOf(cause['reason'])}: ${withoutValues(textOf(cause['message']))}`,
    );
  const all = [...new Set(shown)].sort();
  return { reason, causes: all, ...(all.length > 1 ? {} : { message: withoutValues(textOf(message)) }) };
};

const withSortedFaults = (text: string): string =>
  text.replace(/(?<=strict decoding error: ).*/s, (faults) => faults.split(', ').sort().join(', '));

/** Which of several values of wrong types is named depends on the order in which a server wrote the object. */
const withoutWrongValue = (text: string): string =>
  text.replace(/(?<=Invalid value: .*json: cannot unmarshal ).*/s, '…');

/** Objects and lists in messages are written differently, each server having types of its own; the diff after them too. */
const withoutValues = (text: string): string =>
  withSortedFaults(withoutWrongValue(text))
    .replace(/\n@@.*/s, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/patch: Invalid value: "(?:[^"\\]|\\.)*"/s, 'patch: Invalid value: …')
    .replace(/^Invalid value: "(?:map\[|\{)(?:[^"\\]|\\.)*"/s, 'Invalid value: …')
    .replace(/((?:Invalid|Unsupported|Duplicate) value: )(?:null|[[{].*[\]}])(?=: |$)/s, '$1…');
