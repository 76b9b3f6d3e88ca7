import type { ObjectMeta } from '@kube-steward/kube';

/** Tools that make objects what Git says, again and again. */
export type GitOpsTool = 'argocd' | 'fluxKustomization' | 'fluxHelmRelease';

/** Which tool an object belongs to. */
export interface GitOpsOwner {
  readonly tool: GitOpsTool;
  /** The Application, Kustomization (`namespace/name`) or HelmRelease that brings it. */
  readonly by: string;
}

const FLUX = [
  ['fluxKustomization', 'kustomize.toolkit.fluxcd.io'],
  ['fluxHelmRelease', 'helm.toolkit.fluxcd.io'],
] as const;

/** `app:group/Kind:namespace/name` */
const ARGO_TRACKING_ID = 'argocd.argoproj.io/tracking-id';
const ARGO_INSTANCE = 'argocd.argoproj.io/instance';
/** Argo CD's before tracking by annotation, and everybody else's: it counts where Argo CD has written to the object. */
const INSTANCE = 'app.kubernetes.io/instance';

/** By the marks that each tool leaves on what it applies. */
export const gitOpsOwnerOf = ({ labels, annotations, managedFields }: ObjectMeta): GitOpsOwner | undefined => {
  for (const [tool, group] of FLUX) {
    const name = labels?.[`${group}/name`];
    if (name !== undefined) return { tool, by: [labels?.[`${group}/namespace`], name].filter(Boolean).join('/') };
  }
  const application =
    annotations?.[ARGO_TRACKING_ID]?.split(':')[0] ?? annotations?.[ARGO_INSTANCE] ?? labels?.[ARGO_INSTANCE];
  if (application !== undefined) return { tool: 'argocd', by: application };
  const instance = labels?.[INSTANCE];
  const isArgos = instance !== undefined && managedFields?.some(({ manager }) => manager.startsWith('argocd-'));
  return isArgos ? { tool: 'argocd', by: instance } : undefined;
};
