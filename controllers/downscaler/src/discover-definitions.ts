import { RESOURCES, isForbidden, isNotFound, type Client } from '@kube-steward/kube';
import { definitionOf, type KindDefinition } from './kind-definitions.ts';
import { parseScaleTarget, SCALE_SUBRESOURCE } from './scale-target.ts';

/** One served resource, as discovery names it. */
interface ServedResource {
  readonly name: string;
  readonly kind: string;
}

/**
 * What a server says about the kinds that `--scale-target` names: the custom resource definition where the size is behind
 * `/scale`, else discovery. A kind that is not installed, or may not be asked about, goes by its plural; a target that
 * cannot be read is left to `policyOf`, which reports it.
 *
 * @throws KubeApiError when the server cannot be asked
 */
export const discoverDefinitions = async (client: Client, targets: readonly string[]): Promise<KindDefinition[]> =>
  (await Promise.all(targets.map((target) => definitionsFor(client, target)))).flat();

const definitionsFor = async (client: Client, target: string): Promise<KindDefinition[]> => {
  const resource = readTarget(target);
  if (!resource) return [];
  const { group, version, plural } = resource;
  try {
    if (target.includes(`:${SCALE_SUBRESOURCE}=`)) {
      const name = `${plural}.${group}`;
      return definitionOf(await client.get(RESOURCES.customResourceDefinitions, { name }));
    }
    const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
    const { body } = await client.request({ method: 'GET', path });
    const { resources = [] } = (body ?? {}) as { resources?: readonly ServedResource[] };
    const kind = resources.find(({ name }) => name === plural)?.kind;
    return kind === undefined ? [] : [{ group, plural, kind, scalePaths: new Map() }];
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return [];
    throw error;
  }
};

const readTarget = (target: string): { group: string; version: string; plural: string } | undefined => {
  try {
    return parseScaleTarget(target).resource;
  } catch {
    return undefined;
  }
};
