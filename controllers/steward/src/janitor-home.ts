import { CliError } from '@kube-steward/cli';
import { RESOURCES, isForbidden, type Client, type KubeObject } from '@kube-steward/kube';
import { StewardError } from './errors.ts';

/** A ConfigMap of the janitor's own. */
export interface OwnMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

type Selector = { readonly labelSelector: string } | { readonly fieldSelector: string };

/**
 * The janitor's own ConfigMaps, in the namespace it runs in: the one that was named, else wherever there are any.
 *
 * @throws StewardError `Ambiguous` when several janitors have some
 * @throws CliError (exit code 3) when the whole cluster may not be asked, and no namespace was named
 */
export const ownMaps = async (
  client: Client,
  selector: Selector,
  asked: string | undefined,
): Promise<readonly OwnMap[]> => {
  const maps = await listIn(client, selector, asked);
  const homes = [...new Set(maps.map(({ metadata }) => metadata.namespace ?? ''))];
  if (homes.length > 1)
    throw new StewardError('Ambiguous', `there are janitors in ${homes.join(' and ')}: choose one with ${OPTION}`);
  return maps;
};

/** The option that names the namespace the janitor runs in. */
const OPTION = '--janitor-namespace';

const listIn = async (client: Client, selector: Selector, namespace: string | undefined): Promise<OwnMap[]> => {
  try {
    return (await client.list<OwnMap>(RESOURCES.configMaps, { ...selector, namespace })).items;
  } catch (error) {
    if (!isForbidden(error) || namespace !== undefined) throw error;
    const message = 'name the namespace that the janitor runs in: ConfigMaps of all namespaces may not be read';
    throw new CliError([{ kind: 'invalid', where: OPTION, message }], { cause: error });
  }
};
