import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { RESOURCES } from '@kube-steward/kube';
import { load } from 'js-yaml';

/** A shell waits for the answer: a cluster that does not answer sooner has no names. */
const PATIENCE_MS = 2_000;

/** The contexts of the kubeconfig, for the shell. */
export const contextNames = (): Promise<readonly string[]> => {
  const { KUBECONFIG = join(homedir(), '.kube', 'config') } = process.env;
  const files = KUBECONFIG.split(delimiter).filter((path) => path !== '');
  return Promise.resolve([...new Set(files.flatMap(contextsIn))]);
};

const contextsIn = (path: string): string[] => {
  const config = load(readFileSync(path, 'utf8')) as { contexts?: { name?: string }[] } | undefined;
  return (config?.contexts ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]));
};

/** The namespaces of the current context, for the shell. */
export const namespaceNames = async (): Promise<readonly string[]> => {
  const { openReader } = await import('./reader.ts');
  const cluster = {
    kubeconfig: undefined,
    context: undefined,
    as: undefined,
    asGroup: [],
    requestTimeout: PATIENCE_MS,
  };
  const reader = await openReader({ cluster, env: process.env, onNotice: () => undefined });
  try {
    const { items } = await reader.client.list(RESOURCES.namespaces, {
      metadataOnly: true,
      deadlineMs: PATIENCE_MS,
    });
    return items.map(({ metadata }) => metadata.name);
  } finally {
    reader.close();
  }
};
