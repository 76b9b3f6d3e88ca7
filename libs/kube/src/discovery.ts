import type { Client } from './client-api.ts';
import { readAggregated } from './discovery/aggregated.ts';
import { type Discovered, type DiscoveredResource, problemOf } from './discovery/discovered.ts';
import { readGroupVersion, readLegacyGroups } from './discovery/legacy.ts';
import { isJsonObject } from './patch/json.ts';

/** Asks for everything in one answer, in the newest form the server has; servers without it answer in the old one. */
const ACCEPT = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/**
 * Every resource type the server has, in the server's order of groups and with the version it prefers first. Two requests, or
 * one a version from servers older than 1.26.
 *
 * A group whose own server does not answer (a stale `APIService`) is a problem, not an error: the rest is still of use. Throws
 * KubeApiError when the API server itself cannot be asked.
 *
 * @example
 * const { resources, problems } = await discover(client);
 * const deployments = findResource(resources, 'deploy');
 */
export const discover = async (
  client: Pick<Client, 'request'>,
  options: { signal?: AbortSignal } = {},
): Promise<Discovered> => {
  const [core, groups] = await Promise.all(['/api', '/apis'].map((path) => discoverRoot(client, path, options.signal)));
  return {
    resources: [...(core?.resources ?? []), ...(groups?.resources ?? [])],
    problems: [...(core?.problems ?? []), ...(groups?.problems ?? [])],
  };
};

const discoverRoot = async (
  client: Pick<Client, 'request'>,
  root: string,
  signal: AbortSignal | undefined,
): Promise<Discovered> => {
  const { body } = await client.request({ method: 'GET', path: root, accept: ACCEPT, signal });
  if (isJsonObject(body) && body['kind'] === 'APIGroupDiscoveryList') return readAggregated(body);
  const parts = await Promise.all(
    readLegacyGroups(body).map(async ({ group, version, isPreferred }): Promise<Discovered> => {
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      try {
        const answer = await client.request({ method: 'GET', path, signal });
        return { resources: readGroupVersion(answer.body, { group, version, isPreferred }), problems: [] };
      } catch (error) {
        if (signal?.aborted) throw error;
        return { resources: [], problems: [problemOf(group, version, (error as Error).message)] };
      }
    }),
  );
  return { resources: parts.flatMap((part) => part.resources), problems: parts.flatMap((part) => part.problems) };
};

/** One version of each type, the one the server prefers: what to list to see every object once. */
export const preferredResources = (resources: readonly DiscoveredResource[]): DiscoveredResource[] => {
  const chosen = new Map<string, DiscoveredResource>();
  for (const resource of resources) {
    const key = `${resource.plural}.${resource.group}`;
    const other = chosen.get(key);
    if (!other || (resource.preferred && !other.preferred)) chosen.set(key, resource);
  }
  return [...chosen.values()];
};
