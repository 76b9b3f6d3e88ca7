import type { CancelTimer, Clock } from '@kube-steward/schedule';
import type { Outlet } from './http/outlet.ts';
import type { Watch } from './watch.ts';

interface OpenWatch {
  readonly watch: Watch;
  readonly outlet: Outlet;
  readonly user: string;
  readonly resource: string;
  /** A fault keeps bookmarks from it. */
  readonly quiet: boolean;
}

/** Which open watches are meant. */
export interface WatchFilter {
  readonly user?: string;
  /** The plural. */
  readonly resource?: string;
}

/** The watches that are open, for bookmarks and for what a test or a fault does to them. */
export class WatchHub {
  readonly #open = new Set<OpenWatch>();
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #cancel: CancelTimer | undefined;

  constructor(clock: Clock, bookmarkIntervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = bookmarkIntervalMs;
  }

  add(open: OpenWatch): void {
    this.#open.add(open);
    this.#arm();
  }

  remove(watch: Watch): void {
    for (const open of this.#open) if (open.watch === watch) this.#open.delete(open);
    if (this.#open.size === 0) this.#disarm();
  }

  count(filter: WatchFilter = {}): number {
    return this.#matching(filter).length;
  }

  /** Sends a bookmark to those who asked for them. */
  bookmark(filter: WatchFilter = {}): void {
    for (const { watch, quiet } of this.#matching(filter)) if (watch.bookmarks && !quiet) watch.bookmark();
  }

  /** Ends watches in order, as a server that shuts down. */
  end(filter: WatchFilter = {}): void {
    for (const { watch } of this.#matching(filter)) watch.close();
  }

  /** Breaks connections off, as a server that is killed. */
  reset(filter: WatchFilter = {}): void {
    for (const { outlet } of this.#matching(filter)) outlet.reset();
  }

  /** Leaves connections open and says nothing more on them. */
  stall(filter: WatchFilter = {}): void {
    for (const { outlet } of this.#matching(filter)) outlet.stall();
  }

  #matching({ user, resource }: WatchFilter): OpenWatch[] {
    return [...this.#open].filter(
      (open) => (user ?? open.user) === open.user && (resource ?? open.resource) === open.resource,
    );
  }

  /** One timer for all watches, and none while nobody wants bookmarks. */
  #arm(): void {
    if (this.#cancel || ![...this.#open].some(({ watch }) => watch.bookmarks)) return;
    this.#cancel = this.#clock.setTimer(this.#intervalMs, () => {
      this.#cancel = undefined;
      this.bookmark();
      this.#arm();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
