import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OptionSpecs } from '@kube-steward/cli';
import {
  runController,
  type ControllerDefinition,
  type Metrics,
  type RunningController,
} from '@kube-steward/controller';
import { createClient, createTransport, type Client, type Endpoint, type Unstructured } from '@kube-steward/kube';
import {
  createCluster,
  startSandbox,
  type Cluster,
  type LoggedRequest,
  type RequestFilter,
  type Sandbox,
  Followed,
} from '@kube-steward/sandbox';
import { VirtualClock, WEEK_MS } from '@kube-steward/schedule';
import { Life } from './life.ts';
import { openWire, type Wire } from './wire.ts';

/** A controller of this process, with everything it says and the line it talks over. */
export interface Actor {
  readonly controller: RunningController;
  /** Who it is to the API server: `downscaler-0`, `downscaler-1`, … after the controller's name */
  readonly user: string;
  readonly out: string[];
  readonly err: string[];
  /** Its log lines, parsed. */
  logs(): Record<string, unknown>[];
  /** The value of one series, as `/metrics` shows it; `undefined` without such a series. */
  metric(series: string): Promise<number | undefined>;
  /** As `kill -9` and a lost network at once: no request, no timer and no answer of it is heard of again. */
  kill(): void;
}

/** A cluster served over HTTP, the controllers in front of it, and the time they share. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  /** Starts a controller: no rate limit, no port; and no election, unless `argv` asks for one. */
  start(argv?: readonly string[]): Promise<Actor>;
  /** Waits until nothing but time can make anything happen. */
  settle(): Promise<void>;
  /** Lets time pass up to a moment (RFC 3339), no faster than everybody can follow. */
  passTo(time: string): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Writes of the controllers: all, or those that match. */
  writes(filter?: RequestFilter): LoggedRequest[];
  /** A client of somebody else's, for programs that act on the cluster too. */
  client(user: string): Client;
  close(): Promise<void>;
}

/** Where the controllers run. */
export const OWN_NAMESPACE = 'kube-steward';
const PATIENCE_MS = 30_000;
/** Turns of the event loop in which an answer gets from the server's socket through the wire to whoever waits for it. */
const CALM_TURNS = 10;

export interface StageOptions<S extends OptionSpecs> {
  readonly definition: ControllerDefinition<S>;
  /** RFC 3339. */
  readonly at: string;
  readonly objects: readonly Unstructured[];
}

/** Lets I/O happen until the condition holds. */
export const until = async (condition: () => boolean): Promise<void> => {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error('waited in vain');
    await nextTurn();
  }
};

export const createStage = async <S extends OptionSpecs>({
  definition,
  at,
  objects,
}: StageOptions<S>): Promise<Stage> => {
  const clock = new VirtualClock(at);
  const cluster = createCluster({ clock, seed: 1 });
  cluster.load([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OWN_NAMESPACE } }, ...objects]);
  const sandbox = await startSandbox({ clock, cluster, bookmarkIntervalMs: WEEK_MS });
  const actors: LivingActor[] = [];
  const transports: Transport[] = [];
  let born = 0;

  const isQuiet = (): boolean => sandbox.inFlight() === 0 && actors.every((actor) => actor.isQuiet(sandbox));
  const settle = async (): Promise<void> => {
    const start = performance.now();
    for (let calm = 0; calm < CALM_TURNS; calm = isQuiet() ? calm + 1 : 0) {
      await nextTurn();
      if (performance.now() - start > PATIENCE_MS) {
        const states = actors.map((actor) => actor.describe(sandbox)).join('; ');
        throw new Error(`not quiet at ${new Date(clock.now()).toISOString()}: ${states}`);
      }
    }
  };
  const advance = (time: number): Promise<void> => clock.advanceSettled(time, settle);
  return {
    ...{ clock, cluster, sandbox, settle },
    client(user) {
      const endpoint = endpointOf(sandbox.url, sandbox.tokens.tokenOf(user), () => undefined);
      const transport = createTransport(endpoint, { qps: -1 });
      transports.push(transport);
      return createClient(transport);
    },
    async start(argv = []) {
      const wire = await openWire(sandbox.url);
      const actor = startActor(
        { clock, cluster, sandbox },
        { definition, wire, user: `${definition.name}-${born++}`, argv },
        () => {
          actors.splice(actors.indexOf(actor), 1);
        },
      );
      actors.push(actor);
      return actor;
    },
    passTo: (time) => advance(Date.parse(time)),
    pass: (ms) => advance(clock.now() + ms),
    writes: (filter) => sandbox.requests.mutating(filter).filter(({ user }) => user.startsWith(`${definition.name}-`)),
    async close() {
      for (const actor of [...actors]) {
        await actor.controller.stop();
        actor.end();
      }
      for (const transport of transports) transport.close();
      await sandbox.stop();
    },
  };
};

type Transport = ReturnType<typeof createTransport>;

interface LivingActor extends Actor {
  isQuiet(sandbox: Sandbox): boolean;
  describe(sandbox: Sandbox): string;
  end(): void;
}

interface Birth<S extends OptionSpecs> {
  readonly definition: ControllerDefinition<S>;
  readonly wire: Wire;
  readonly user: string;
  readonly argv: readonly string[];
}

const startActor = <S extends OptionSpecs>(
  { clock, cluster, sandbox }: Pick<Stage, 'clock' | 'cluster' | 'sandbox'>,
  { definition, wire, user, argv }: Birth<S>,
  onEnd: () => void,
): LivingActor => {
  const followed = new Followed(cluster);
  const [out, err]: [string[], string[]] = [[], []];
  const life = new Life(clock);
  /** Requests made and answered, watches included: an informer that tries again is in no other way seen to. */
  let [asked, answered] = [0, 0];
  let metrics: Metrics | undefined;
  let isOver = false;
  const observed: ControllerDefinition<S> = {
    ...definition,
    setup(context) {
      ({ metrics } = context);
      return definition.setup({ ...context, informers: followed.around(context.informers) });
    },
  };
  const controller = runController(observed, {
    argv: ['--health-port=0', '--qps=-1', ...(argv.includes('--leader-elect') ? [] : ['--no-leader-elect']), ...argv],
    env: { POD_NAMESPACE: OWN_NAMESPACE, POD_NAME: user },
    clock: life,
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    endpoint: endpointOf(wire.url, sandbox.tokens.tokenOf(user), () => asked++),
  });
  const forget = sandbox.requests.subscribe((request) => {
    if (request.user === user) answered++;
  });
  void controller.done.then(() => (isOver = true));
  const watching = (): number => sandbox.watches.count({ user });
  const end = (): void => {
    life.end();
    forget();
    wire.cut();
    onEnd();
  };
  return {
    ...{ controller, user, out, err, end },
    logs: () => [...out, ...err].map((line) => JSON.parse(line) as Record<string, unknown>),
    async metric(series) {
      const lines = (await metrics?.render())?.split('\n') ?? [];
      const found = lines.find((line) => line.startsWith(`${series} `));
      return found === undefined ? undefined : Number(found.slice(series.length + 1));
    },
    kill: end,
    isQuiet: () =>
      isOver || (asked === answered && controller.idle() && followed.isUpToDate() && watching() >= followed.watching),
    describe: () =>
      `${user}: idle ${controller.idle()}; behind: ${followed.lagging().join(', ')}; ${watching()} of ${followed.watching} watches`,
  };
};

const endpointOf = (url: string, token: string, onRequest: () => void): Endpoint => ({
  server: new URL(url),
  namespace: OWN_NAMESPACE,
  contextName: 'sandbox',
  credentials() {
    onRequest();
    return Promise.resolve({ headers: { Authorization: `Bearer ${token}` }, tls: {} });
  },
  invalidate: () => undefined,
});
