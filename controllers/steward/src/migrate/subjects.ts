import { namesOfKind, type Observation } from '@kube-steward/downscaler';
import type { KubeObject } from '@kube-steward/kube';
import type { Subject } from './old-rules.ts';

const PREFIX = 'downscaler/';

/** What the old tools need to know of objects, beside what the downscaler keeps of them. */
export type SubjectOf = (observation: Observation) => Subject | undefined;

/** The objects as the old tools look at them. */
export const subjectsIn = (objects: readonly KubeObject[]): SubjectOf => {
  const byId = new Map(objects.map((object) => [idOf(object), object]));
  const isPodAwake = objects.some(isAwakePod);
  const scaled = new Set(objects.filter(({ kind }) => kind === 'ScaledObject').map(targetOf));
  const subjectOf: SubjectOf = ({ workload: { reference, row, target }, leader }) => {
    const { apiVersion, kind, namespace = '', name } = reference;
    const metadata = byId.get(id(apiVersion, kind, namespace, name))?.metadata;
    if (!metadata) return undefined;
    const around = byId.get(id('v1', 'Namespace', '', namespace))?.metadata;
    const created = Date.parse(metadata.creationTimestamp ?? '');
    return {
      kind,
      apiVersion,
      kindNames: namesOfKind(row),
      namespace,
      name,
      annotations: ours(metadata.annotations),
      namespaceAnnotations: ours(around?.annotations),
      allAnnotations: metadata.annotations ?? {},
      labels: metadata.labels ?? {},
      controller: metadata.ownerReferences?.find(({ controller }) => controller === true)?.kind,
      isOwned: (metadata.ownerReferences ?? []).length > 0,
      createdAt: Number.isNaN(created) ? undefined : created,
      isPodAwake,
      isScaled: scaled.has(`${namespace}/${kind}/${name}`),
      parent: leader && target === undefined ? subjectOf(leader) : undefined,
    };
  };
  return subjectOf;
};

const id = (apiVersion: string, kind: string, namespace: string, name: string): string =>
  [apiVersion.includes('/') ? apiVersion.split('/')[0] : '', kind, namespace, name].join('/');

const idOf = ({ apiVersion = '', kind = '', metadata }: KubeObject): string =>
  id(apiVersion, kind, kind === 'Namespace' ? '' : (metadata.namespace ?? 'default'), metadata.name);

const ours = (annotations: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) =>
      key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), value]] : [],
    ),
  );

const isAwakePod = (object: KubeObject): boolean => {
  const { phase } = (object as { status?: { phase?: string } }).status ?? {};
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  return (
    object.kind === 'Pod' && !isOver && /^true$/i.test(object.metadata.annotations?.[`${PREFIX}force-uptime`] ?? '')
  );
};

const targetOf = (object: KubeObject): string => {
  const { scaleTargetRef = {} } =
    (object as { spec?: { scaleTargetRef?: { kind?: string; name?: string } } }).spec ?? {};
  return `${object.metadata.namespace ?? 'default'}/${scaleTargetRef.kind ?? 'Deployment'}/${scaleTargetRef.name ?? ''}`;
};
