import { editDistance, suggest } from '@kube-steward/cli';
import type { ResourceName } from './resource-name.ts';

/** What the API server itself serves and can delete. */
const PLURALS: ReadonlySet<string> = new Set([
  ...['configmaps', 'endpoints', 'events', 'limitranges', 'namespaces', 'nodes', 'persistentvolumeclaims'],
  ...['persistentvolumes', 'pods', 'podtemplates', 'replicationcontrollers', 'resourcequotas', 'secrets'],
  ...['serviceaccounts', 'services', 'controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  ...['horizontalpodautoscalers', 'cronjobs', 'jobs', 'certificatesigningrequests', 'leases', 'endpointslices'],
  ...[
    'ingresses',
    'ingressclasses',
    'networkpolicies',
    'poddisruptionbudgets',
    'roles',
    'rolebindings',
    'clusterroles',
  ],
  ...['clusterrolebindings', 'priorityclasses', 'storageclasses', 'volumeattachments', 'runtimeclasses'],
  ...['customresourcedefinitions', 'apiservices', 'mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
]);

/** So many letters off, and a plural that nobody has is a slip: `deployment`, `deploymentz`. Others may be a custom kind's. */
const SLIP = 2;

/** The built-in kind that was probably meant by the name of a kind, where there is no such built-in kind. */
export const meantKind = ({ plural, group }: ResourceName): string | undefined => {
  const isCustom = group !== undefined && group.includes('.') && !group.endsWith('.k8s.io');
  if (plural === '*' || isCustom || PLURALS.has(plural)) return undefined;
  const meant = suggest(plural, PLURALS);
  return meant !== undefined && editDistance(plural, meant) <= SLIP ? meant : undefined;
};
