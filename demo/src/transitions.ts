import { formatDuration } from '@kube-steward/schedule';
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
/** So many are called by name. */
const NAMED = 2;

/** `wakes  10 workloads 0 → 19 replicas, 2 cron jobs; ready in 3m 10s, search last; wishlist is not ready` */
export const describeTransition = ({ to, moves }: Transition): string => {
  const autoscalers = moves.filter(({ object }) => object.kind === AUTOSCALER);
  const jobs = moves.filter(({ into }) => typeof into === 'boolean');
  const workloads = moves.filter((move) => !autoscalers.includes(move) && !jobs.includes(move));
  const parts = [
    workloads.length > 0 && `${named(workloads, 'workload')} ${sizes(workloads)} replicas`,
    jobs.length > 0 && named(jobs, 'cron job'),
    ...autoscalers.map((move) => `autoscaler ${nameOf(move)} ${sizes([move])}`),
  ];
  const text = `${to === 'awake' ? 'wakes ' : 'sleeps'} ${parts.filter(Boolean).join(', ')}`;
  return to === 'awake' && workloads.length > 0 ? `${text}${readiness(workloads)}` : text;
};

const nameOf = ({ object }: Move): string => object.metadata.name;

const named = (moves: readonly Move[], what: string): string => {
  if (moves.length <= NAMED) return moves.map(nameOf).join(' and ');
  return `${moves.length} ${what}s`;
};

const sizes = (moves: readonly Move[]): string => {
  const sum = (of: 'from' | 'into'): number => moves.reduce((total, move) => total + Number(move[of]), 0);
  return `${sum('from')} → ${sum('into')}`;
};

/** How long until all were ready, as far as that has come about. */
const readiness = (workloads: readonly Move[]): string => {
  const ready = workloads.filter(({ readyAt }) => readyAt !== undefined).sort((a, b) => a.readyAt! - b.readyAt!);
  const never = workloads.filter(({ readyAt }) => readyAt === undefined);
  const last = ready.at(-1);
  const first = ready[0];
  const isEven = last?.readyAt === first?.readyAt;
  return [
    last ? `; ready in ${formatDuration(last.readyAt! - last.at)}${isEven ? '' : `, ${nameOf(last)} last`}` : '',
    never.length > 0 ? `; never ready: ${never.map(nameOf).join(', ')}` : '',
  ].join('');
};
