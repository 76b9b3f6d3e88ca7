import type { VirtualClock } from '@kube-steward/schedule';
import { LeaderElector, createLogger, type LeaderElectorOptions } from '../src/index.ts';
import type { LeaseApi } from './lease-api.ts';
import type { ProcessClock } from './process-clock.ts';

export const LEASE = { namespace: 'steward', name: 'kube-steward-downscaler' };

/** An elector that runs, and what it told. */
export interface Candidate {
  elector: LeaderElector;
  stop: AbortController;
  end: Promise<string>;
  lines: { level: string; msg: string }[];
  leadership: AbortSignal | undefined;
  lost: string | undefined;
}

/** Starts an elector. */
export const candidate = (
  api: LeaseApi,
  clock: VirtualClock | ProcessClock,
  options: Partial<LeaderElectorOptions> = {},
): Candidate => {
  const lines: Candidate['lines'] = [];
  const log = createLogger({
    name: 'test',
    level: 'info',
    clock,
    destination: { write: (line) => lines.push(JSON.parse(line) as Candidate['lines'][number]) },
  });
  const stop = new AbortController();
  const elector = new LeaderElector({
    client: api.client(),
    lease: LEASE,
    identity: 'a',
    clock,
    log,
    random: () => 0,
    onStarted: (signal) => (result.leadership = signal),
    onLost: (reason) => (result.lost = reason),
    ...options,
  });
  const result: Candidate = {
    elector,
    stop,
    lines,
    leadership: undefined,
    lost: undefined,
    end: elector.run(stop.signal),
  };
  return result;
};

/** Whether the guard lets a write pass now. */
export const mayWrite = (elector: LeaderElector): boolean => {
  try {
    elector.guard();
    return true;
  } catch {
    return false;
  }
};
