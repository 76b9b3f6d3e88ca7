import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  createCluster,
  type Cluster,
  type FaultEffect,
  startSandbox,
  type Sandbox,
  ROLLOUT_CRD,
} from '@kube-steward/sandbox';
import { systemClock, seededRandom } from '@kube-steward/schedule';
import { until } from '../cluster/until.ts';
import { startGoClient } from './go-client.ts';
import { changeSomething, startingObjects, viewOf } from './random-changes.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const CHANGES_A_STEP = 1000;
/** So many changes are made between two looks at the sockets. */
const BURST = 20;

/** What goes wrong for a while; afterwards everything is as it should be, and so must be what the informers hold. */
interface Step {
  readonly name: string;
  /** Happens to watches and to streamed lists, to so many of them at most. */
  readonly fault?: FaultEffect;
  readonly times?: number;
  /** The server goes and comes back on the same port, and things have changed meanwhile; it may have forgotten the history. */
  readonly ends?: 'with a restart' | 'with a restart that forgets';
}

/** client-go waits longer with each list it has to begin anew: short lives beside each other are faster than a long one. */
const LIVES: Readonly<Record<string, readonly Step[]>> = {
  'slow, broken and silent connections': [
    { name: 'nothing wrong' },
    { name: 'slow answers', fault: { kind: 'latency', ms: 50 } },
    { name: 'connections reset', fault: { kind: 'reset', afterBytes: 40_000 } },
    { name: 'lines cut off in the middle', fault: { kind: 'truncate', afterBytes: 30_000 } },
    {
      name: 'silence on open connections, and a history forgotten',
      fault: { kind: 'stall', afterBytes: 20_000 },
      ends: 'with a restart that forgets',
    },
  ],
  'restarts and refusals': [
    { name: 'a restart', ends: 'with a restart' },
    { name: 'too many requests', fault: { kind: 'status', code: 429, retryAfterSeconds: 1 }, times: 4 },
    { name: 'errors', fault: { kind: 'status', code: 500 }, times: 4 },
  ],
  'revisions that have expired': [
    { name: '410 as an event', fault: { kind: 'expired', asEvent: true }, times: 4 },
    { name: '410 as an answer', fault: { kind: 'expired' }, times: 4 },
  ],
};

/** A server that can be restarted; the cluster behind it stays. */
class Server {
  readonly cluster: Cluster = createCluster({ clock: systemClock, seed: SEED });
  #sandbox: Sandbox | undefined;

  get sandbox(): Sandbox {
    if (!this.#sandbox) throw new Error('the server is down');
    return this.#sandbox;
  }

  async start(port = 0): Promise<void> {
    const tokens = { secret: 'admin' };
    this.#sandbox = await startSandbox({ clock: systemClock, cluster: this.cluster, port, tokens });
  }

  async restart(meanwhile: () => Promise<void>): Promise<void> {
    const port = Number(new URL(this.sandbox.url).port);
    await this.sandbox.stop();
    await meanwhile();
    await this.start(port);
  }
}

const begin = async (t: Test) => {
  const server = new Server();
  server.cluster.load([ROLLOUT_CRD, ...startingObjects()]);
  await server.start();
  t.teardown(() => server.sandbox.stop());
  const kubeconfig = join(t.testdir({ kubeconfig: server.sandbox.kubeconfig() }), 'kubeconfig');
  const withoutStreams = { KUBE_FEATURE_WatchListClient: 'false' };
  const clients = {
    'streamed lists': startGoClient(t, ['informers', kubeconfig]),
    'paged lists, JSON alone': startGoClient(t, ['informers', kubeconfig, '-json'], withoutStreams),
  };
  for (const client of Object.values(clients)) t.equal(await client.next(), 'synced');
  return { server, clients: Object.entries(clients) };
};

const makeChanges = async ({ cluster }: Server, random: () => number): Promise<void> => {
  for (let count = 0; count < CHANGES_A_STEP; count += BURST) {
    for (let one = 0; one < BURST; one++) changeSomething(cluster, random);
    await new Promise(setImmediate);
  }
};

const go = async (server: Server, { name, fault, times, ends }: Step, random: () => number): Promise<void> => {
  if (fault) {
    const match = { verbs: ['watch'] } as const;
    const { faults, watches } = server.sandbox;
    const rule = faults.add({ match, effect: fault, ...(times === undefined ? {} : { times }) });
    watches.end();
    await until(async () => {
      await makeChanges(server, random);
      return rule.hits >= (times ?? 1);
    }, `the requests that meet ${name}`);
    if (!ends) faults.clear();
  } else await makeChanges(server, random);
  if (!ends) return;
  await server.restart(async () => {
    await makeChanges(server, random);
    if (ends === 'with a restart that forgets') server.cluster.compact();
  });
};

t.jobs = Object.keys(LIVES).length;

for (const [trouble, steps] of Object.entries(LIVES)) {
  t.test(`the informers of client-go hold what the sandbox holds through ${trouble}`, { buffered: true }, async (t) => {
    const { server, clients } = await begin(t);
    const random = seededRandom(SEED);
    for (const step of steps) {
      await go(server, step, random);
      for (const [name, client] of clients) {
        let view: unknown;
        const isEqual = async (): Promise<boolean> => {
          view = await client.ask('view');
          return isDeepStrictEqual(view, viewOf(server.cluster));
        };
        await until(isEqual, step.name).catch((error: unknown) => t.error(error));
        t.same(view, viewOf(server.cluster), `${step.name}: ${name}`);
      }
    }
  });
}
