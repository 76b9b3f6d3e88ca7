import type { Logger, Source } from '@kube-steward/controller';
import {
  RESOURCES,
  discover,
  type Client,
  type Discovered,
  type Informer,
  type InformerSet,
  type KubeObject,
} from '@kube-steward/kube';
import type { CancelTimer, Clock } from '@kube-steward/schedule';

/** When a kind has been defined the server needs a moment to serve it; and longer to say so everywhere. */
const LOOKS_AFTER_MS = [1000, 5000, 30_000] as const;

interface Definition {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string | undefined };
}

const definitionOf = ({ metadata: { name, resourceVersion } }: KubeObject): Definition => ({
  metadata: { name, resourceVersion },
});

/** Where the server says which kinds there are: what it serves itself, and what other servers serve behind it. */
const DEFINING = [RESOURCES.customResourceDefinitions, RESOURCES.apiServices] as const;

export interface FollowKindsOptions {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onKinds: (discovered: Discovered) => void;
}

/** Asks the server for its kinds, now and whenever they may have changed. */
export interface FollowedKinds {
  /** @throws KubeApiError when the server cannot be asked */
  look(): Promise<void>;
  /** No objects: it only looks at when definitions change. */
  readonly sources: readonly Source[];
}

export const followKinds = (options: FollowKindsOptions): FollowedKinds => {
  const { client, informers, clock, log, signal, onKinds } = options;
  let cancel: CancelTimer = () => undefined;
  const look = async (): Promise<void> => onKinds(await discover(client, { signal }));
  const lookLater = (step: number): void => {
    const delayMs = LOOKS_AFTER_MS[step];
    cancel();
    if (delayMs === undefined || signal.aborted) return;
    cancel = clock.setTimer(delayMs, () => {
      void look()
        .catch((error: unknown) => {
          if (!signal.aborted) log.warn({ error }, 'the kinds of the cluster cannot be read just now');
        })
        .then(() => lookLater(step + 1));
    });
  };
  signal.addEventListener('abort', () => cancel(), { once: true });
  const changed = (): void => lookLater(0);
  const sources = DEFINING.map((resource): Source => {
    const informer: Informer<Definition> = informers.get<KubeObject, Definition>({
      resource,
      metadataOnly: true,
      purpose: 'kinds',
      project: definitionOf,
    });
    return {
      connect: () =>
        informer.addHandler({
          add: (_object, { initial }) => {
            if (!initial) changed();
          },
          update: changed,
          delete: changed,
        }),
    };
  });
  return { look, sources };
};
