import { isForbidden, type Client, type Resource } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import type { Clock } from '@kube-steward/schedule';
import { isEnd } from './verdict.ts';
import type { Candidate } from './candidate.ts';
import { lookUpReferences } from './claim-lookup.ts';
import { decide } from './decide.ts';
import { lookUpInside, type Inside } from './inside-lookup.ts';
import { observe, type Observation, type Owner, type View } from './observe.ts';
import { lookUpOwner } from './owner-lookup.ts';
import { isNamespaces, type Policy } from './policy.ts';
import type { Searched } from './searched.ts';

/** What is known of the cluster, and where the rest is asked for. */
export interface Bench {
  readonly view: View;
  /** Every kind that the server has. */
  readonly served: () => readonly Resource[];
  /** The kinds to ask before a namespace goes, or a volume claim. */
  readonly searched: () => { readonly inside: Searched; readonly claimUsers: Searched };
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly client: Client;
  /** What the server has said of the owners of these objects, as they are in memory. */
  readonly owners: WeakMap<Candidate, Owner>;
}

/** An object, all that bears on it, and what follows. */
export interface Judgement {
  readonly observation: Observation;
  readonly decision: Decision;
}

/** From what is in memory alone. */
export const judge = ({ view, policy, clock }: Bench, candidate: Candidate): Judgement =>
  judged(observe(view, candidate), policy(), clock.now());

/** From what is in memory alone, for counting what is due: an owner of whom nobody has asked yet may turn out to be gone. */
export const judgeAtWorst = (bench: Bench, candidate: Candidate): Decision => {
  const { observation, decision } = judge(bench, candidate);
  if (decision.reason !== 'OwnerUnknown') return decision;
  return decide({ ...observation, owner: bench.owners.get(candidate) ?? 'gone' }, bench.policy(), bench.clock.now());
};

/**
 * From what is in memory, and where something of the object's hangs on it, from what the server itself says of its owner and of
 * whoever uses it, and of what is in it: a cache is always a little late.
 *
 * @throws KubeApiError where the server gives no answer
 */
export const judgeForSure = async (bench: Bench, candidate: Candidate, signal: AbortSignal): Promise<Judgement> => {
  let judgement = judge(bench, candidate);
  const again = (change: Partial<Observation>): void => {
    judgement = judged({ ...judgement.observation, ...change }, bench.policy(), bench.clock.now());
  };
  if (judgement.decision.reason === 'OwnerUnknown') {
    const owner = await askForOwner(bench, candidate, signal);
    bench.owners.set(candidate, owner);
    again({ owner });
  }
  if (isEnd(judgement.decision) && candidate.answers.some(({ kind }) => kind === 'asks'))
    again({ references: await lookUpReferences(bench.client, bench.searched().claimUsers, candidate, signal) });
  if (isEnd(judgement.decision) && isNamespaces(candidate.resource)) again(await askInside(bench, candidate, signal));
  return judgement;
};

const judged = (observation: Observation, policy: Policy, now: number): Judgement => ({
  observation,
  decision: decide(observation, policy, now),
});

const askInside = (
  { client, searched, policy }: Bench,
  { metadata: { name } }: Candidate,
  signal: AbortSignal,
): Promise<Inside> => lookUpInside(client, searched().inside, { prefix: policy().prefix, namespace: name }, signal);

/** Whoever may not ask does not know; whoever gets no answer asks again. */
const askForOwner = async ({ client, served }: Bench, candidate: Candidate, signal: AbortSignal): Promise<Owner> => {
  try {
    return await lookUpOwner(client, served(), candidate, signal);
  } catch (error) {
    if (isForbidden(error)) return 'unknown';
    throw error;
  }
};
