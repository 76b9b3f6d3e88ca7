import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { RESOURCES, type Client, type Unstructured } from '@kube-steward/kube';
import { findFile } from './binaries.ts';
import { until } from './until.ts';

interface Definition extends Unstructured {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Creates the custom resource definitions of some files, and waits until their kinds are served. */
export const installDefinitions = async (admin: Client, files: readonly string[]): Promise<void> => {
  const bodies = files
    .flatMap((file) => parseAllDocuments(readFileSync(findFile(file), 'utf8')))
    .map((document) => document.toJS() as Definition | null)
    .filter((body) => body !== null);
  for (const body of bodies) await admin.create(RESOURCES.customResourceDefinitions, body);
  for (const { metadata } of bodies)
    await until(() => isEstablished(admin, metadata.name), `the API server serves ${metadata.name}`);
};

const isEstablished = async (admin: Client, name: string): Promise<boolean> => {
  const { status } = await admin.get<Definition>(RESOURCES.customResourceDefinitions, { name });
  return status?.conditions?.some((each) => each.type === 'Established' && each.status === 'True') ?? false;
};
