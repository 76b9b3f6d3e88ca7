import type { InformerHandler } from '../informer.ts';
import { keyOf } from '../objects.ts';
import type { Delta, StoredObject } from '../store.ts';

/** Deltas told before others get a turn: a first list of 100,000 objects would stall everything else for 0.1 s. */
const DELTAS_A_TURN = 1000;

const INITIAL = { initial: true } as const;
const LATER = { initial: false } as const;
const STALE = { stale: true } as const;
const SEEN = { stale: false } as const;

interface Registration<P> {
  readonly handler: InformerHandler<P>;
  isActive: boolean;
}

/** Tells handlers of deltas, and keeps their failures to themselves. */
export class Dispatcher<P extends StoredObject> {
  /** Replaced, never changed: a handler added in the middle of a change knows its outcome already and is not told of it. */
  #registrations: readonly Registration<P>[] = [];
  readonly #onError: (error: unknown, key: string) => void;

  constructor(onError: (error: unknown, key: string) => void) {
    this.#onError = onError;
  }

  /** `present`: what there is already; `isComplete`: nothing more of the first list will come. */
  add(handler: InformerHandler<P>, present: Iterable<P>, isComplete: boolean): () => void {
    const registration = { handler, isActive: true };
    for (const object of present) this.#tell(registration, { type: 'add', key: keyOf(object), object }, true);
    if (isComplete) this.#guard('', () => handler.synced?.());
    this.#registrations = [...this.#registrations, registration];
    return () => {
      registration.isActive = false;
      this.#registrations = this.#registrations.filter((each) => each !== registration);
    };
  }

  now(deltas: Iterable<Delta<P>>): void {
    const registrations = this.#registrations;
    for (const delta of deltas) for (const each of registrations) this.#tell(each, delta, false);
  }

  /** The changes of a whole list, some at a time. */
  async inTurns(deltas: Iterable<Delta<P>>, isInitial: boolean): Promise<void> {
    const registrations = this.#registrations;
    let count = 0;
    for (const delta of deltas) {
      for (const each of registrations) this.#tell(each, delta, isInitial);
      if (++count % DELTAS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (!isInitial) return;
    for (const { handler, isActive } of registrations) if (isActive) this.#guard('', () => handler.synced?.());
  }

  #tell({ handler, isActive }: Registration<P>, delta: Delta<P>, isInitial: boolean): void {
    if (!isActive) return;
    this.#guard(delta.key, () => {
      switch (delta.type) {
        case 'add':
          return handler.add?.(delta.object, isInitial ? INITIAL : LATER);
        case 'update':
          return handler.update?.(delta.old, delta.object);
        case 'delete':
          return handler.delete?.(delta.object, delta.stale ? STALE : SEEN);
      }
    });
  }

  /** An async function passes for a handler: its rejection, left alone, would end the process. */
  #guard(key: string, call: () => unknown): void {
    try {
      const result = call();
      if (result instanceof Promise) result.catch((error: unknown) => this.#onError(error, key));
    } catch (error) {
      this.#onError(error, key);
    }
  }
}
