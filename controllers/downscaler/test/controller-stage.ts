import { setImmediate as nextTurn } from 'node:timers/promises';
import { runController, type Metrics, type RunningController } from '@kube-steward/controller';
import {
  RESOURCES,
  createClient,
  createTransport,
  getPointer,
  matchesFields,
  parseFieldSelector,
  type Client,
  type Endpoint,
  type Informer,
  type InformerSet,
  type Resource,
  type StoredObject,
  type Unstructured,
} from '@kube-steward/kube';
import {
  createCluster,
  startSandbox,
  type Cluster,
  type LoggedRequest,
  type RequestFilter,
  type Sandbox,
} from '@kube-steward/sandbox';
import { VirtualClock, WEEK_MS, type Clock } from '@kube-steward/schedule';
import { DOWNSCALER } from '../src/controller.ts';
import { openWire, type Wire } from './controller-wire.ts';

/** A downscaler of this process, with everything it says and the line it talks over. */
export interface Actor {
  readonly controller: RunningController;
  /** Who it is to the API server: `downscaler-0`, `downscaler-1`, … */
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

/** A cluster served over HTTP, the downscalers in front of it, and the time they share. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  readonly sandbox: Sandbox;
  /** Starts a downscaler: no rate limit, no port; and no election, unless `argv` asks for one. */
  start(argv?: readonly string[]): Promise<Actor>;
  /** Waits until nothing but time can make anything happen. */
  settle(): Promise<void>;
  /** Lets time pass up to a moment (RFC 3339), no faster than everybody can follow. */
  passTo(time: string): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Writes of downscalers: all, or those that match. */
  writes(filter?: RequestFilter): LoggedRequest[];
  /** An object of namespace `shop`. */
  get(resource: Resource, name: string): Unstructured | undefined;
  /** `spec.replicas` of an object of namespace `shop`. */
  size(name: string, resource?: Resource): unknown;
  /** Somebody else's merge patch of an object of namespace `shop`. */
  edit(resource: Resource, name: string, body: object, fieldManager?: string): void;
  /** A client of somebody else's, for programs that act on the cluster too. */
  client(user: string): Client;
  close(): Promise<void>;
}

const OWN_NAMESPACE = 'kube-steward';
const PATIENCE_MS = 30_000;
/** Turns of the event loop in which an answer gets from the server's socket through the wire to whoever waits for it. */
const CALM_TURNS = 10;

export interface StageOptions {
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

export const createStage = async ({ at, objects }: StageOptions): Promise<Stage> => {
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
  const get: Stage['get'] = (resource, name) => cluster.get(resource, { namespace: 'shop', name });
  const advance = (time: number): Promise<void> => clock.advanceSettled(time, settle);
  return {
    ...{ clock, cluster, sandbox, settle, get },
    size: (name, resource = RESOURCES.deployments) => getPointer(get(resource, name), '/spec/replicas'),
    edit: (resource, name, body, fieldManager = 'kubectl-edit') =>
      void cluster.patch(resource, name, {
        type: 'merge',
        body,
        fieldManager,
        ...(resource.namespaced && { namespace: 'shop' }),
      }),
    client(user) {
      const endpoint = endpointOf(sandbox.url, sandbox.tokens.tokenOf(user), () => undefined);
      const transport = createTransport(endpoint, { qps: -1 });
      transports.push(transport);
      return createClient(transport);
    },
    async start(argv = []) {
      const wire = await openWire(sandbox.url);
      const actor = startActor({ clock, cluster, sandbox }, wire, `downscaler-${born++}`, argv, () => {
        actors.splice(actors.indexOf(actor), 1);
      });
      actors.push(actor);
      return actor;
    },
    passTo: (time) => advance(Date.parse(time)),
    pass: (ms) => advance(clock.now() + ms),
    writes: (filter) => sandbox.requests.mutating(filter).filter(({ user }) => user.startsWith('downscaler-')),
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

const startActor = (
  { clock, cluster, sandbox }: Pick<Stage, 'clock' | 'cluster' | 'sandbox'>,
  wire: Wire,
  user: string,
  argv: readonly string[],
  onEnd: () => void,
): LivingActor => {
  const followed = new Followed(cluster);
  const [out, err]: [string[], string[]] = [[], []];
  const life = new Life(clock);
  /** Requests made and answered, watches included: an informer that tries again is in no other way seen to. */
  let [asked, answered] = [0, 0];
  let metrics: Metrics | undefined;
  let isOver = false;
  const definition: typeof DOWNSCALER = {
    ...DOWNSCALER,
    setup(context) {
      ({ metrics } = context);
      return DOWNSCALER.setup({ ...context, informers: followed.around(context.informers) });
    },
  };
  const controller = runController(definition, {
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

/** Time as one process has it: once that has ended, none of its timers fires. */
class Life implements Clock {
  readonly #clock: Clock;
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now = (): number => this.#clock.now();
  monotonic = (): number => this.#clock.monotonic();

  setTimer(delayMs: number, callback: () => void): () => void {
    return this.#clock.setTimer(delayMs, () => {
      if (!this.#hasEnded) callback();
    });
  }

  end(): void {
    this.#hasEnded = true;
  }
}

type FollowedInformer = Pick<Informer<StoredObject>, 'resource' | 'status' | 'onStatus'>;
type Selection = Parameters<InformerSet['get']>[0];

/** The informers a downscaler asks for, and of each whether it has seen every change that concerns it. */
class Followed {
  readonly #cluster: Cluster;
  readonly #informers = new Set<FollowedInformer>();
  /** The revision each has still to reach; absent: it has. */
  readonly #behind = new Map<FollowedInformer, number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  around(set: InformerSet): InformerSet {
    const get: InformerSet['get'] = (wanted) => {
      const informer = set.get(wanted);
      if (!this.#informers.has(informer)) this.#follow(informer, wanted as Selection);
      return informer;
    };
    return {
      get,
      release: (informer) => set.release(informer),
      start: (signal) => set.start(signal),
      waitForSync: (signal, timeoutMs) => set.waitForSync(signal, timeoutMs),
      hasSynced: () => set.hasSynced(),
      stop: () => set.stop(),
      statuses: () => set.statuses(),
    };
  }

  /** How many watches are open when each is that can be: an informer that waits after a failure has none. */
  get watching(): number {
    return [...this.#informers].filter(isTrying).length;
  }

  isUpToDate(): boolean {
    for (const [informer, revision] of this.#behind)
      if (Number(informer.status.resourceVersion ?? 0) >= revision) this.#behind.delete(informer);
    return ![...this.#behind.keys()].some(isTrying);
  }

  lagging(): string[] {
    return Array.from(this.#behind.keys(), ({ resource }) => resource.plural);
  }

  #follow(informer: FollowedInformer, { namespace, fieldSelector }: Selection): void {
    this.#informers.add(informer);
    const selector = parseFieldSelector(fieldSelector ?? '');
    const concerns = (object: Unstructured | undefined): boolean =>
      object !== undefined &&
      (namespace ?? object.metadata.namespace) === object.metadata.namespace &&
      matchesFields(selector, (field) => textAt(object, field));
    this.#cluster.subscribe('all', ({ resource: { group, plural }, object, previous }) => {
      if (plural !== informer.resource.plural || group !== informer.resource.group) return;
      if (concerns(object) || concerns(previous)) this.#behind.set(informer, Number(object.metadata.resourceVersion));
    });
  }
}

const isTrying = ({ status }: FollowedInformer): boolean => status.phase !== 'waiting' && status.phase !== 'stopped';

const textAt = (object: Unstructured, field: string): string | undefined => {
  const value = getPointer(object, `/${field.replaceAll('.', '/')}`);
  return typeof value === 'string' ? value : undefined;
};
