import { isForbidden, isNotFound, type Client, type KubeObject, type Resource } from '@kube-steward/kube';
import { FIELD_MANAGER } from './names.ts';
import type { QUARANTINE_FIELDS } from './quarantine-mark.ts';
import { formatMark, readableMark } from './quarantine-mark.ts';
import { quarantineChanges, type QuarantineChange } from './quarantine-size.ts';

/** A namespace, and the kinds in it that can be stopped. */
export interface Place {
  readonly client: Client;
  readonly kinds: readonly Resource[];
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** On what was stopped because its namespace is in quarantine: what it was before. Its own quarantine has another mark. */
export const STOPPED_WITH_NAMESPACE = 'kube-steward.io/stopped-with-namespace';

/** Whether there is anything in objects of a kind that stops them. */
export const canBeStopped = (resource: Resource): boolean =>
  quarantineChanges(resource, { metadata: { name: '' } }) !== undefined;

/** Stops everything in a namespace that can be stopped. Done once more, it stops what has come in the meantime. */
export const stopContents = (place: Place, now: number): Promise<void> =>
  patchEach(place, (resource, object) => {
    const change = quarantineChanges(resource, object);
    if (!change || change.from === change.to || isLedByOwner(change, object)) return undefined;
    const { field, from, to } = change;
    return { [field]: to, mark: formatMark({ since: now, original: { field, value: from } }) };
  });

/** Brings everything back that was stopped with its namespace, but for what somebody has rewritten the mark of. */
export const liftContents = (place: Place): Promise<void> =>
  patchEach(place, (_resource, { metadata }) => {
    const mark = readableMark(metadata.annotations?.[STOPPED_WITH_NAMESPACE]);
    if (!mark) return undefined;
    const { original } = mark;
    return { ...(original && { [original.field]: original.value ?? null }), mark: null };
  });

/** A size that its owner sets, and would set again. */
const isLedByOwner = ({ field }: QuarantineChange, { metadata }: KubeObject): boolean =>
  field === 'replicas' && metadata.ownerReferences?.some(({ controller }) => controller === true) === true;

/** The fields under `spec` to set (`null`: to leave to their default), and what the mark is to say. */
type Change = { readonly [F in keyof typeof QUARANTINE_FIELDS]?: number | boolean | null } & {
  readonly mark: string | null;
};

const patchEach = async (
  { client, kinds, namespace, signal }: Place,
  changeOf: (resource: Resource, object: KubeObject) => Change | undefined,
): Promise<void> => {
  for (const resource of kinds) {
    for (const { metadata, mark, ...spec } of await changesIn(resource)) {
      const { name, uid, resourceVersion } = metadata;
      const body = { metadata: { uid, resourceVersion, annotations: { [STOPPED_WITH_NAMESPACE]: mark } }, spec };
      const options = { fieldManager: FIELD_MANAGER, discardReply: true, signal } as const;
      await client.patch(resource, { namespace, name }, { type: 'merge', body, ...options });
    }
  }

  async function changesIn(resource: Resource): Promise<readonly (Change & KubeObject)[]> {
    const project = (object: KubeObject): (Change & KubeObject) | undefined => {
      const change = changeOf(resource, object);
      const { name, uid, resourceVersion } = object.metadata;
      return change && { ...change, metadata: { name, uid, resourceVersion } as KubeObject['metadata'] };
    };
    try {
      return (await client.list<KubeObject, Change & KubeObject>(resource, { namespace, project, signal })).items;
    } catch (error) {
      // What may not be read is not stopped; what is not served is not there.
      if (isForbidden(error) || isNotFound(error)) return [];
      throw error;
    }
  }
};
