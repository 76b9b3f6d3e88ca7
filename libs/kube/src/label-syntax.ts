const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_RULE = "must be letters, digits, '-', '_' or '.', starting and ending with a letter or digit";

const nameProblem = (name: string): string | undefined => {
  if (name.length > 63) return 'must be no more than 63 characters';
  return NAME.test(name) ? undefined : NAME_RULE;
};

/** What is wrong with the key of a label or annotation (`name` or `dns.prefix/name`); `undefined` when nothing is. */
export const labelKeyProblem = (key: string): string | undefined => {
  const parts = key.split('/');
  if (parts.length > 2) return 'must have at most one "/"';
  const name = parts.at(-1) ?? '';
  if (name === '') return 'must have a name of at least one character';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix !== undefined && (prefix.length > 253 || !DNS_SUBDOMAIN.test(prefix))) {
    return 'must have a DNS name in lower case, of up to 253 characters, before the "/"';
  }
  return nameProblem(name);
};

/** What is wrong with the value of a label; `undefined` when nothing is. Empty is allowed. */
export const labelValueProblem = (value: string): string | undefined => (value === '' ? undefined : nameProblem(value));
