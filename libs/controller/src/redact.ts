/** Names of annotations whose value is nobody's business. */
const SECRET_NAME = /token|secret|passw|credential|private-?key|api-?key|last-applied-configuration/i;

/** Values that are secrets by their look: PEM blocks, JSON web tokens, bearer tokens, URLs with a password, well-known token prefixes. */
const SECRET_VALUE =
  /-----BEGIN |\beyJ[\w-]{10,}\.|\bbearer\s+\S{8,}|:\/\/[^/\s:@]+:[^/\s@]+@|\b(?:ghp|gho|ghs|glpat|xox[abp]|AKIA)[\w-]{10,}/i;

const REDACTED = '[redacted]';

const redactText = (name: string, value: unknown): unknown =>
  typeof value === 'string' && (SECRET_NAME.test(name) || SECRET_VALUE.test(value)) ? REDACTED : value;

/** A copy of annotations, fit for a log: values that look like secrets, by the key or by themselves, are replaced. */
export const redactAnnotations = (annotations: unknown): unknown =>
  typeof annotations === 'object' && annotations !== null
    ? Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name, redactText(name, value)]))
    : annotations;

/** One value, fit for a log: replaced if it looks like a secret by itself. */
export const redactValue = (value: unknown): unknown => redactText('', value);
