import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';

import { ROLLOUTS, type Cluster } from '@kube-steward/sandbox';

const WATCHED: readonly Resource[] = [
  RESOURCES.deployments,
  RESOURCES.pods,
  RESOURCES.namespaces,
  RESOURCES.configMaps,
  ROLLOUTS,
];

const NAMESPACES = 6;
const NAMES = 12;
/** Of ten changes, so many make an object, and so many take one away; the others change one. */
const SHARES = { create: 3, delete: 2, of: 10 };

const CONTAINERS = [{ name: 'main', image: 'web:1' }];
const BODIES: Readonly<Record<string, (name: string) => Readonly<Record<string, unknown>>>> = {
  deployments: (app) => ({
    spec: {
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: CONTAINERS } },
    },
  }),
  pods: () => ({ spec: { containers: CONTAINERS, terminationGracePeriodSeconds: 0 } }),
  rollouts: () => ({ spec: { replicas: 1 } }),
};

/** Makes one random change to one of the watched resources: an object comes, goes, or is labelled anew. */
export const changeSomething = (cluster: Cluster, random: () => number): void => {
  const below = (limit: number): number => Math.floor(random() * limit);
  const resource = WATCHED[below(WATCHED.length)] ?? RESOURCES.pods;
  const namespace = `team-${below(NAMESPACES)}`;
  const name = resource.namespaced ? `thing-${below(NAMES)}` : `team-${NAMESPACES + below(NAMES)}`;
  const key = resource.namespaced ? { namespace, name } : { name };
  const dice = below(SHARES.of);
  const isThere = cluster.get(resource, key) !== undefined;
  if (!isThere && dice < SHARES.create) {
    cluster.create(resource, { metadata: key, ...BODIES[resource.plural]?.(name) });
  } else if (isThere && dice >= SHARES.of - SHARES.delete) {
    cluster.delete(resource, name, resource.namespaced ? { namespace } : {});
  } else if (isThere) {
    const body = { metadata: { labels: { dice: String(below(1000)) } } };
    cluster.patch(resource, name, { type: 'merge', body, ...(resource.namespaced ? { namespace } : {}) });
  }
};

/** A cluster to begin with. */
export const startingObjects = (): Unstructured[] =>
  Array.from({ length: NAMESPACES }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `team-${index}` },
  }));

/** The uid and resourceVersion of each object, by resource and key: what informers should hold. */
export const viewOf = (cluster: Cluster): Record<string, Record<string, string>> =>
  Object.fromEntries(
    WATCHED.map((resource) => [
      resource.plural,
      Object.fromEntries(
        cluster
          .list(resource)
          .map(({ metadata: { namespace, name, uid, resourceVersion } }) => [
            namespace === undefined ? name : `${namespace}/${name}`,
            `${uid} ${resourceVersion}`,
          ]),
      ),
    ]),
  );
