import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '@kube-steward/kube';
import { CORE_SCHEMA, YAMLException, loadAll } from 'js-yaml';

/** A file, or a document in one, that could not be read as manifests. */
export interface ManifestProblem {
  /** `path`, or `path:line`. */
  readonly where: string;
  readonly message: string;
}

/** What `--from` brought. */
export interface Manifests {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly ManifestProblem[];
}

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/**
 * Reads manifests: a file, a folder with everything below it, or `-` for standard input. YAML or JSON, many documents a file,
 * lists, and what `kubectl get -o yaml` prints. A file that cannot be read is a problem, and the rest is read.
 */
export const readManifests = (from: string, stdin: () => string = () => readFileSync(0, 'utf8')): Manifests => {
  const objects: KubeObject[] = [];
  const problems: ManifestProblem[] = [];
  for (const path of filesOf(from, problems)) {
    const text = attempt(path, problems, () => (path === '-' ? stdin() : readFileSync(path, 'utf8')));
    if (text !== undefined) readText(path, text, objects, problems);
  }
  return { objects, problems };
};

/** The files themselves, in the order of their names. */
const filesOf = (from: string, problems: ManifestProblem[]): string[] => {
  if (from === '-') return ['-'];
  const isFolder = attempt(from, problems, () => statSync(from).isDirectory());
  if (isFolder === undefined) return [];
  if (!isFolder) return [from];
  const names = attempt(from, problems, () => readdirSync(from, { recursive: true, encoding: 'utf8' })) ?? [];
  const paths = names
    .filter((name) => EXTENSIONS.some((extension) => name.endsWith(extension)))
    .map((name) => join(from, name));
  return paths.filter((path) => attempt(path, problems, () => statSync(path).isFile())).sort();
};

/** `kubectl` prints lists of any kind, and lists may hold lists. */
const readText = (path: string, text: string, objects: KubeObject[], problems: ManifestProblem[]): void => {
  const documents = attempt(path, problems, () => parse(path, text)) ?? [];
  for (const document of documents) collect(path, document, objects, problems);
};

const parse = (path: string, text: string): unknown[] =>
  path.endsWith('.json') || /^\s*[{[]/.test(text) ? parseJson(text) : parseYaml(text);

/** As Kubernetes reads YAML: a time is a text. */
const parseYaml = (text: string): unknown[] => loadAll(text, undefined, { schema: CORE_SCHEMA });

/** JSON is YAML, only faster; what is not JSON after all gets the better messages of YAML. */
const parseJson = (text: string): unknown[] => {
  try {
    return [JSON.parse(text)];
  } catch {
    return parseYaml(text);
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const collect = (path: string, document: unknown, objects: KubeObject[], problems: ManifestProblem[]): void => {
  if (document === null || document === undefined) return;
  if (Array.isArray(document)) {
    for (const item of document as unknown[]) collect(path, item, objects, problems);
  } else if (isRecord(document) && Array.isArray(document['items']) && String(document['kind']).endsWith('List')) {
    const list = document as { kind: string; apiVersion?: string; items: unknown[] };
    for (const item of list.items) collect(path, withKindOf(list, item), objects, problems);
  } else if (isManifest(document)) {
    objects.push(document);
  } else {
    problems.push({
      where: path,
      message: `no Kubernetes object: apiVersion, kind and metadata.name are needed (${nameOf(document)})`,
    });
  }
};

/** Items of a typed list (`DeploymentList`) may leave out what they are. */
const withKindOf = (list: { kind: string; apiVersion?: string }, item: unknown): unknown =>
  isRecord(item) && item['kind'] === undefined && list.kind !== 'List'
    ? { apiVersion: list.apiVersion, kind: list.kind.slice(0, -'List'.length), ...item }
    : item;

const isManifest = (document: unknown): document is KubeObject =>
  isRecord(document) &&
  typeof document['apiVersion'] === 'string' &&
  typeof document['kind'] === 'string' &&
  isRecord(document['metadata']) &&
  typeof document['metadata']['name'] === 'string';

const nameOf = (document: unknown): string =>
  isRecord(document)
    ? `found ${Object.keys(document).slice(0, 4).join(', ') || 'an empty map'}`
    : `found ${typeof document}`;

const attempt = <T>(path: string, problems: ManifestProblem[], read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    problems.push(problemOf(path, error));
    return undefined;
  }
};

const problemOf = (path: string, error: unknown): ManifestProblem => {
  if (error instanceof YAMLException && error.mark !== undefined)
    return { where: `${path}:${error.mark.line + 1}`, message: `bad YAML: ${error.reason}` };
  return { where: path, message: error instanceof Error ? error.message : String(error) };
};
