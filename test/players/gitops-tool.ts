import {
  escapePointer,
  getPointer,
  isJsonObject,
  isNotFound,
  jsonEqual,
  ownersOf,
  setPointer,
  type Client,
  type KubeObject,
  type Resource,
} from '@kube-steward/kube';

/** How a tool writes what is in Git, and what it takes no notice of. */
export interface GitOpsToolOptions {
  readonly client: Client;
  readonly resource: Resource;
  /** Its field manager: `argocd-controller`, `kustomize-controller`. */
  readonly manager: string;
  readonly apply: 'server-side' | 'client-side';
  /** Fields of these managers count as if Git said what they are (Argo CD's `managedFieldsManagers`, respected when it syncs). */
  readonly ignoredManagers?: readonly string[];
}

/** Plays a GitOps tool that heals: whenever it looks, the object becomes what Git says. */
export interface GitOpsTool {
  /** What Git says from now on. */
  push(manifest: KubeObject): void;
  /** Looks once. @returns whether something had to be applied */
  sync(): Promise<boolean>;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export const createGitOpsTool = (options: GitOpsToolOptions, first: KubeObject): GitOpsTool => {
  const { client, resource } = options;
  let manifest = first;
  return {
    push(next) {
      manifest = next;
    },
    async sync() {
      const name = { namespace: manifest.metadata.namespace, name: manifest.metadata.name };
      const live = await client.get(resource, name).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      const target = live ? respecting(manifest, live, options.ignoredManagers ?? []) : manifest;
      if (live && leaves(target).every((path) => jsonEqual(getPointer(live, path), getPointer(target, path))))
        return false;
      await write(options, target, live === undefined);
      return true;
    },
  };
};

const write = async (
  { client, resource, manager, apply }: GitOpsToolOptions,
  target: KubeObject,
  isNew: boolean,
): Promise<void> => {
  const { metadata } = target;
  const options = { fieldManager: manager };
  if (apply === 'server-side') {
    await client.patch(resource, metadata, { type: 'apply', force: true, body: target, ...options });
    return;
  }
  const annotations = { ...metadata.annotations, [LAST_APPLIED]: JSON.stringify(target) };
  const body = { ...target, metadata: { ...metadata, annotations } };
  if (isNew) await client.create(resource, body, options);
  else await client.patch(resource, metadata, { type: 'strategic', body, ...options });
};

/** The manifest with the live values of every field that belongs to one of these managers. */
const respecting = (manifest: KubeObject, live: KubeObject, managers: readonly string[]): KubeObject =>
  leaves(manifest)
    .filter((path) => ownersOf(live.metadata.managedFields, path).some(({ manager }) => managers.includes(manager)))
    .reduce((target, path) => setPointer(target, path, getPointer(live, path)) as KubeObject, manifest);

/** The pointers of everything that is no map; a list is one value. */
const leaves = (value: unknown, path = ''): string[] =>
  isJsonObject(value)
    ? Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}/${escapePointer(key)}`))
    : [path];
