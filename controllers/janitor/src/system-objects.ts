import { getPointer, type KubeObject, type Resource } from '@kube-steward/kube';
import type { SystemObject } from './candidate.ts';
import { ARCHIVE_LABEL } from './names.ts';

/** Nothing in these is ever deleted, whatever the lists of namespaces say. */
export const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

interface Row {
  /** `plural.group`; absent: any kind. */
  readonly kinds?: readonly string[];
  readonly is?: (object: KubeObject) => boolean;
  readonly why: string;
  readonly reason?: 'OwnObject';
  /** Its own annotations still count: somebody has said so on this very object. */
  readonly fromRules?: true;
}

const named =
  (...names: readonly string[]) =>
  ({ metadata }: KubeObject): boolean =>
    names.includes(metadata.name);

const labelled =
  (key: string, value: string) =>
  ({ metadata }: KubeObject): boolean =>
    metadata.labels?.[key] === value;

const OWN = { why: 'it is part of kube-steward itself', reason: 'OwnObject' } as const;

/** What is never deleted, whoever says so. */
const ROWS: readonly Row[] = [
  { is: labelled('app.kubernetes.io/part-of', 'kube-steward'), ...OWN },
  { is: labelled('app.kubernetes.io/name', 'kube-steward'), ...OWN },
  { is: ({ metadata }) => metadata.labels?.[ARCHIVE_LABEL] !== undefined, ...OWN },
  { is: ({ metadata }) => SYSTEM_NAMESPACES.has(metadata.namespace ?? ''), why: 'it is in a namespace of the system' },
  {
    kinds: ['namespaces.'],
    is: ({ metadata }) => metadata.name === 'default' || metadata.name.startsWith('kube-'),
    why: 'it is a namespace of the system',
  },
  {
    is: ({ metadata }) => metadata.namespace?.startsWith('kube-') === true,
    why: 'rules delete nothing in namespaces of the system',
    fromRules: true,
  },
  { kinds: ['serviceaccounts.'], is: named('default'), why: 'pods without an account of their own run as it' },
  { kinds: ['serviceaccounts.'], why: 'rules do not delete service accounts', fromRules: true },
  { kinds: ['configmaps.'], is: named('kube-root-ca.crt'), why: 'pods find the API server by it' },
  {
    kinds: ['services.'],
    is: ({ metadata }) => metadata.namespace === 'default' && metadata.name === 'kubernetes',
    why: 'it leads to the API server',
  },
  { kinds: ['leases.coordination.k8s.io'], why: 'controllers elect their leader by it' },
  { kinds: ['endpointslices.discovery.k8s.io', 'endpoints.'], why: 'traffic is routed by it' },
  { kinds: ['secrets.', 'configmaps.'], is: isHelmRelease, why: 'it is the record of a Helm release' },
  { kinds: ['nodes.', 'csinodes.storage.k8s.io', 'apiservices.apiregistration.k8s.io'], why: 'the cluster runs on it' },
  {
    is: ({ metadata }) => metadata.namespace === undefined && metadata.name.startsWith('system'),
    why: 'it is part of the cluster itself',
  },
];

function isHelmRelease(object: KubeObject): boolean {
  const { name, labels } = object.metadata;
  return (
    name.startsWith('sh.helm.release.v1.') ||
    getPointer(object, '/type') === 'helm.sh/release.v1' ||
    (labels?.['owner'] === 'helm' && labels['status'] !== undefined)
  );
}

/** Why the cluster, or what people run in it, cannot do without an object; `undefined`: it can. */
export const systemObjectOf = ({ plural, group }: Resource, object: KubeObject): SystemObject | undefined => {
  const kind = `${plural}.${group}`;
  const row = ROWS.find(({ kinds, is }) => (kinds?.includes(kind) ?? true) && (is?.(object) ?? true));
  return row && { reason: row.reason ?? 'SystemObject', why: row.why, fromRules: row.fromRules === true };
};
