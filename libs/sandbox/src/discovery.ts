import { apiVersionOf } from '@kube-steward/kube';
import type { ServedKind } from './registry.ts';

/** What an object has below its path. */
export interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const READ_WRITE = ['get', 'patch', 'update'];
const ACTION_VERBS: Readonly<Record<string, readonly string[]>> = {
  binding: ['create'],
  eviction: ['create'],
  log: ['get'],
  finalize: ['update'],
  approval: READ_WRITE,
};

export const subresourcesOf = (kind: ServedKind): Subresource[] =>
  [
    ...kind.actions.map(({ name, group, kind: type }) => ({
      name,
      group,
      version: group ? 'v1' : '',
      kind: type,
      verbs: ACTION_VERBS[name] ?? READ_WRITE,
    })),
    ...(kind.scale ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: READ_WRITE }] : []),
    ...(kind.status ? [{ name: 'status', group: '', version: '', kind: kind.kind, verbs: READ_WRITE }] : []),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));

const byPlural = (kinds: readonly ServedKind[]): ServedKind[] =>
  [...kinds].sort((a, b) => (a.plural < b.plural ? -1 : 1));

const extras = ({ shortNames, categories }: ServedKind) => ({
  ...(shortNames.length > 0 ? { shortNames } : {}),
  ...(categories.length > 0 ? { categories } : {}),
});

/** `/api/v1`, `/apis/GROUP/VERSION`: the resources of one version; `undefined` if it is not served. */
export const resourceList = (kinds: readonly ServedKind[], group: string, version: string): object | undefined => {
  const served = byPlural(kinds.filter((kind) => kind.group === group && kind.version === version));
  const [first] = served;
  if (!first) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(first),
    resources: served.flatMap(entriesOf),
  };
};

const entriesOf = (kind: ServedKind): object[] => [
  {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...extras(kind),
  },
  ...subresourcesOf(kind).map(({ name, group, version, kind: type, verbs }) => ({
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(group ? { group, version } : {}),
    kind: type,
    verbs,
  })),
];

/** Groups but the core one, each with its versions, the preferred first. */
const groupsOf = (kinds: readonly ServedKind[]): Map<string, string[]> => {
  const groups = new Map<string, string[]>();
  for (const { group, version } of kinds) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  return groups;
};

const apiGroup = (name: string, versions: readonly string[]) => {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
};

/** `/apis`. */
export const groupList = (kinds: readonly ServedKind[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groupsOf(kinds)].filter(([name]) => name !== '').map(([name, versions]) => apiGroup(name, versions)),
});

/** `/apis/GROUP`; `undefined` if it is not served. */
export const oneGroup = (kinds: readonly ServedKind[], name: string): object | undefined => {
  const versions = name === '' ? undefined : groupsOf(kinds).get(name);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(name, versions) };
};

/** `/api`. */
export const coreVersions = (address: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

/** `/api` and `/apis` for clients that take all at once (`apidiscovery.k8s.io/v2`). */
export const aggregatedDiscovery = (kinds: readonly ServedKind[], core: boolean): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [...groupsOf(kinds)]
    .filter(([name]) => (name === '') === core)
    .map(([name, versions]) => ({
      metadata: name ? { name } : {},
      versions: versions.map((version) => ({
        version,
        resources: byPlural(kinds.filter((kind) => kind.group === name && kind.version === version)).map(aggregated),
        freshness: 'Current',
      })),
    })),
});

const aggregated = (kind: ServedKind): object => {
  const subresources = subresourcesOf(kind).map(({ name, group, version, kind: type, verbs }) => ({
    subresource: name,
    responseKind: { group, version, kind: type },
    verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: { group: kind.custom ? kind.group : '', version: kind.custom ? kind.version : '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...extras(kind),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
};
