import { RESOURCES, getPointer, type KubeObject, type Resource } from '@kube-steward/kube';

/** Built-in kinds that are in no namespace, beside those that this project names in code. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  ...Object.values(RESOURCES).flatMap(({ kind, namespaced }) => (namespaced ? [] : [kind])),
  ...['PersistentVolume', 'ClusterRole', 'ClusterRoleBinding', 'StorageClass', 'PriorityClass', 'RuntimeClass'],
  ...['IngressClass', 'CSIDriver', 'CSINode', 'VolumeAttachment', 'CertificateSigningRequest', 'ComponentStatus'],
  ...['FlowSchema', 'PriorityLevelConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ...[
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'ClusterTrustBundle',
    'DeviceClass',
    'ResourceSlice',
  ],
]);

/** Finds out which kind a manifest is of. */
export type KindOfManifest = (object: KubeObject) => Resource;

/**
 * The kinds of manifests, without any server to ask: those that a CustomResourceDefinition among them defines, and else what
 * the API calls such a kind (`Ingress`: `ingresses`).
 */
export const kindsOfManifests = (objects: Iterable<KubeObject>): KindOfManifest => {
  const known = new Map<string, Resource>();
  for (const object of objects) if (object.kind === RESOURCES.customResourceDefinitions.kind) define(object, known);
  return ({ apiVersion = '', kind = '' }) => {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const defined = known.get(`${group}/${kind}`);
    const resource = defined
      ? { ...defined, version }
      : { group, version, kind, plural: pluralOf(kind), namespaced: !CLUSTER_SCOPED.has(kind) };
    return remembered(resource);
  };
};

/** One value a kind, so that many objects share it. */
const remembered = ((): ((resource: Resource) => Resource) => {
  const all = new Map<string, Resource>();
  return (resource) => {
    const id = `${resource.group}/${resource.version}/${resource.plural}/${resource.kind}/${resource.namespaced}`;
    const found = all.get(id);
    if (!found) all.set(id, resource);
    return found ?? resource;
  };
})();

const define = (definition: KubeObject, known: Map<string, Resource>): void => {
  const text = (path: string): string => {
    const value = getPointer(definition, path);
    return typeof value === 'string' ? value : '';
  };
  const [group, kind, plural] = ['/spec/group', '/spec/names/kind', '/spec/names/plural'].map(text);
  if (!group || !kind || !plural) return;
  known.set(`${group}/${kind}`, { group, version: '', plural, kind, namespaced: text('/spec/scope') !== 'Cluster' });
};

/** As the API's own kinds are called, and custom ones nearly always. */
const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/(?:s|x|ch|sh)$/.test(name)) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
};
