import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import { describeObject, type ObjectReference } from '@kube-steward/plan';
import { readFiles } from './manifest-files.ts';
import { UnparsableText, parseDocuments } from './manifest-text.ts';
import { isManifest, isRecord, refusalOf, withTexts } from './manifest-shape.ts';

/** A file, or a document in one, that is no usable manifest. */
export interface ManifestProblem {
  /** `path`, or `path:line`. */
  readonly where: string;
  readonly message: string;
  /** The object it is about; absent: nobody knows what is in that file. */
  readonly object?: ObjectReference;
}

/** What `--from` brought. */
export interface Manifests {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly ManifestProblem[];
  /** Worth knowing, and no problem. */
  readonly notices: readonly string[];
}

/**
 * Reads manifests: a file, a folder with everything below it, or `-` for standard input. YAML or JSON, many documents a file,
 * lists, and what `kubectl get -o yaml` prints. What cannot be read, or what the API server would refuse, is a problem, and
 * the rest is read. Of an object given twice, the last one counts, as with `kubectl apply`.
 *
 * @throws CliError when there is no such file or folder
 */
export const readManifests = async (
  from: string,
  stdin: AsyncIterable<unknown> = process.stdin,
): Promise<Manifests> => {
  const collection = new Collection();
  for await (const file of readFiles(from, stdin)) {
    if ('failure' in file) collection.problems.push({ where: file.path, message: file.failure });
    else collection.readText(file.path, file.text);
  }
  return collection.whole();
};

/** The same for documents that are parsed already, and are in a file of another kind. */
export const manifestsOf = (documents: readonly unknown[], path: string): Manifests => {
  const collection = new Collection();
  for (const document of documents) collection.readDocument(document, path);
  return collection.whole();
};

/** What has been read so far. */
class Collection {
  readonly objects = new Map<string, { readonly object: KubeObject; readonly path: string }>();
  readonly problems: ManifestProblem[] = [];
  readonly notices: string[] = [];

  whole(): Manifests {
    const { objects, problems, notices } = this;
    return { objects: [...objects.values()].map(({ object }) => object), problems, notices };
  }

  readText(path: string, text: string): void {
    try {
      for (const document of parseDocuments(text)) this.#collect(document, { path, text }, new Set());
    } catch (error) {
      if (!(error instanceof UnparsableText)) throw error;
      this.problems.push({ where: placeOf(path, error.line), message: error.message });
    }
  }

  /** One whose lines nobody knows. */
  readDocument(document: unknown, path: string): void {
    this.#collect(document, { path, text: '' }, new Set());
  }

  /** `kubectl` prints lists of any kind, and lists may hold lists. One that is an alias of another is read once. */
  #collect(document: unknown, file: Readonly<Record<'path' | 'text', string>>, read: Set<unknown>): void {
    if (document === null || document === undefined || read.has(document)) return;
    if (typeof document === 'object') read.add(document);
    if (Array.isArray(document)) for (const item of document) this.#collect(item, file, read);
    else if (isList(document)) for (const item of document.items) this.#collect(withKindOf(document, item), file, read);
    else if (isManifest(document)) this.#add(document, file);
    else this.notices.push(`${file.path}: no Kubernetes object in it (${described(document)}); left out`);
  }

  #add(manifest: Record<string, unknown>, { path, text }: Readonly<Record<'path' | 'text', string>>): void {
    if (isBuildInput(manifest)) return;
    const refusal = refusalOf(manifest);
    if (refusal) {
      const { object, message, key } = refusal;
      const line = key === undefined ? undefined : lineOf(key, text);
      this.problems.push({ where: placeOf(path, line), message, ...(object && { object }) });
      return;
    }
    const object = withTexts(inNamespace(manifest as unknown as KubeObject));
    const id = describeObject(referenceOf(object));
    const earlier = this.objects.get(id);
    if (earlier && earlier.path !== path)
      this.notices.push(`${id} is in ${earlier.path} and in ${path}: the last one counts`);
    this.objects.set(id, { object, path });
  }
}

const placeOf = (path: string, line: number | undefined): string => (line === undefined ? path : `${path}:${line}`);

/** The only line on which a key stands; `undefined` when there are several. */
const lineOf = (key: string, text: string): number | undefined => {
  const lines = text.split('\n').flatMap((line, index) => (line.includes(`${key}:`) ? [index + 1] : []));
  return lines.length === 1 ? lines[0] : undefined;
};

interface List {
  readonly kind: string;
  readonly apiVersion?: string;
  readonly items: readonly unknown[];
}

const isList = (document: unknown): document is List =>
  isRecord(document) && Array.isArray(document['items']) && String(document['kind']).endsWith('List');

/** Items of a typed list (`DeploymentList`) may leave out what they are. */
const withKindOf = (list: List, item: unknown): unknown =>
  isRecord(item) && item['kind'] === undefined && list.kind !== 'List'
    ? { apiVersion: list.apiVersion, kind: list.kind.slice(0, -'List'.length), ...item }
    : item;

/** Read by kustomize, and never sent to a cluster. */
const isBuildInput = ({ apiVersion }: Record<string, unknown>): boolean =>
  String(apiVersion).startsWith('kustomize.config.k8s.io/');

const described = (document: unknown): string => {
  if (!isRecord(document)) return `a ${typeof document}`;
  const keys = Object.keys(document);
  return keys.length === 0 ? 'an empty map' : `its keys: ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`;
};

const CLUSTER_SCOPED = new Set<string>(
  Object.values(RESOURCES).flatMap(({ namespaced, kind }) => (namespaced ? [] : [kind])),
);

/** Without a namespace of its own an object goes to `default`, as with kubectl. */
const inNamespace = (object: KubeObject): KubeObject =>
  object.metadata.namespace || CLUSTER_SCOPED.has(object.kind ?? '')
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: 'default' } };

const referenceOf = ({ apiVersion = '', kind = '', metadata }: KubeObject): ObjectReference => ({
  apiVersion,
  kind: `${kind}${apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : ''}`,
  name: metadata.name,
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
});
