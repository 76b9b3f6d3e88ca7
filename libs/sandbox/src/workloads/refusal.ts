import { apiVersionOf, getPointer, RESOURCES, type KubeObject, type Resource } from '@kube-steward/kube';
import type { Context } from './engine.ts';
import { MANAGER, timestamp } from './status.ts';

/** What the API server answers to a pod that a quota has no room for. */
export const QUOTA_MESSAGE =
  'pods is forbidden: exceeded quota: compute, requested: requests.cpu, used: requests.cpu, limited';

/**
 * The Warning Event of a controller that could not create a pod: all that a StatefulSet shows of it. One an object, which counts
 * its repeats.
 */
export const recordRefusal = (resource: Resource, { metadata }: KubeObject, { cluster, now }: Context): void => {
  const namespace = metadata.namespace ?? '';
  const name = `${metadata.name}.failed-create`;
  const time = timestamp(now).replace('Z', '.000000Z');
  const known = cluster.get(RESOURCES.events, { namespace, name });
  if (known) {
    const count = Number(getPointer(known, '/series/count') ?? 1) + 1;
    const body = { series: { count, lastObservedTime: time } };
    cluster.patch(RESOURCES.events, name, { namespace, type: 'merge', body, fieldManager: MANAGER });
    return;
  }
  const event = {
    apiVersion: apiVersionOf(RESOURCES.events),
    kind: RESOURCES.events.kind,
    metadata: { namespace, name },
    eventTime: time,
    type: 'Warning',
    reason: 'FailedCreate',
    action: 'Create',
    note: `create Pod in ${resource.kind} ${metadata.name} failed error: ${QUOTA_MESSAGE}`,
    regarding: {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      namespace,
      name: metadata.name,
      uid: metadata.uid,
    },
    reportingController: MANAGER,
    reportingInstance: MANAGER,
  };
  cluster.create(RESOURCES.events, event, { fieldManager: MANAGER });
};
