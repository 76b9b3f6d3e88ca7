import type { KubeObject } from '@kube-steward/kube';

/** The tools people come from: kube-downscaler and its fork in Python, its rewrite in Go, and kube-green. */
export type OldTool = 'py' | 'go' | 'kube-green';

/** The value under which those that act are found in the index `oldTool` of Deployments. */
export const ACTS = 'acts';

/** A Deployment of one of them. */
export interface FoundTool<Tool extends string = OldTool> {
  readonly tool: Tool;
  readonly namespace: string;
  readonly name: string;
  /** It acts on workloads just now: it is not scaled to 0, has a ready pod where the status says so, and is no dry run. */
  readonly acts: boolean;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  /** The ConfigMaps that give further variables. */
  readonly envFrom: readonly string[];
}

/** A variable of a container: its text, or the ConfigMap it is taken from. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string | undefined;
  readonly configMap?: { readonly name: string; readonly key: string } | undefined;
}

/** How tools are called: a Deployment, its `app.kubernetes.io/name` or the last word of an image. */
export type ToolNames<Tool extends string> = readonly (readonly [Tool, RegExp])[];

const NAMES: ToolNames<OldTool> = [
  ['py', /^(py-)?kube-downscaler$/],
  ['go', /^go-?kube-?downscaler$/i],
  ['kube-green', /^kube-green(-controller-manager)?$/],
];

interface Container {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly configMapKeyRef?: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
}
interface DeploymentShape {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
  };
  readonly status?: { readonly readyReplicas?: number };
}

/** The old tool that a Deployment runs; `undefined` for any other Deployment, and for those of kube-steward itself. */
export const oldToolOf = (object: KubeObject): FoundTool | undefined => toolOf(object, NAMES);

/** The same for tools of any other names. */
export const toolOf = <Tool extends string>(
  object: KubeObject,
  names: ToolNames<Tool>,
): FoundTool<Tool> | undefined => {
  const { name, namespace = 'default', labels = {} } = object.metadata;
  if (labels['app.kubernetes.io/part-of'] === 'kube-steward') return undefined;
  const { spec, status } = object as DeploymentShape;
  const containers = spec?.template?.spec?.containers ?? [];
  for (const [tool, pattern] of names) {
    const byImage = containers.find(({ image }) => pattern.test(imageName(image)));
    const isNamed = pattern.test(name) || pattern.test(labels['app.kubernetes.io/name'] ?? '');
    const container = byImage ?? (isNamed ? (containers[0] ?? {}) : undefined);
    if (!container) continue;
    const args = [...(container.command ?? []), ...(container.args ?? [])].filter(
      (word, index, words) => word.startsWith('-') || words[index - 1]?.startsWith('-') === true,
    );
    const isUp = (spec?.replicas ?? 1) > 0 && (status === undefined || (status.readyReplicas ?? 0) > 0);
    const isDryRun = args.some((word) => /^--?dry-run(=true)?$/.test(word));
    return { tool, namespace, name, acts: isUp && !isDryRun, args, ...environmentOf(container) };
  }
  return undefined;
};

/** `ghcr.io/caas-team/py-kube-downscaler:26.4.0` is `py-kube-downscaler`. */
const imageName = (image = ''): string => image.replace(/@.*$/, '').split('/').at(-1)?.replace(/:.*$/, '') ?? '';

const environmentOf = ({ env = [], envFrom = [] }: Container): Pick<FoundTool, 'env' | 'envFrom'> => ({
  env: env.map(({ name, value, valueFrom }) => ({ name, value, configMap: valueFrom?.configMapKeyRef })),
  envFrom: envFrom.flatMap(({ configMapRef }) => (configMapRef ? [configMapRef.name] : [])),
});
