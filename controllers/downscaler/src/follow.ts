import type { EventRecorder, Logger, ReconcileContext, ReconcileResult } from '@kube-steward/controller';
import type { Client } from '@kube-steward/kube';
import { formatDuration, formatTimestamp, type Clock, type Zone } from '@kube-steward/schedule';
import { morningKey, type Key } from './keys.ts';
import { nextLook, versionOf, type Late } from './late.ts';
import type { WakeMetrics } from './metrics.ts';
import { Morning, type Progress } from './morning.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { causeOf, type Finding } from './wake-cause.ts';
import { readEvidence } from './wake-evidence.ts';
import { describeLate, traceOfWake, wakeOf, type Pods, type Wake, type Waking } from './wake.ts';
import { wishFor } from './wish.ts';

/** Follows what is brought back until it is ready, and tells how each morning went. */
export interface Follower {
  /** It is about to be brought back, or waits for its turn. */
  before(key: Key, o: Observation, waking: Waking, log: Logger): void;
  /** It was brought back just now. */
  woken(key: Key, o: Observation): void;
  /** How far it has come. @returns the time until it is to be looked at again, where time alone can change that */
  look(key: Key, o: Observation, context: ReconcileContext): Promise<number | undefined>;
  /** The object is gone, or is to sleep: its wake is over. */
  over(key: Key): void;
  /** Tells how a morning went, once nothing of it moves any more. */
  tell(morning: string, log: Logger): ReconcileResult | undefined;
}

export interface FollowerOptions {
  readonly policy: Policy;
  readonly clock: Clock;
  /** Reads what is late, and nothing else. */
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly metrics: WakeMetrics;
  readonly queue: { add(key: Key): void; addAfter(key: Key, delayMs: number): void };
}

/** A workload that is followed, and the morning it is part of. */
interface Followed {
  readonly uid: string;
  readonly namespace: string;
  readonly morning: string;
  readonly zone: Zone | undefined;
  /** Not woken yet: because it waits for others, or because its patch has still to get through. */
  readonly state: 'waits' | 'tries' | Wake['state'];
  readonly since: number;
  /** Of what is overdue. */
  readonly late?: Late;
}

/** What a look at a workload makes of it. */
type Step = 'none' | 'waking' | 'back' | 'late' | 'still late' | 'recovered';

const ON_ITS_WAY = { waking: 'waking', back: 'back', overdue: 'late' } as const;

/** By what it was, and what it is. What breaks after it was back is no part of its morning. */
const STEPS: { readonly [Was in Followed['state'] | 'unknown']: Readonly<Record<Wake['state'], Step>> } = {
  unknown: ON_ITS_WAY,
  waits: ON_ITS_WAY,
  tries: ON_ITS_WAY,
  waking: ON_ITS_WAY,
  back: { waking: 'none', back: 'none', overdue: 'none' },
  overdue: { waking: 'none', back: 'recovered', overdue: 'still late' },
};

/** Whether others may have to wait for it. */
const PLACES = { waits: 'waits', tries: 'underway', waking: 'underway', back: 'through', overdue: 'through' } as const;

/** A morning is over when nothing of it has moved for so long: a sweep makes no longer pauses. */
const QUIET_MS = 10_000;
/** The morning of what is woken at no moment of a schedule: by force, or because it is excluded. */
const UNSCHEDULED = 'unscheduled';
const UNDERWAY: Progress = { state: 'underway' };

/** What a change of size that never gets through comes to. */
const NEVER_WOKEN: Finding = { cause: 'asleep', message: 'its size could not be changed; the log says why' };

export const createFollower = (options: FollowerOptions): Follower => new MorningFollower(options);

class MorningFollower implements Follower {
  readonly #options: FollowerOptions;
  readonly #all = new Map<Key, Followed>();
  readonly #mornings = new Map<string, Morning>();
  /** Who waits for others, by namespace: they are asked again when one of these comes along. */
  readonly #waiting = new Map<string, Set<Key>>();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  before(key: Key, o: Observation, waking: Waking, log: Logger): void {
    const known = this.#known(key, o);
    if (waking === 'no' || known?.state === 'overdue') return;
    const now = this.#options.clock.now();
    const state = waking === 'wakes' ? 'tries' : 'waits';
    // Woken just now, it seems to be asleep for as long as the watch is behind.
    const isTried = state === 'tries' && (known?.state === 'tries' || known?.state === 'waking');
    if (!isTried && known?.state !== state) this.#set(key, { ...this.#place(o), state, since: now }, UNDERWAY);
    else if (isTried && now >= known.since + this.#options.policy.wakeTimeoutMs)
      this.#report(key, o, known, NEVER_WOKEN, log);
  }

  woken(key: Key, o: Observation): void {
    const { late: _late, ...found } = this.#known(key, o) ?? this.#place(o);
    this.#set(key, { ...found, state: 'waking', since: this.#options.clock.now() }, UNDERWAY);
  }

  async look(key: Key, o: Observation, { log, signal }: ReconcileContext): Promise<number | undefined> {
    const { policy, clock, client } = this.#options;
    const now = clock.now();
    const known = this.#known(key, o);
    const isWoken = known && known.state !== 'waits' && known.state !== 'tries';
    const wake = wakeOf(o, policy, now, isWoken ? known.since : undefined);
    if (!wake) {
      this.over(key);
      return undefined;
    }
    const found: Followed = { ...(known ?? this.#place(o)), state: wake.state, since: wake.since };
    const tookMs = now - wake.since;
    switch (STEPS[known?.state ?? 'unknown'][wake.state]) {
      case 'none':
        return undefined;
      case 'waking':
        this.#set(key, found, UNDERWAY);
        return wake.due - now;
      case 'back':
        // A look that comes late does not take it out of its morning.
        this.#back(key, found, known && tookMs, known !== undefined || now < wake.due);
        return undefined;
      case 'recovered':
        log.info(`back ${formatDuration(tookMs)} after it was woken`);
        this.#back(key, found, tookMs, false);
        return undefined;
      case 'late':
        this.#report(key, o, found, causeOf(await readEvidence(client, o, this.#toldSince(o), signal)), log, wake.pods);
        return tookMs;
      case 'still late':
        return this.#lookAgain(key, o, found, { log, signal }, wake.pods);
    }
  }

  over(key: Key): void {
    const known = this.#all.get(key);
    if (!known) return;
    this.#all.delete(key);
    this.#uncount(known);
    this.#sort(key, known.namespace, 'through');
    this.#mornings.get(known.morning)?.drop(key);
    this.#tellSoon(known.morning);
  }

  tell(id: string, log: Logger): ReconcileResult | undefined {
    const now = this.#options.clock.now();
    const morning = this.#mornings.get(id);
    const overSince = morning?.overSince;
    if (!morning || overSince === undefined) return undefined;
    if (now < overSince + QUIET_MS) return { requeueAfterMs: overSince + QUIET_MS - now };
    this.#mornings.delete(id);
    const outcome = morning.outcome(now);
    if (!outcome) return undefined;
    const { message, ...fields } = outcome;
    log[fields.incomplete.length > 0 ? 'warn' : 'info'](fields, message);
    return undefined;
  }

  /** When it was woken, as the server has it (Events are by its clock too) or its schedule; where neither tells, any Event counts. */
  #toldSince(o: Observation): number {
    const { policy, clock } = this.#options;
    return traceOfWake(o, policy, clock.now()) ?? -Infinity;
  }

  #known(key: Key, { workload }: Observation): Followed | undefined {
    const known = this.#all.get(key);
    return known?.uid === workload.metadata.uid ? known : undefined;
  }

  /** The morning of a workload: one for all whose schedules change at the same moment. */
  #place(o: Observation): Omit<Followed, 'state' | 'since'> {
    const { uid, namespace } = o.workload.metadata;
    const wish = wishFor(o, this.#options.policy, this.#options.clock.now());
    const { since, schedule } = wish.kind === 'desired' ? wish.desired : {};
    const morning = since === undefined ? UNSCHEDULED : formatTimestamp(since);
    return { uid, namespace, morning, zone: schedule?.zone };
  }

  #set(key: Key, found: Followed, progress?: Progress): void {
    this.#uncount(this.#all.get(key));
    this.#all.set(key, found);
    this.#sort(key, found.namespace, PLACES[found.state]);
    if (found.late) this.#options.metrics.incomplete(found.namespace, found.late.cause, 1);
    if (!progress) return;
    const morning = this.#mornings.get(found.morning) ?? new Morning(found.zone);
    this.#mornings.set(found.morning, morning);
    morning.note(key, progress, this.#options.clock.now());
    this.#tellSoon(found.morning);
  }

  /** Puts it among those who wait, or takes it off; whoever is through lets the others go. */
  #sort(key: Key, namespace: string, as: 'waits' | 'underway' | 'through'): void {
    const waiting = this.#waiting.get(namespace) ?? new Set();
    if (as === 'waits') this.#waiting.set(namespace, waiting.add(key));
    else if (waiting.delete(key) && waiting.size === 0) this.#waiting.delete(namespace);
    if (as === 'through') for (const other of waiting) this.#options.queue.add(other);
  }

  #uncount(known: Followed | undefined): void {
    if (known?.late) this.#options.metrics.incomplete(known.namespace, known.late.cause, -1);
  }

  #tellSoon(id: string): void {
    if (this.#mornings.get(id)?.overSince !== undefined) this.#options.queue.addAfter(morningKey(id), QUIET_MS);
  }

  #back(key: Key, { late: _late, ...found }: Followed, tookMs: number | undefined, isOfMorning: boolean): void {
    if (tookMs !== undefined) this.#options.metrics.took(tookMs);
    this.#set(key, found, isOfMorning ? { state: 'back', tookMs } : undefined);
  }

  /** A cause may give way to another: what is late is looked at again when it has changed, and ever more seldom when it has not. */
  async #lookAgain(
    key: Key,
    o: Observation,
    found: Followed,
    { log, signal }: Pick<ReconcileContext, 'log' | 'signal'>,
    pods: Pods,
  ): Promise<number> {
    const { clock, client } = this.#options;
    const due = nextLook(found.since, found.late, versionOf(o));
    if (clock.now() < due) return due - clock.now();
    const finding = causeOf(await readEvidence(client, o, this.#toldSince(o), signal));
    if (finding.cause !== found.late?.cause) this.#report(key, o, found, finding, log, pods);
    else this.#set(key, { ...found, late: { ...found.late, at: clock.now(), version: versionOf(o) } });
    return clock.now() - found.since;
  }

  #report(key: Key, o: Observation, found: Followed, finding: Finding, log: Logger, pods?: Pods): void {
    const { recorder, clock } = this.#options;
    const { cause } = finding;
    const message = describeLate(o, clock.now() - found.since, finding, pods);
    const reason: Reason = 'WakeIncomplete';
    const { reference, metadata } = o.workload;
    const regarding = { ...reference, uid: metadata.uid };
    recorder.event({ regarding, type: 'Warning', reason, action: 'WakeUp', note: message });
    log.warn({ reason, cause }, message);
    // What was late before anybody here looked, as after a restart, was told of when its morning was; another cause is no news to it.
    const isOfMorning = this.#known(key, o) !== undefined && found.late === undefined;
    const late = { cause, at: clock.now(), version: versionOf(o) };
    this.#set(key, { ...found, state: 'overdue', late }, isOfMorning ? { state: 'incomplete', cause } : undefined);
  }
}
