import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { RESOURCES, type Client } from '@kube-steward/kube';
import { findFile } from './binaries.ts';
import { hasCondition, type Conditioned } from './conditions.ts';
import { until } from './until.ts';

/** Creates the custom resource definitions of some files, and waits until their kinds are served. */
export const installDefinitions = async (admin: Client, files: readonly string[]): Promise<void> => {
  const bodies = files
    .flatMap((file) => parseAllDocuments(readFileSync(findFile(file), 'utf8')))
    .map((document) => document.toJS() as Conditioned | null)
    .filter((body) => body !== null);
  for (const body of bodies) await admin.create(RESOURCES.customResourceDefinitions, body);
  for (const { metadata } of bodies)
    await until(() => isEstablished(admin, metadata.name), `the API server serves ${metadata.name}`);
};

const isEstablished = async (admin: Client, name: string): Promise<boolean> =>
  hasCondition(await admin.get<Conditioned>(RESOURCES.customResourceDefinitions, { name }), 'Established');
