import { messageOf } from '@kube-steward/cli';
import {
  RESOURCES,
  getPointer,
  type Client,
  type KubeObject,
  type ListOptions,
  type Resource,
} from '@kube-steward/kube';
import type { Observation } from './observe.ts';
import { podSelectorOf, podStateOf, type PodState } from './pod-state.ts';
import { refusalIn, type Evidence } from './wake-cause.ts';
import { followed } from './wake.ts';
import type { Workload } from './workload.ts';

/** The pods of a workload that is late are alike: so many tell enough. */
const MOST_PODS = 100;
const MOST_EVENTS = 20;

/**
 * Reads why a workload is not ready: the workload as it is, its pods, and where no pod is to blame, what could not be created. Read once a workload that is late, and only then. What cannot be read is said, and never thrown.
 */
export const readEvidence = async (client: Client, o: Observation, signal: AbortSignal): Promise<Evidence> => {
  const subject = followed(o);
  const unread: string[] = [];
  const tried = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      unread.push(`${what} (${messageOf(error)})`);
      return undefined;
    }
  };
  const get = (workload: Workload): Promise<KubeObject | undefined> =>
    tried(workload.row.resource.plural, () => client.get(workload.row.resource, workload.metadata, { signal }));
  const object = subject && (await get(subject));
  const scaler = o.workload === subject ? undefined : await get(o.workload);
  const objects = [object, scaler].filter((each) => each !== undefined);
  const pods = object && (await tried('pods', () => podsOf(client, object, signal)));
  const refusal =
    object && pods?.every(({ isReady }) => isReady) && refusalIn(objects) === undefined
      ? await tried('events', () => lastRefusal(client, object, signal))
      : undefined;
  return { objects, pods: pods ?? [], refusal, unread: unread[0] };
};

const firstPage = async <P>(
  client: Client,
  resource: Resource,
  options: ListOptions<KubeObject, P>,
): Promise<readonly P[]> => {
  for await (const { items } of client.listPages(resource, options)) return items;
  return [];
};

const podsOf = async (client: Client, workload: KubeObject, signal: AbortSignal): Promise<readonly PodState[]> => {
  const labelSelector = podSelectorOf(workload);
  if (labelSelector === undefined) return [];
  const { namespace } = workload.metadata;
  return firstPage(client, RESOURCES.pods, { namespace, labelSelector, limit: MOST_PODS, project: podStateOf, signal });
};

/** StatefulSets and DaemonSets say in Events alone what they could not create. */
const lastRefusal = async (client: Client, workload: KubeObject, signal: AbortSignal): Promise<string | undefined> => {
  const { namespace, name } = workload.metadata;
  const fieldSelector = `regarding.kind=${workload.kind ?? ''},regarding.name=${name},reason=FailedCreate`;
  const notes = await firstPage(client, RESOURCES.events, {
    namespace,
    fieldSelector,
    limit: MOST_EVENTS,
    project: noteOf,
    signal,
  });
  return notes.at(-1);
};

const noteOf = (event: KubeObject): string | undefined => {
  const note = getPointer(event, '/note');
  return typeof note === 'string' ? note : undefined;
};
