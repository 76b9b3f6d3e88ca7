import type { KubeObject, OwnerReference } from '@kube-steward/kube';
import { findCondition } from './status.ts';
import type { Pod, PodTemplate } from './wire.ts';

/** Counts towards its owner's size: neither finished nor on its way out. */
export const isActive = (pod: Pod): boolean => !pod.metadata.deletionTimestamp && !isFinished(pod);

/** Ran to its end. */
export const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Serves requests. */
export const isReady = (pod: Pod): boolean => findCondition(pod.status?.conditions, 'Ready')?.status === 'True';

/** A pod made from a workload's template, named by the API server (`<owner>-xxxxx`) unless `name` is given. */
export const podFromTemplate = (
  workload: KubeObject,
  template: PodTemplate,
  owner: OwnerReference,
  own: { name?: string; labels?: Record<string, string>; nodeName?: string } = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: own.name ?? '',
    ...(own.name ? {} : { generateName: `${workload.metadata.name}-` }),
    namespace: workload.metadata.namespace ?? '',
    labels: { ...template.metadata.labels, ...own.labels },
    ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
    ownerReferences: [owner],
  },
  spec: own.nodeName ? { ...template.spec, nodeName: own.nodeName } : template.spec,
});
