import type { ObjectMeta } from '@kube-steward/kube';

/** How users of other tools say that an object is to stay: the annotation, and the values that say so. */
const OPT_OUTS: readonly { readonly key: string; readonly keeps: (value: string) => boolean }[] = [
  {
    key: 'argocd.argoproj.io/sync-options',
    keeps: (value) => value.split(',').some((option) => /^(?:Prune|Delete)=(?:false|confirm)$/i.test(option.trim())),
  },
  { key: 'kustomize.toolkit.fluxcd.io/prune', keeps: (value) => /^disabled$/i.test(value.trim()) },
  {
    key: 'helm.sh/resource-policy',
    keeps: (value) => value.split(',').some((policy) => /^keep$/i.test(policy.trim())),
  },
];

/** The annotation or label of another tool that says that the object is to be kept: `helm.sh/resource-policy: keep`. */
export const optOutOf = ({ annotations, labels }: ObjectMeta): string | undefined => {
  for (const { key, keeps } of OPT_OUTS) {
    const value = annotations?.[key] ?? labels?.[key];
    if (value !== undefined && keeps(value)) return `${key}: ${value}`;
  }
  return undefined;
};

/** The marks that tools leave on what they make again when it is gone. */
const MANAGERS: readonly { readonly tool: string; readonly keys: readonly string[] }[] = [
  { tool: 'Argo CD', keys: ['argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/instance'] },
  { tool: 'Flux', keys: ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'] },
  { tool: 'Helm', keys: ['meta.helm.sh/release-name'] },
];
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Who brings the object: `Argo CD (shop)`. */
export const managerOf = ({ annotations, labels }: ObjectMeta): string | undefined => {
  for (const { tool, keys } of MANAGERS)
    for (const key of keys) {
      const value = annotations?.[key] ?? labels?.[key];
      if (value !== undefined) return `${tool} (${value.split(':')[0] ?? value})`;
    }
  return labels?.[MANAGED_BY];
};

/** Where people write whose something is, most telling first. */
const RESPONSIBLE = ['owner', 'team', 'contact', 'app.kubernetes.io/part-of'] as const;

/** Whose it is, as far as labels and annotations say: `team=shop`. */
export const responsibleFor = ({ annotations, labels }: ObjectMeta): string | undefined => {
  for (const key of RESPONSIBLE) {
    const value = labels?.[key] ?? annotations?.[key];
    if (value) return `${key}=${value}`;
  }
  return undefined;
};
