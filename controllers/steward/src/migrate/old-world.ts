import {
  definitionsIn,
  discoverDefinitions,
  oldToolOf,
  sourcesOf,
  type FoundTool,
  type KindDefinition,
  type Policy,
} from '@kube-steward/downscaler';
import { RESOURCES, isForbidden, isNotFound, type KubeObject, type Resource } from '@kube-steward/kube';
import { listSources, type AnySource } from '../list-sources.ts';
import type { Manifests } from '../manifests.ts';
import type { ReadContext } from '../planners.ts';
import { SLEEP_INFOS } from './kube-green.ts';

/** A cluster or manifests, with the old tool that may still run there. */
export interface OldWorld {
  readonly tools: readonly FoundTool[];
  definitions(targets: readonly string[]): Promise<readonly KindDefinition[]>;
  configMap(namespace: string, name: string): Promise<KubeObject | undefined>;
  /** Every object that the two tools go by, and Argo CD's Applications. */
  objects(policy: Policy): Promise<readonly KubeObject[]>;
}

/** Argo CD's unit of what it keeps as Git says. */
export const APPLICATIONS: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'applications',
  kind: 'Application',
  namespaced: true,
};

const toolsAmong = (objects: readonly KubeObject[]): FoundTool[] =>
  objects.filter(({ kind }) => kind === RESOURCES.deployments.kind).flatMap((object) => oldToolOf(object) ?? []);

/** Manifests are the whole cluster. */
export const worldOfManifests = ({ objects }: Manifests): OldWorld => ({
  tools: toolsAmong(objects),
  definitions: () => Promise.resolve(definitionsIn(objects)),
  configMap: (namespace, name) =>
    Promise.resolve(
      objects.find(
        ({ kind, metadata }) =>
          kind === RESOURCES.configMaps.kind && metadata.namespace === namespace && metadata.name === name,
      ),
    ),
  objects: () => Promise.resolve(objects),
});

const whole = (resource: Resource): AnySource => ({
  resource,
  project: (object) => object,
  optional: true,
});

/** What a source would keep, kept whole: the old tools look at other fields than the downscaler. */
const unprojected = (source: AnySource): AnySource => ({
  ...source,
  indexes: {},
  project: (object) => (source.project(object) === undefined ? undefined : object),
});

/** A live cluster: the Deployments first, as the settings of an old tool found among them say what else to read. */
export const worldOfCluster = async (context: ReadContext): Promise<OldWorld> => {
  const read = async (sources: readonly AnySource[], namespaces: readonly string[]): Promise<KubeObject[]> => {
    const stored = await listSources(context, sources, namespaces);
    return sources.flatMap((source) => [...stored(source).list()] as unknown as KubeObject[]);
  };
  const { client } = context;
  return {
    tools: toolsAmong(await read([whole(RESOURCES.deployments)], [])),
    definitions: (targets) => discoverDefinitions(client, targets),
    async configMap(namespace, name) {
      try {
        return await client.get(RESOURCES.configMaps, { namespace, name });
      } catch (error) {
        if (isForbidden(error) || isNotFound(error)) return undefined;
        throw error;
      }
    },
    objects(policy) {
      const { workloads, namespaces, awakePods, callers, services, configMaps } = sourcesOf(policy);
      const own = [
        ...workloads.values(),
        namespaces,
        awakePods,
        ...callers,
        services,
        ...configMaps,
      ] as unknown as AnySource[];
      return read([...own.map(unprojected), whole(SLEEP_INFOS), whole(APPLICATIONS)], policy.namespaces.only);
    },
  };
};
