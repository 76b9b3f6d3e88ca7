import type { Clock } from '@kube-steward/schedule';

import type { Terminal } from './terminal.ts';

/** A running count on one line of standard error. */
export interface Progress {
  /** Counts on. */
  add(count: number): void;
  /** Takes the line away. */
  done(): void;
}

export interface ProgressOptions {
  /** What is counted: `reading pods`. */
  readonly label: string;
  /** How many there will be, as far as known. */
  readonly total?: number | undefined;
  /** Work that ends sooner shows no line at all. */
  readonly showAfterMs?: number;
  /** The line is written at most this often. */
  readonly everyMs?: number;
}

/** Shows how far a long list has come. Nothing is written where standard error is no terminal. */
export const createProgress = (
  terminal: Pick<Terminal, 'status' | 'showsStatus'>,
  clock: Clock,
  { label, total, showAfterMs = 500, everyMs = 100 }: ProgressOptions,
): Progress => {
  let count = 0;
  let nextAt = clock.monotonic() + showAfterMs;
  const show = (): void => {
    const now = clock.monotonic();
    if (now < nextAt) return;
    nextAt = now + everyMs;
    terminal.status(`${label}: ${count}${total === undefined ? '' : ` of ${total}`}`);
  };
  return {
    add: (more) => {
      count += more;
      if (terminal.showsStatus) show();
    },
    done: () => terminal.status(''),
  };
};
