import { MINUTE_MS, formatDuration } from '@kube-steward/schedule';
import type { Move } from './journal.ts';

/** What moved together: at one moment, in one namespace, in one direction. */
export interface Transition {
  readonly at: number;
  readonly namespace: string;
  readonly to: Move['to'];
  readonly moves: readonly Move[];
}

/** Moves grouped to transitions, in the order of time. */
export const transitionsOf = (moves: readonly Move[]): Transition[] => {
  const groups = new Map<string, Move[]>();
  for (const move of moves) {
    const key = [move.at, move.object.metadata.namespace, move.to].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), move]);
  }
  return Array.from(groups.values(), (group) => ({
    at: group[0]!.at,
    namespace: group[0]!.object.metadata.namespace ?? '',
    to: group[0]!.to,
    moves: group,
  }));
};

const AUTOSCALER = 'HorizontalPodAutoscaler';
/** A pod that has not become ready in this time is not just starting. */
export const PATIENCE_MS = 10 * MINUTE_MS;

/** `wakes  10 workloads 0 → 19 replicas, 2 cron jobs; ready in 3m 10s (search last), but not wishlist`, as known at `now`. */
export const describeTransition = ({ at, to, moves }: Transition, now: number): string => {
  const autoscalers = moves.filter(({ object }) => object.kind === AUTOSCALER);
  const jobs = moves.filter(({ into }) => typeof into === 'boolean');
  const workloads = moves.filter((move) => !autoscalers.includes(move) && !jobs.includes(move));
  const parts = [
    workloads.length > 0 && `${named(workloads, 'workload')} ${sizes(workloads)} replicas`,
    jobs.length > 0 && named(jobs, 'cron job'),
    ...autoscalers.map((move) => `autoscaler ${nameOf(move)} ${sizes([move])}`),
  ];
  const text = `${to === 'awake' ? 'wakes ' : 'sleeps'} ${parts.filter(Boolean).join(', ')}`;
  const isDone = to === 'awake' && workloads.length > 0 && now - at >= PATIENCE_MS;
  return isDone ? `${text}; ${readiness(workloads)}` : text;
};

const nameOf = ({ object }: Move): string => object.metadata.name;

/** One is called by its name. */
const named = (moves: readonly Move[], what: string): string =>
  moves.length === 1 ? moves.map(nameOf).join() : `${moves.length} ${what}s`;

const sizes = (moves: readonly Move[]): string => {
  const sum = (of: 'from' | 'into'): number => moves.reduce((total, move) => total + Number(move[of]), 0);
  return `${sum('from')} → ${sum('into')}`;
};

const readiness = (workloads: readonly Move[]): string => {
  const times = workloads.flatMap(({ at, readyAt }) => (readyAt === undefined ? [] : [readyAt - at]));
  const slowest = workloads.filter(({ at, readyAt }) => readyAt !== undefined && readyAt - at === Math.max(...times));
  const never = workloads.filter(({ readyAt }) => readyAt === undefined).map(nameOf);
  if (times.length === 0) return `${never.join(', ')} not ready`;
  const last = slowest.length === 1 && workloads.length > 1 ? ` (${slowest.map(nameOf).join()} last)` : '';
  return `ready in ${formatDuration(Math.max(...times))}${last}${never.length > 0 ? `, but not ${never.join(', ')}` : ''}`;
};
