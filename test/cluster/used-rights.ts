import type { AuditEntry } from './audit.ts';
import type { Rule } from './rights.ts';

/** A right as people say it: `patch deployments.apps`, `list pods`. */
const rightOf = (verb: string, group: string, resource: string): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`;

/** The rights of these rules that no request needed. */
export const unusedOf = (rules: readonly Rule[], entries: readonly AuditEntry[]): string[] => {
  const used = new Set(entries.map(askedBy));
  const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    verbs.flatMap((verb) => apiGroups.flatMap((group) => resources.map((each) => rightOf(verb, group, each)))),
  );
  return granted.filter((right) => !used.has(right));
};

/** What was asked for in vain. */
export const refusedIn = (entries: readonly AuditEntry[]): string[] =>
  entries.filter(({ responseStatus }) => responseStatus?.code === 403).map(askedBy);

const askedBy = ({ verb, objectRef: { apiGroup = '', resource = '' } = {} }: AuditEntry): string =>
  rightOf(verb, apiGroup, resource);
