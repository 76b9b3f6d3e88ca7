import { apiVersionOf, resourcePath } from '@kube-steward/kube';
import { schemasOf } from './openapi-schemas.ts';
import type { ServedKind } from './registry.ts';

const documentPath = (kind: ServedKind): string => (kind.group ? `apis/${apiVersionOf(kind)}` : `api/${kind.version}`);

/** `/openapi/v3`: where the document of each group and version is. */
export const openapiIndex = (kinds: readonly ServedKind[]): object => {
  const paths = [...new Set(kinds.map(documentPath))].map((path) => [
    path,
    { serverRelativeURL: `/openapi/v3/${path}?hash=0` },
  ]);
  return { paths: Object.fromEntries(paths) as unknown };
};

const PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

/**
 * The document of one group and version: just enough for clients that ask whether a write may name a field manager and have
 * its fields validated, and what the fields of a kind are. It says nothing about them but their types. `undefined` if nothing
 * is served there.
 */
export const openapiDocument = (kinds: readonly ServedKind[], path: string): object | undefined => {
  const served = kinds.filter((kind) => documentPath(kind) === path);
  const [first] = served;
  if (!first) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'kube-steward sandbox', version: apiVersionOf(first) },
    paths: Object.fromEntries(served.map((kind) => [pathOf(kind), pathItem(kind)])) as unknown,
    components: { schemas: schemasOf(served) },
  };
};

const pathOf = (kind: ServedKind): string =>
  decodeURIComponent(resourcePath(kind, { namespace: '{namespace}', name: '{name}' }));

const pathItem = ({ group, version, kind }: ServedKind): object => {
  const operation = (action: string) => ({
    parameters: PARAMETERS,
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  });
  return { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') };
};
