import { setImmediate as settle } from 'node:timers/promises';
import { KubeApiError } from '@kube-steward/kube';
import { VirtualClock, seededRandom } from '@kube-steward/schedule';
import fc from 'fast-check';
import { candidate, mayWrite, type Candidate } from './candidate.ts';
import { LeaseApi } from './lease-api.ts';
import { ProcessClock } from './process-clock.ts';

type NetworkFault = 'cut off' | 'slow' | 'answers lost';
interface Fault {
  kind: NetworkFault | 'stopped' | 'suspended' | 'clock set forward' | 'told to stop';
  ms: number;
}

/** What befalls two processes in 90 s. */
export interface Story {
  /** Of their clocks. */
  rates: number[];
  /** Of their wall clocks, in milliseconds. */
  offsets: number[];
  /** Whether an aborted request rejects, or stays without an answer as long as the network wants. */
  heedsSignal: boolean;
  events: { at: number; who: number; fault: Fault }[];
}

const faultOf = (kind: Fault['kind'], max: number): fc.Arbitrary<Fault> =>
  fc.record({ kind: fc.constant(kind), ms: fc.integer({ min: Math.min(1, max), max }) });

/** No clock is set back: in a machine that sleeps meanwhile, neither clock would tell the time that passed. */
const fault = fc.oneof(
  faultOf('stopped', 40_000),
  faultOf('suspended', 40_000),
  faultOf('clock set forward', 40_000),
  faultOf('cut off', 25_000),
  faultOf('slow', 9_000),
  faultOf('answers lost', 15_000),
  faultOf('told to stop', 0),
);

export const story: fc.Arbitrary<Story> = fc.record({
  rates: fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 2, maxLength: 2 }),
  offsets: fc.array(fc.integer({ min: -1e7, max: 1e7 }), { minLength: 2, maxLength: 2 }),
  heedsSignal: fc.boolean(),
  events: fc.array(fc.record({ at: fc.integer({ min: 0, max: 90_000 }), who: fc.nat(1), fault }), { maxLength: 8 }),
});

interface World {
  api: LeaseApi;
  master: VirtualClock;
  /** 0 to 1, of the story's seed. */
  random: () => number;
  heedsSignal: boolean;
}

/** A process that takes part in the election for ever: when its elector ends it starts anew under a new name. */
class Process {
  readonly clock: ProcessClock;
  readonly #world: World;
  readonly #until = { 'cut off': 0, slow: 0, 'answers lost': 0 };
  #life = 0;
  current: Candidate;

  constructor(world: World, clock: ProcessClock) {
    this.#world = world;
    this.clock = clock;
    this.current = this.#start();
  }

  #start(): Candidate {
    const { api, random, heedsSignal } = this.#world;
    const client = api.client((serve) => this.#exchange(serve), heedsSignal);
    const identity = `${Math.floor(random() * 1e9)}-${this.#life++}`;
    const started = candidate(api, this.clock, { client, identity, random });
    void started.end.then(() => (this.current = this.#start()));
    return started;
  }

  suffer({ kind, ms }: Fault): void {
    switch (kind) {
      case 'stopped':
      case 'suspended':
        this.clock.pause(ms, kind);
        break;
      case 'clock set forward':
        this.clock.jump(ms);
        break;
      case 'told to stop':
        this.current.stop.abort();
        break;
      case 'cut off':
      case 'slow':
      case 'answers lost':
        this.#until[kind] = this.#world.master.monotonic() + ms;
    }
  }

  #is(kind: NetworkFault): boolean {
    return this.#world.master.monotonic() < this.#until[kind];
  }

  /** Request and answer each take their time; either may be lost. A paused process hears its answer when it wakes. */
  #exchange<T>(serve: () => T): Promise<T> {
    const { master, random } = this.#world;
    return new Promise((resolve, reject) => {
      const delay = (): number => random() * (this.#is('slow') ? 8_000 : 50);
      const answer = (deliver: () => void): void =>
        void master.setTimer(delay(), () => void this.clock.whenAwake(deliver));
      if (this.#is('cut off')) return;
      master.setTimer(delay(), () => {
        try {
          const value = serve();
          if (!this.#is('answers lost')) answer(() => resolve(value));
        } catch (error) {
          const refusal = error instanceof KubeApiError ? error : new Error('the test is wrong', { cause: error });
          answer(() => reject(refusal));
        }
      });
    });
  }
}

/**
 * Plays a story for 160 s: the last fault is over at 130 s, which leaves time for a lease to expire and be taken. Who may write
 * is looked at after whatever happens, and each second.
 */
export const play = async (
  { rates, offsets, heedsSignal, events }: Story,
  seed: number,
): Promise<{ mostWriters: number; writersInTheEnd: number; handovers: number }> => {
  const world = {
    api: new LeaseApi(),
    master: new VirtualClock('2026-11-20T19:00:00Z'),
    random: seededRandom(seed),
    heedsSignal,
  };
  const { api, master } = world;
  const processes = [0, 1].map(
    (i) => new Process(world, new ProcessClock(master, { rate: rates[i] ?? 1, wallOffset: offsets[i] ?? 0 })),
  );
  for (const { at, who, fault } of events) master.setTimer(at, () => processes[who]?.suffer(fault));
  const writers = (): number =>
    processes.filter((each) => !each.clock.isPaused && mayWrite(each.current.elector)).length;
  let mostWriters = 0;
  const look = async (): Promise<void> => {
    await settle();
    mostWriters = Math.max(mostWriters, writers());
  };
  for (let second = 1; second <= 160; second++) master.setTimer(second * 1000, () => undefined);
  await master.advanceSettled(master.now() + 160_000, look);
  const holders = new Set(api.history.flatMap((lease) => lease.spec?.holderIdentity ?? []));
  return { mostWriters, writersInTheEnd: writers(), handovers: holders.size - 1 };
};
