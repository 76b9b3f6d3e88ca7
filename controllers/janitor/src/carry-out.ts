import type { EventRecorder } from '@kube-steward/controller';
import {
  apiVersionOf,
  isConflict,
  isNotFound,
  type Client,
  type Resource,
  type Unstructured,
} from '@kube-steward/kube';
import { applyDecision, type Decision } from '@kube-steward/plan';
import { formatTimestamp, type Clock } from '@kube-steward/schedule';
import type { Archive } from './archive/archive.ts';
import { archivable } from './archive/manifest.ts';
import { candidateOf, type Candidate } from './candidate.ts';
import { isReadWhole } from './kinds.ts';
import type { Memory } from './memory.ts';
import { FIELD_MANAGER } from './names.ts';
import { isNamespaces, type Policy } from './policy.ts';
import { eventFor } from './tell.ts';
import { liftContents, stopContents } from './namespace-contents.ts';

/** Whom it takes to carry out a decision. */
export interface Hands {
  /** Refuses every write when this process may not write any more. */
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly policy: () => Policy;
  /** The kinds that are read, as far as they can be stopped. */
  readonly stoppable: () => readonly Resource[];
  readonly archive: Archive | undefined;
  /** Writes kube-janitor's annotation on what is announced. */
  readonly notifyAnnotation: boolean;
}

/** What a decision is carried out under. */
export interface Orders {
  /** Whether the same would be decided now, by the same rules: asked when nothing but the delete is left to do. */
  readonly isStillMeant: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * Carries out a decision on the object as it was decided on, or not at all.
 *
 * @returns false: the object, or what bears on it, is not any more what was decided on
 */
export const carryOut = async (
  hands: Hands,
  candidate: Candidate,
  decision: Decision,
  orders: Orders,
): Promise<boolean> => {
  try {
    return await STEPS[stepOf(decision)](hands, candidate, decision, orders);
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
};

type Step = 'delete' | 'notify' | 'patch';
/** Resolves with false: it was not done, for it is not meant any more. */
type CarryOut = (hands: Hands, candidate: Candidate, decision: Decision, orders: Orders) => Promise<boolean>;

const stepOf = ({ action }: Decision): Step => (action === 'delete' || action === 'notify' ? action : 'patch');

const apply = (
  { client }: Hands,
  { metadata, resource }: Candidate,
  decision: Decision,
  signal: AbortSignal,
): Promise<void> => {
  const { uid, resourceVersion } = metadata;
  return applyDecision(client, resource, decision, { uid, resourceVersion, fieldManager: FIELD_MANAGER, signal });
};

const STEPS: { readonly [S in Step]: CarryOut } = {
  /** It is told of first, and kept in the archive: afterwards there is nothing left to keep. */
  async delete(hands, candidate, decision, { signal, isStillMeant }) {
    const { memory, recorder } = hands;
    if (hands.archive) await keep(hands, hands.archive, candidate, decision, signal);
    if (!memory.tells(candidate, decision.deletion?.deadline ?? ''))
      await recorder.write(eventFor(decision, candidate));
    // All this took its time, and who begins to use a claim changes no version that a precondition would see.
    if (!(await isStillMeant())) return false;
    await apply(hands, candidate, decision, signal);
    memory.deleted(candidate);
    return true;
  },
  async notify(hands, candidate, decision, { signal }) {
    const { recorder, memory, clock, notifyAnnotation } = hands;
    if (!(await recorder.write(eventFor(decision, candidate))))
      throw new Error('its notice could not be written as an Event: until it is, nothing counts as announced');
    memory.announced(candidate, Date.parse(decision.deletion?.deadline ?? ''), clock.now());
    if (notifyAnnotation) await annotate(hands, candidate, signal);
    return true;
  },
  /** Of a namespace everything in it is stopped first: until then it does not carry the mark, and all is done once more. */
  async patch(hands, candidate, decision, { signal }) {
    const { client, recorder, stoppable } = hands;
    if (isNamespaces(candidate.resource)) {
      const place = { client, kinds: stoppable(), namespace: candidate.metadata.name, signal };
      if (decision.action === 'quarantine') await stopContents(place, hands.clock.now());
      else await liftContents(place);
    }
    await apply(hands, candidate, decision, signal);
    recorder.event(eventFor(decision, candidate));
    return true;
  },
};

const annotate = async ({ client, policy }: Hands, { metadata, resource }: Candidate, signal: AbortSignal) => {
  const { namespace, name, uid, resourceVersion } = metadata;
  const annotations = { [`${policy().prefix}/notified`]: 'yes' };
  const body = { metadata: { uid, resourceVersion, annotations } };
  await client.patch(resource, { namespace, name }, { type: 'merge', body, discardReply: true, signal });
};

/** What is kept is exactly what is deleted, or nothing is. */
const keep = async (
  { client, clock }: Hands,
  archive: Archive,
  { metadata, resource }: Candidate,
  { reason }: Decision,
  signal: AbortSignal,
): Promise<void> => {
  const { namespace, name } = metadata;
  const object = await client.get<Unstructured>(resource, { namespace, name }, { signal });
  // Should it have changed, the delete is refused, and what was kept is kept once too often.
  await archive.keep({ deletedAt: formatTimestamp(clock.now()), reason, manifest: archivable(object) });
};

/** The object as the server has it now, read by these rules; `undefined`: it is gone. */
export const readAgain = async (
  client: Pick<Client, 'get'>,
  policy: Policy,
  { metadata, resource }: Candidate,
  signal: AbortSignal,
): Promise<Candidate | undefined> => {
  const { namespace, name } = metadata;
  const metadataOnly = !isReadWhole(resource, policy);
  try {
    const object = await client.get(resource, { namespace, name }, { metadataOnly, signal });
    return candidateOf(resource, policy)({ ...object, apiVersion: apiVersionOf(resource), kind: resource.kind });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};
