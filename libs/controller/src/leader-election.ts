import { RESOURCES, apiVersionOf, isConflict, isForbidden, isNotFound, type Client } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import { NotLeaderError } from './errors.ts';
import { heldBy, holderOf, released, type Lease, type LeaseSpec } from './lease.ts';
import type { Logger } from './logger.ts';
import { sleep } from './sleep.ts';

export interface LeaderElectorOptions {
  /** Must be able to write in the lease's namespace. */
  client: Pick<Client, 'get' | 'create' | 'patch'>;
  lease: { namespace: string; name: string };
  /** Unique to this process, also among restarts of one pod. */
  identity: string;
  clock: Clock;
  log: Logger;
  /** How long the others leave a holder alone that does not renew. */
  leaseDurationMs?: number;
  /** How long a leader goes on without having renewed. Shorter than the lease, so that it stops before another starts. */
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
  /** 0 to 1. */
  random?: () => number;
  /** This process leads now. The signal is aborted when it does no longer. */
  onStarted?: (signal: AbortSignal) => void;
  /** The lease is lost: stop at once and exit; what is in flight is held back by `guard` and by resourceVersion. */
  onLost?: (reason: string) => void;
}

/** `lost`: another may lead now. `released`: given back. `stopped`: never led. */
export type LeadershipEnd = 'lost' | 'released' | 'stopped';
export type LeaderState = 'starting' | 'standby' | 'leading' | 'ended';

/** A standby looks at the lease after this share of the retry period, plus a random part: soon enough to follow a release. */
const STANDBY = { least: 0.5, random: 0.3 };
/** A leader that has not renewed for its lease and this time is stuck; the kubelet should restart it. */
const TOLERATED_MS = 20_000;
/** A wait below this could end before the clock has moved at all. */
const clampMs = (ms: number): number => Math.max(1, ms);

/** How the requests of one attempt are made. */
interface Attempt {
  /** Aborted when the attempt is over, in whichever way. */
  readonly signal: AbortSignal;
  readonly maxRetries: 0;
}

/**
 * Leader election on a Lease, with client-go's algorithm and figures (15 s lease, 10 s renew deadline, 2 s retry), but that a
 * standby looks a little more often, and at the very moment at which the lease expires.
 * The times in the Lease are for people: another's lease counts as expired when it has not changed for its whole duration on
 * this process's monotonic clock, so wrong wall clocks and jumps do no harm.
 *
 * A Lease alone does not fence a leader that was paused: call `guard` before every write, and send the resourceVersion with it.
 */
export class LeaderElector {
  readonly #options: Required<Omit<LeaderElectorOptions, 'onStarted' | 'onLost'>> &
    Pick<LeaderElectorOptions, 'onStarted' | 'onLost'>;
  readonly #name: string;
  readonly #leadership = new AbortController();
  #state: LeaderState = 'starting';
  /** The lease as last seen, and when its spec was first seen so. */
  #observed: { lease: Lease; spec: string; at: number } | undefined;
  /** When the last renewal that succeeded was begun, on both clocks. */
  #renewed = { monotonic: 0, wall: 0 };
  #lastProblem = '';

  constructor(options: LeaderElectorOptions) {
    this.#options = {
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2_000,
      random: Math.random,
      ...options,
    };
    this.#name = `${options.lease.namespace}/${options.lease.name}`;
  }

  get state(): LeaderState {
    return this.#state;
  }

  get isLeader(): boolean {
    return this.#state === 'leading';
  }

  /**
   * Call before every write. Throws `NotLeaderError` unless this process leads and has renewed within the renew deadline, by the
   * monotonic clock (which stands still while a machine is suspended) and by the wall clock (which may jump).
   */
  guard(): void {
    if (!this.isLeader) throw new NotLeaderError(`this process does not hold the lease ${this.#name}`);
    const since = this.#sinceRenewed();
    if (since <= this.#options.renewDeadlineMs) return;
    throw new NotLeaderError(`the lease ${this.#name} was last renewed ${since / 1000} s ago: another may lead by now`);
  }

  /** For a liveness check: why this process should be restarted, or `undefined`. */
  check(): string | undefined {
    const since = this.#sinceRenewed();
    if (!this.isLeader || since <= this.#options.leaseDurationMs + TOLERATED_MS) return undefined;
    return `leads by the lease ${this.#name}, but has not renewed it for ${Math.round(since / 1000)} s`;
  }

  /**
   * Waits for the lease, then keeps it until the signal is aborted or the lease is lost. Abort only after the workers are done:
   * the lease is given back at once, and another may begin.
   */
  async run(signal: AbortSignal): Promise<LeadershipEnd> {
    if (!(await this.#acquire(signal))) return this.#end('stopped');
    this.#options.log.info({ lease: this.#name, identity: this.#options.identity }, 'became the leader');
    this.#state = 'leading';
    this.#options.onStarted?.(this.#leadership.signal);
    const lost = await this.#keep(signal);
    this.#state = 'ended';
    if (lost === undefined) return this.#release();
    this.#options.log.error({ lease: this.#name }, lost);
    this.#leadership.abort(new NotLeaderError(lost));
    this.#options.onLost?.(lost);
    return 'lost';
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, renewDeadlineMs } = this.#options;
    while (!signal.aborted) {
      if (await this.#try(renewDeadlineMs / 2)) return true;
      this.#state = 'standby';
      await sleep(clock, this.#standbyMs(), signal);
    }
    return false;
  }

  #standbyMs(): number {
    const { random, retryPeriodMs } = this.#options;
    const nextLookMs = retryPeriodMs * (STANDBY.least + STANDBY.random * random());
    const expiresMs = this.#leftToAnotherMs();
    return clampMs(expiresMs > 0 ? Math.min(nextLookMs, expiresMs) : nextLookMs);
  }

  /** Renews until told to stop (`undefined`) or until it must not lead any longer (why). */
  async #keep(signal: AbortSignal): Promise<string | undefined> {
    const { clock, renewDeadlineMs, retryPeriodMs } = this.#options;
    const leftMs = (): number => renewDeadlineMs - (clock.monotonic() - this.#renewed.monotonic);
    while (true) {
      await sleep(clock, clampMs(Math.min(retryPeriodMs, leftMs())), signal);
      if (signal.aborted) return undefined;
      if (await this.#try(clampMs(Math.min(renewDeadlineMs / 2, leftMs())))) continue;
      if (this.#isHeldByAnother()) return `the lease ${this.#name} was taken by another`;
      if (this.#sinceRenewed() >= renewDeadlineMs) return `the lease ${this.#name} could not be renewed in time`;
    }
  }

  /** One attempt to take or renew the lease, given up after `limitMs`. Never throws. */
  async #try(limitMs: number): Promise<boolean> {
    const { clock } = this.#options;
    const begun = { monotonic: clock.monotonic(), wall: clock.now() };
    try {
      const isHeld = await this.#within(limitMs, (attempt) => this.#takeOrRenew(attempt));
      if (isHeld) this.#renewed = begun;
      this.#lastProblem = '';
      return isHeld;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /** Throws when the work is not done within `limitMs`, even if the client does not heed the signal and never answers. */
  async #within<T>(limitMs: number, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const late = sleep(this.#options.clock, Math.max(0, limitMs), over.signal).then(() => {
      throw new Error(`no answer within ${limitMs / 1000} s`);
    });
    try {
      return await Promise.race([work({ signal: over.signal, maxRetries: 0 }), late]);
    } finally {
      over.abort();
    }
  }

  async #takeOrRenew(attempt: Attempt): Promise<boolean> {
    if (this.isLeader && this.#observed) {
      try {
        return await this.#write(this.#observed.lease, attempt);
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) throw error;
      }
    }
    const lease = await this.#read(attempt);
    if (this.#isHeldByAnother()) return false;
    return lease === undefined ? this.#create(attempt) : this.#write(lease, attempt);
  }

  /** `undefined`: there is no lease. One that vanished still counts for its time: its holder may not know yet. */
  async #read(attempt: Attempt): Promise<Lease | undefined> {
    try {
      return await this.#answer(
        this.#options.client.get<Lease>(RESOURCES.leases, this.#options.lease, attempt),
        attempt,
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** A leader asks only after its own writes failed: whoever else is in the lease has taken it, in whatever time. */
  #isHeldByAnother(): boolean {
    return this.isLeader ? this.#anotherHolder() !== undefined : this.#leftToAnotherMs() > 0;
  }

  #anotherHolder(): LeaseSpec | undefined {
    if (this.#observed === undefined) return undefined;
    const { lease } = this.#observed;
    const holder = holderOf(lease);
    return holder === '' || holder === this.#options.identity ? undefined : lease.spec;
  }

  /** How long the lease of another is still left alone; 0 when there is none, or it has expired. */
  #leftToAnotherMs(): number {
    const spec = this.#anotherHolder();
    if (spec === undefined || this.#observed === undefined) return 0;
    const seconds = spec.leaseDurationSeconds;
    const durationMs = seconds ? seconds * 1000 : this.#options.leaseDurationMs;
    return Math.max(0, this.#observed.at + durationMs - this.#options.clock.monotonic());
  }

  async #create(attempt: Attempt): Promise<boolean> {
    const { client, lease, identity, clock, leaseDurationMs } = this.#options;
    const spec = heldBy(identity, { now: clock.now(), durationMs: leaseDurationMs });
    const body = { apiVersion: apiVersionOf(RESOURCES.leases), kind: RESOURCES.leases.kind, metadata: lease, spec };
    await this.#answer(client.create<Lease>(RESOURCES.leases, body, attempt), attempt);
    return true;
  }

  async #write(lease: Lease, attempt: Attempt): Promise<boolean> {
    const { identity, clock, leaseDurationMs } = this.#options;
    const spec = heldBy(identity, { now: clock.now(), durationMs: leaseDurationMs, previous: lease });
    await this.#patch(lease, spec, attempt);
    return true;
  }

  /** The resourceVersion makes it a compare-and-swap: 409 when anyone has written since the lease was read. */
  async #patch(lease: Lease, spec: LeaseSpec, attempt: Attempt): Promise<void> {
    const body = { metadata: { resourceVersion: lease.metadata.resourceVersion }, spec };
    const request = { type: 'merge', body, ...attempt } as const;
    await this.#answer(this.#options.client.patch<Lease>(RESOURCES.leases, this.#options.lease, request), attempt);
  }

  /** An answer that comes when its attempt is over counts for nothing: it may be older than what is known, and no write follows. */
  async #answer(request: Promise<Lease>, { signal }: Attempt): Promise<Lease> {
    const lease = await request.finally(() => signal.throwIfAborted());
    const spec = JSON.stringify(lease.spec ?? {});
    const at = this.#observed?.spec === spec ? this.#observed.at : this.#options.clock.monotonic();
    this.#observed = { lease, spec, at };
    return lease;
  }

  async #release(): Promise<LeadershipEnd> {
    const { clock, identity, log, retryPeriodMs } = this.#options;
    try {
      await this.#within(retryPeriodMs, async (attempt) => {
        const lease = await this.#read(attempt);
        if (lease && holderOf(lease) === identity) await this.#patch(lease, released(lease, clock.now()), attempt);
      });
      log.info({ lease: this.#name }, 'gave the lease back');
    } catch (error) {
      log.warn({ lease: this.#name, error }, 'could not give the lease back; it expires by itself');
    }
    return this.#end('released');
  }

  #end(end: LeadershipEnd): LeadershipEnd {
    this.#state = 'ended';
    return end;
  }

  #sinceRenewed(): number {
    const { clock } = this.#options;
    return Math.max(clock.monotonic() - this.#renewed.monotonic, clock.now() - this.#renewed.wall);
  }

  /** Logs a problem once, not at each attempt. */
  #report(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#options.log.warn({ lease: this.#name, error }, `cannot take or renew the lease${this.#hint(error)}`);
  }

  #hint(error: unknown): string {
    const { namespace } = this.#options.lease;
    if (isForbidden(error))
      return `: allow get, create and patch of coordination.k8s.io leases in namespace ${namespace}`;
    if (isNotFound(error))
      return `: namespace ${namespace} does not exist; create it, or name another as leaseNamespace`;
    return '';
  }
}

/** Creates a `LeaderElector`. */
export const createLeaderElector = (options: LeaderElectorOptions): LeaderElector => new LeaderElector(options);
