import { gunzipSync, gzipSync } from 'node:zlib';
import { RESOURCES, isNotFound, type Client, type KubeObject } from '@kube-steward/kube';
import { ARCHIVE_LABEL, OWN_LABEL } from '../names.ts';
import type { Archive } from './archive.ts';
import { identityIn, type Archived } from './manifest.ts';

interface ConfigMap extends KubeObject {
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** Whatever is deleted by mistake is missed within days: so many of the last are kept, within what etcd bears easily. */
const MOST = 500;
const LARGEST_BYTES = 900_000;
const KEY = 'manifest.json.gz';

/** One ConfigMap an object, in the controller's own namespace. */
export const openConfigMaps = (client: Client, namespace: string, most = MOST): Archive => {
  const list = async (): Promise<ConfigMap[]> => {
    const { items } = await client.list<ConfigMap>(RESOURCES.configMaps, {
      namespace,
      labelSelector: `${ARCHIVE_LABEL}=janitor`,
    });
    return items.sort((a, b) => compareText(a.metadata.name, b.metadata.name));
  };
  /** Names, the oldest first; read once. */
  let names: Promise<string[]> | undefined;
  const readNames = async (): Promise<string[]> => {
    try {
      return await (names ??= list().then((all) => all.map(({ metadata }) => metadata.name)));
    } catch (error) {
      names = undefined;
      throw error;
    }
  };
  return {
    async keep(archived) {
      const known = await readNames();
      const body = configMapOf(archived, namespace);
      await client.create<ConfigMap>(RESOURCES.configMaps, body);
      const slot = slotOf(body.metadata.name);
      const earlier = known.filter((name) => slotOf(name) === slot);
      const others = [...known.filter((name) => slotOf(name) !== slot), body.metadata.name];
      const oldest = others.splice(0, others.length - most);
      known.splice(0, known.length, ...others);
      for (const name of [...earlier, ...oldest]) await remove(client, { namespace, name });
    },
    list: async () => (await list()).reverse().map(archivedIn),
  };
};

const PREFIX = 'kube-steward-janitor-archive-';

/** An object whose delete fails is kept before each attempt, and takes up one place: what follows the time in a name. */
const slotOf = (name: string): string => name.slice(name.indexOf('-', PREFIX.length) + 1);

const configMapOf = (archived: Archived, namespace: string): ConfigMap => {
  const { deletedAt, manifest } = archived;
  const { name } = manifest.metadata;
  const packed = gzipSync(JSON.stringify(archived)).toString('base64');
  if (packed.length > LARGEST_BYTES)
    throw new Error(
      `${manifest.kind ?? 'object'} ${name} is too large to be archived in a ConfigMap: archive to a folder`,
    );
  const stamp = deletedAt.replaceAll(/[-:.]/g, '').toLowerCase();
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `${PREFIX}${stamp}-${identityIn(manifest)}`.slice(0, 253),
      namespace,
      labels: { ...OWN_LABEL, [ARCHIVE_LABEL]: 'janitor' },
    },
    binaryData: { [KEY]: packed },
  };
};

const archivedIn = ({ binaryData }: ConfigMap): Archived =>
  JSON.parse(gunzipSync(Buffer.from(binaryData?.[KEY] ?? '', 'base64')).toString()) as Archived;

const remove = async (client: Client, object: { namespace: string; name: string }): Promise<void> => {
  try {
    await client.delete(RESOURCES.configMaps, object);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
