import {
  createClient,
  createTransport,
  userAgentOf,
  type Client,
  type Endpoint,
  type RequestObservation,
  type Transport,
  type WritePolicy,
} from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import { fenced } from './fence.ts';
import type { RuntimeValues } from './runtime-options.ts';

/** The clients of one process. */
export interface Connections {
  /** For users' objects. */
  readonly client: Client;
  readonly ownState: Client;
  /** With a rate limit of their own: neither waits behind the requests of reconciles, nor holds them up. */
  readonly events: Client;
  readonly lease: Client;
  /** Requests under way, watches and the reading of lists not counted. */
  inFlight(): number;
  close(): void;
}

export interface ConnectionOptions {
  endpoint: Endpoint;
  settings: Pick<RuntimeValues, 'qps' | 'burst' | 'requestTimeout' | 'dryRun' | 'dryRunState' | 'once'>;
  name: string;
  version: string;
  ownNamespace: string;
  clock: Clock;
  guard: () => void;
  onRequest: (observation: RequestObservation) => void;
}

/** Opens nothing yet: connections are made with the first request. */
export const createConnections = (options: ConnectionOptions): Connections => {
  const { endpoint, settings, name, version, clock, onRequest, guard } = options;
  const { qps, burst, dryRun } = settings;
  const userAgent = userAgentOf(name, version);
  const tally = { inFlight: 0 };
  const open = (limit: { qps: number; burst: number }): Transport =>
    tracked(createTransport(endpoint, { ...limit, clock, onRequest, userAgent }), settings.requestTimeout, tally);

  const [main, forEvents, forLease] = [open({ qps, burst }), open({ qps, burst }), open({ qps: -1, burst: 1 })];
  const clientOf = (transport: Transport, writes: WritePolicy): Client =>
    createClient(transport, { writes, userAgent, fieldManager: `kube-steward-${name}` });
  return {
    client: clientOf(fenced(main, guard), dryRun ? 'none' : 'all'),
    ownState: clientOf(dryRun ? main : fenced(main, guard), ownWrites(options)),
    events: clientOf(forEvents, dryRun ? 'none' : 'all'),
    lease: clientOf(forLease, dryRun ? 'none' : 'all'),
    inFlight: () => tally.inFlight,
    close: () => {
      for (const transport of [main, forEvents, forLease]) transport.close();
    },
  };
};

/** A dry run touches no object of others, and with `--once` none at all. */
const ownWrites = ({ settings, ownNamespace }: ConnectionOptions): WritePolicy => {
  const isSilent = settings.dryRun && (settings.once || !settings.dryRunState);
  return isSilent ? 'none' : { namespace: ownNamespace };
};

/** Counts requests until they are answered, and limits how long that may take. */
const tracked = (transport: Transport, limitMs: number, tally: { inFlight: number }): Transport => {
  const counted = async <R>(pending: Promise<R>): Promise<R> => {
    tally.inFlight++;
    try {
      return await pending;
    } finally {
      tally.inFlight--;
    }
  };
  const deadlineMs = limitMs > 0 ? limitMs : undefined;
  return {
    send: (request) => counted(transport.send({ deadlineMs, ...request })),
    stream: (request) => (request.longLived ? transport.stream(request) : counted(transport.stream(request))),
    close: () => transport.close(),
  };
};
