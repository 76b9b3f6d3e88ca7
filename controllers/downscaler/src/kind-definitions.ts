import { RESOURCES, getPointer, type KubeObject } from '@kube-steward/kube';
import { groupOf } from './kinds.ts';

/** What has to be known of a kind that is named by its plural alone. */
export interface KindDefinition {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  /** JSON pointers of the size behind `/scale`, by version. */
  readonly scalePaths: ReadonlyMap<string, string>;
}

/**
 * What manifests say about kinds: their custom resource definitions first; then the kinds of the objects themselves, with
 * the plural that English would give them.
 */
export const definitionsIn = (objects: readonly KubeObject[]): KindDefinition[] => {
  const { group, kind } = RESOURCES.customResourceDefinitions;
  const defined = objects
    .filter((object) => object.kind === kind && groupOf(object.apiVersion) === group)
    .flatMap(definitionOf);
  return [...defined, ...guessed(objects)];
};

interface Version {
  readonly name?: string;
  readonly subresources?: { readonly scale?: { readonly specReplicasPath?: string } };
}

/** The definition in a CustomResourceDefinition; none where that is incomplete. */
export const definitionOf = (object: KubeObject): KindDefinition[] => {
  const [group, kind, plural] = ['/spec/group', '/spec/names/kind', '/spec/names/plural'].map((path) =>
    getPointer(object, path),
  );
  if (typeof group !== 'string' || typeof kind !== 'string' || typeof plural !== 'string') return [];
  const versions = getPointer(object, '/spec/versions');
  return [{ group, kind, plural, scalePaths: scalePaths(Array.isArray(versions) ? (versions as Version[]) : []) }];
};

/** `.spec.size` of a definition is `/spec/size` as a JSON pointer; dots inside names do not occur there. */
const scalePaths = (versions: readonly Version[]): Map<string, string> =>
  new Map(
    versions.flatMap(({ name, subresources }) => {
      const path = subresources?.scale?.specReplicasPath;
      return name !== undefined && path?.startsWith('.') ? [[name, path.replaceAll('.', '/')] as const] : [];
    }),
  );

const guessed = (objects: readonly KubeObject[]): KindDefinition[] => {
  const kinds = new Map(objects.map(({ apiVersion, kind = '' }) => [`${groupOf(apiVersion)}/${kind}`, kind]));
  return [...kinds].map(([id, kind]) => ({
    group: id.slice(0, id.indexOf('/')),
    plural: pluralOf(kind),
    kind,
    scalePaths: new Map(),
  }));
};

/** `Ingress` → `ingresses`, `Policy` → `policies`, `Cache` → `caches`: how nearly every kind is pluralised. */
export const pluralOf = (kind: string): string => {
  const singular = kind.toLowerCase();
  if (/(s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
};
