import { toolOf, type FoundTool } from '@kube-steward/downscaler';
import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import type { JanitorFlag } from './settings.ts';

/** A Deployment or CronJob that runs kube-janitor. */
export type FoundJanitor = FoundTool<'kube-janitor'> & {
  /** The ConfigMaps that are mounted, by the folder each is seen at. */
  readonly mounts: readonly { readonly path: string; readonly configMap: string }[];
};

interface Container {
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}
interface PodSpec {
  readonly containers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name?: string } }[];
}
interface Shape {
  readonly spec?: {
    readonly suspend?: boolean;
    readonly template?: { readonly spec?: PodSpec };
    readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } };
  };
}

const NAMES = [['kube-janitor', /^(py-)?kube-janitor$/]] as const;

/** kube-janitor, where an object runs it: its chart may make a CronJob of it. */
export const janitorOf = (object: KubeObject): FoundJanitor | undefined => {
  const shape = deploymentOf(object);
  const found = shape && toolOf(shape, NAMES);
  return found && { ...found, mounts: mountsOf(shape as Shape) };
};

/** A CronJob as a Deployment of the same pod, which is up unless it is suspended. */
const deploymentOf = (object: KubeObject): KubeObject | undefined => {
  const { spec } = object as Shape;
  if (object.kind === RESOURCES.deployments.kind) return object;
  if (object.kind !== RESOURCES.cronJobs.kind) return undefined;
  const { metadata } = object;
  const template = spec?.jobTemplate?.spec?.template;
  return { metadata, spec: { replicas: spec?.suspend === true ? 0 : 1, template } } as KubeObject;
};

const mountsOf = ({ spec }: Shape): FoundJanitor['mounts'] => {
  const { containers = [], volumes = [] } = spec?.template?.spec ?? {};
  return containers.flatMap(({ volumeMounts = [] }) =>
    volumeMounts.flatMap(({ name, mountPath, subPath }) => {
      const configMap = volumes.find((volume) => volume.name === name)?.configMap?.name;
      // A mounted file is told by its folder, like the others.
      const path = subPath === undefined ? mountPath : folderOf(mountPath);
      return configMap === undefined ? [] : [{ path: path.replace(/\/$/, ''), configMap }];
    }),
  );
};

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Where the rules of one that was found are: the ConfigMap, and the key in it. */
export const rulesPlace = (
  { mounts }: FoundJanitor,
  values: Readonly<Partial<Record<JanitorFlag, string>>>,
): { readonly configMap: string; readonly key: string } | undefined => {
  const file = values['rules-file'];
  if (file === undefined) return undefined;
  const mount = mounts.find(({ path }) => path === folderOf(file));
  return mount && { configMap: mount.configMap, key: file.slice(file.lastIndexOf('/') + 1) };
};
