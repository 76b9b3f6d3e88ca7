import { KubeApiError } from '../errors.ts';
import { compareText, type ManagerIdentity } from './entries.ts';
import { type FieldSet, pathsOf } from './field-set.ts';
import { formatFieldPath } from './path-element.ts';

/** Fields an apply would change although another manager owns them. */
export interface FieldConflict {
  readonly owner: ManagerIdentity;
  readonly fields: FieldSet;
}

/** The API server's answer to an apply that meets other managers' fields, in its words. */
export const applyConflict = (conflicts: readonly FieldConflict[]): KubeApiError => {
  const found = conflicts
    .map(({ owner, fields }) => ({ owner: describe(owner), fields: pathsOf(fields).map(formatFieldPath) }))
    .sort((a, b) => compareText(a.owner, b.owner));
  const causes = found.flatMap(({ owner, fields }) =>
    fields.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
  const [first] = causes;
  const message =
    causes.length === 1 && first
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${found.map(list).join('\n')}`;
  return new KubeApiError('Conflict', message, { status: 409, reason: 'Conflict', details: { causes } });
};

const list = ({ owner, fields }: { owner: string; fields: readonly string[] }): string =>
  [`conflicts with ${owner}:`, ...fields.map((field) => `- ${field}`)].join('\n');

const describe = ({ manager, operation, apiVersion, subresource }: ManagerIdentity): string =>
  JSON.stringify(manager) +
  (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`) +
  (operation === 'Update' ? ` using ${apiVersion}` : '');
