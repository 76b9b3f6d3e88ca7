import { messageOf } from '@kube-steward/cli';
import { RESOURCES, getPointer, type Client, type KubeObject } from '@kube-steward/kube';
import type { Observation } from './observe.ts';
import { podSelectorOf, podStateOf, type PodState } from './pod-state.ts';
import { refusalIn, type Evidence } from './wake-cause.ts';
import { followed } from './wake.ts';
import type { Workload } from './workload.ts';

/** The pods of a workload that is late are alike: so many tell enough. */
const MOST_PODS = 100;

/**
 * Reads why a workload is not ready: the workload as it is, its pods, and where no pod is to blame, what could not be created. Read once a workload that is late, and only then. What cannot be read is said, and never thrown.
 *
 * @param since when it was woken; what was told before is of an earlier night
 */
export const readEvidence = async (
  client: Client,
  o: Observation,
  since: number,
  signal: AbortSignal,
): Promise<Evidence> => {
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
      ? await tried('events', () => lastRefusal(client, object, since, signal))
      : undefined;
  return { objects, pods: pods ?? [], refusal, unread: unread[0] };
};

const podsOf = async (client: Client, workload: KubeObject, signal: AbortSignal): Promise<readonly PodState[]> => {
  const labelSelector = podSelectorOf(workload);
  if (labelSelector === undefined) return [];
  const { namespace } = workload.metadata;
  const options = { namespace, labelSelector, limit: MOST_PODS, project: podStateOf, signal };
  for await (const { items } of client.listPages(RESOURCES.pods, options)) return items;
  return [];
};

/** StatefulSets and DaemonSets say in Events alone what they could not create. */
const lastRefusal = async (
  client: Client,
  workload: KubeObject,
  since: number,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const { namespace, name } = workload.metadata;
  const fieldSelector = `regarding.kind=${workload.kind ?? ''},regarding.name=${name},reason=FailedCreate`;
  // Events tell the time by the second.
  let last: Refusal = { note: undefined, at: Math.floor(since / 1000) * 1000 };
  const options = { namespace, fieldSelector, project: refusalOf, signal };
  for await (const { items } of client.listPages(RESOURCES.events, options))
    for (const refusal of items) if (refusal.at >= last.at) last = refusal;
  return last.note;
};

interface Refusal {
  readonly note: string | undefined;
  /** When it was told last; milliseconds since the epoch. */
  readonly at: number;
}

/** When an Event was told last, by whoever writes it: by the client of old, repeated, or once. */
const TOLD_AT = ['/deprecatedLastTimestamp', '/series/lastObservedTime', '/eventTime'];

const refusalOf = (event: KubeObject): Refusal => {
  const note = getPointer(event, '/note');
  const times = TOLD_AT.map((path) => Date.parse(String(getPointer(event, path)))).filter((at) => !Number.isNaN(at));
  return { note: typeof note === 'string' ? note : undefined, at: Math.max(...times) };
};
