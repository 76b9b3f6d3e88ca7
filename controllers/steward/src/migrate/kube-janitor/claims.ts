import { RESOURCES, type KubeObject } from '@kube-steward/kube';

/** What kube-janitor tells rules about a volume claim, under `_context`. */
export type ClaimContext = {
  readonly pvc_is_not_mounted: boolean;
  readonly pvc_is_not_referenced: boolean;
};

interface PodSpec {
  readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName?: string } }[];
}
interface Template {
  readonly template?: { readonly spec?: PodSpec };
}
/** The kinds that it looks at, and no others: not DaemonSets, ReplicaSets, what else has pods, or who uses the volume. */
interface Shapes {
  readonly spec?: PodSpec &
    Template & {
      readonly jobTemplate?: { readonly spec?: Template };
      readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
    };
}

const { pods, jobs, deployments, cronJobs, statefulSets } = RESOURCES;

const TEMPLATES: Readonly<Record<string, (shape: Shapes) => PodSpec | undefined>> = {
  [jobs.kind]: ({ spec }) => spec?.template?.spec,
  [deployments.kind]: ({ spec }) => spec?.template?.spec,
  [cronJobs.kind]: ({ spec }) => spec?.jobTemplate?.spec?.template?.spec,
};

/** Who uses which claim, as kube-janitor sees it, of everything there is. */
export const claimsIn = (objects: readonly KubeObject[]): ((claim: KubeObject) => ClaimContext) => {
  const mounted = new Set<string>();
  const referenced = new Set<string>();
  const owners: { readonly namespace: string; readonly pattern: RegExp }[] = [];
  for (const object of objects) {
    const { kind = '', metadata } = object;
    const { namespace = 'default' } = metadata;
    const shape = object as Shapes;
    if (kind === pods.kind) for (const name of namesIn(shape.spec)) mounted.add(`${namespace}/${name}`);
    for (const name of namesIn(TEMPLATES[kind]?.(shape))) referenced.add(`${namespace}/${name}`);
    if (kind === statefulSets.kind)
      for (const template of shape.spec?.volumeClaimTemplates ?? [])
        owners.push({ namespace, pattern: patternOf(`${template.metadata?.name ?? ''}-${metadata.name}`) });
  }
  return ({ metadata: { namespace = 'default', name } }) => {
    const key = `${namespace}/${name}`;
    const isOwned = owners.some((owner) => owner.namespace === namespace && owner.pattern.test(name));
    return {
      pvc_is_not_mounted: !mounted.has(key),
      pvc_is_not_referenced: !(mounted.has(key) || referenced.has(key) || isOwned),
    };
  };
};

const namesIn = (spec: PodSpec | undefined): string[] =>
  (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

/** A dot of a name goes into the pattern as it is, and stands for any character. */
const patternOf = (name: string): RegExp => new RegExp(`^${name.replaceAll(/[^\w.-]/g, String.raw`\$&`)}-[0-9]+$`);
