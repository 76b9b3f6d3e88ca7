import type { KubeObject } from '@kube-steward/kube';
import { describeObject, type ObjectReference } from '@kube-steward/plan';

type Fields = Record<string, unknown>;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a document means to be an object of the API. */
export const isManifest = (document: unknown): document is Fields =>
  isRecord(document) && typeof document['apiVersion'] === 'string' && typeof document['kind'] === 'string';

/** Why the API server would refuse an object. */
export interface Refusal {
  readonly message: string;
  /** The object, as far as it has a name. */
  readonly object?: ObjectReference;
  /** The key at fault. */
  readonly key?: string;
}

/**
 * Why the API server would refuse a manifest, of what decisions are made from: its name, the labels and annotations, which
 * are texts and nothing else, and its replicas.
 */
export const refusalOf = (manifest: Fields): Refusal | undefined => {
  const kind = String(manifest['kind']);
  const metadata = manifest['metadata'];
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  if (!isRecord(metadata) || name === undefined || name === null)
    return { message: `${kind}: metadata.name is missing`, key: 'metadata' };
  if (typeof name !== 'string') return { message: `${kind}: metadata.name is ${shown(name)}${NO_TEXT}`, key: 'name' };
  const namespace = metadata['namespace'] ?? undefined;
  const object: ObjectReference = {
    apiVersion: String(manifest['apiVersion']),
    kind,
    name,
    ...(typeof namespace === 'string' && namespace !== '' && { namespace }),
  };
  const fault = faultIn(metadata, namespace) ?? faultInName(manifest, name, namespace) ?? faultInSize(manifest);
  return fault && { object, key: fault.key, message: `${describeObject(object)}: ${fault.message}` };
};

const NO_TEXT = ', which is no text (quote it)';

interface Fault {
  readonly key: string;
  readonly message: string;
}

const faultIn = (metadata: Fields, namespace: unknown): Fault | undefined => {
  if (namespace !== undefined && typeof namespace !== 'string')
    return { key: 'namespace', message: `metadata.namespace is ${shown(namespace)}${NO_TEXT}` };
  for (const [field, singular] of MAPS) {
    const map = metadata[field] ?? {};
    if (!isRecord(map)) return { key: field, message: `metadata.${field} is no map` };
    for (const [key, value] of Object.entries(map))
      if (typeof value !== 'string' && value !== null)
        return { key, message: `${singular} ${key} is ${shown(value)}${NO_TEXT}` };
  }
  return undefined;
};

/** RFC 1123: what names of objects are, those of roles and their bindings aside. */
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const FREELY_NAMED = 'rbac.authorization.k8s.io/';

const faultInName = ({ apiVersion }: Fields, name: string, namespace: unknown): Fault | undefined => {
  if (String(apiVersion).startsWith(FREELY_NAMED)) return undefined;
  for (const [key, value] of Object.entries({ name, namespace }))
    if (typeof value === 'string' && value !== '' && !SUBDOMAIN.test(value))
      return { key, message: `metadata.${key} ${shown(value)} is no name: allowed are a-z, 0-9, "-" and "."` };
  return undefined;
};

/** Kinds of the API's own groups have whole numbers; what a custom kind allows is its own affair, fractions are nobody's. */
const faultInSize = ({ apiVersion, spec }: Fields): Fault | undefined => {
  const replicas = isRecord(spec) ? spec['replicas'] : undefined;
  const isCustom = String(apiVersion).split('/')[0]?.includes('.') ?? false;
  if (replicas === undefined || replicas === null || (isCustom && typeof replicas !== 'number')) return undefined;
  if (Number.isInteger(replicas) && Number(replicas) >= 0) return undefined;
  return { key: 'replicas', message: `spec.replicas is ${shown(replicas)}: allowed is a whole number, 0 or more` };
};

const MAPS = [
  ['annotations', 'annotation'],
  ['labels', 'label'],
] as const;

const shown = (value: unknown): string => JSON.stringify(value);

/** A label or annotation without a value has an empty one. */
export const withTexts = (object: KubeObject): KubeObject => {
  const { annotations, labels }: { annotations?: Texts; labels?: Texts } = object.metadata;
  if (![annotations, labels].some(hasNull)) return object;
  return { ...object, metadata: { ...object.metadata, annotations: filled(annotations), labels: filled(labels) } };
};

/** As manifests have it, whatever the types of the API say. */
type Texts = Readonly<Record<string, string | null>> | null | undefined;

const hasNull = (map: Texts): boolean => map === null || Object.values(map ?? {}).includes(null);

const filled = (map: Texts): Record<string, string> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, value ?? '']));
