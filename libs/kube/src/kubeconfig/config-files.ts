import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';

import { KubeApiError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../patch/json.ts';
import type { ClusterConfig, ContextConfig, KubeconfigContent, Located, UserConfig } from './types.ts';

/** The error about a kubeconfig, or about what it asks for. */
export const invalidConfig = (message: string, cause?: unknown): KubeApiError =>
  new KubeApiError('InvalidConfig', message, { cause });

/**
 * Reads kubeconfig files and merges them as kubectl does: of entries with the same name, and of current contexts, the first
 * file's counts. Files that do not exist are passed over; `undefined` when none of them does. `isOptional` passes over files
 * that may not be read as well: the home folder of a container's user is often not its own.
 *
 * Throws KubeApiError `InvalidConfig` naming the file.
 */
export const readConfigFiles = async (
  files: readonly string[],
  isOptional = false,
): Promise<KubeconfigContent | undefined> => {
  const absent = isOptional ? [...ABSENT, 'EACCES'] : ABSENT;
  const contents = await Promise.all(files.map((file) => readConfigFile(file, absent)));
  const found = contents.filter((content) => content !== undefined);
  if (found.length === 0) return undefined;
  return {
    files: found.flatMap((content) => content.files),
    currentContext: found.find((content) => content.currentContext !== '')?.currentContext ?? '',
    clusters: mergeMaps(found.map((content) => content.clusters)),
    users: mergeMaps(found.map((content) => content.users)),
    contexts: mergeMaps(found.map((content) => content.contexts)),
  };
};

const ABSENT = ['ENOENT', 'ENOTDIR'];

const mergeMaps = <T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> =>
  new Map(maps.toReversed().flatMap((map) => [...map]));

const readConfigFile = async (file: string, absent: readonly string[]): Promise<KubeconfigContent | undefined> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (absent.includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw invalidConfig(`cannot read kubeconfig ${file}: ${(cause as Error).message}`, cause);
  }
  const root = parseConfig(file, text);
  const current = root['current-context'];
  return {
    files: [file],
    currentContext: typeof current === 'string' ? current : '',
    clusters: entriesOf<ClusterConfig>(file, root, 'clusters', 'cluster'),
    users: entriesOf<UserConfig>(file, root, 'users', 'user'),
    contexts: entriesOf<ContextConfig>(file, root, 'contexts', 'context'),
  };
};

const parseConfig = (file: string, text: string): JsonObject => {
  let root: unknown;
  try {
    root = parse(text) ?? {};
  } catch (cause) {
    throw invalidConfig(`kubeconfig ${file} is not YAML: ${(cause as Error).message}`, cause);
  }
  if (!isJsonObject(root)) throw invalidConfig(`kubeconfig ${file} is not a map with clusters, users and contexts`);
  return root;
};

/** The named entries of one list. The shape of each is checked where it is used. */
const entriesOf = <T>(file: string, root: JsonObject, list: string, member: string): Map<string, Located<T>> => {
  const items = root[list] ?? [];
  if (!Array.isArray(items)) throw invalidConfig(`kubeconfig ${file}: ${list} must be a list`);
  const folder = path.dirname(path.resolve(file));
  const entries = new Map<string, Located<T>>();
  for (const [index, item] of items.entries()) {
    const name = isJsonObject(item) ? item['name'] : undefined;
    if (!isJsonObject(item) || (typeof name !== 'string' && typeof name !== 'number')) {
      throw invalidConfig(`kubeconfig ${file}: ${list}[${index}] has no name`);
    }
    const value = item[member] ?? {};
    if (!isJsonObject(value)) throw invalidConfig(`kubeconfig ${file}: ${list}[${index}].${member} must be a map`);
    if (!entries.has(String(name))) entries.set(String(name), { value: value as T, folder });
  }
  return entries;
};
