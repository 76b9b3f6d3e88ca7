import { DAY_MS, HOUR_MS, seededRandom } from '@kube-steward/schedule';
import type { Profile } from '../../profiles/profiles.ts';
import { recommend, remember } from '../../profiles/recommend.ts';
import {
  createContainerUsage,
  createUsage,
  observe,
  observeKill,
  observeSleep,
  type Usage,
} from '../../usage/usage.ts';
import { SUITE_START } from './workloads.ts';
import type { Workload } from './workload.ts';

/** How a workload fared for four weeks with what a profile recommended. */
export interface Outcome {
  readonly workload: string;
  readonly kills: number;
  /** Of all samples after the first day, those above the CPU request. */
  readonly cpuOver: number;
  /** Requested and not used, of what was requested: of CPU and of memory. */
  readonly cpuSlack: number;
  readonly memorySlack: number;
  /** The requests at each hour, as they were recommended: millicores and bytes. */
  readonly targets: readonly { readonly at: number; readonly cpu: number; readonly memory: number }[];
}

export const SUITE_DAYS = 28;
/** A new request or limit restarts the pods, so there is one in half a day at most, and none before a day is known. */
const CHANGE_EVERY_MS = 12 * HOUR_MS;
const CPU_AT_FIRST = 1000;

interface Pod {
  startedAt: number;
  container: ReturnType<typeof createContainerUsage>;
}

interface Tally {
  kills: number;
  samples: number;
  over: number;
  cpuRequested: number;
  cpuUsed: number;
  memoryRequested: number;
  memoryUsed: number;
}

interface Run {
  readonly workload: Workload;
  readonly profile: Profile;
  readonly usage: Usage;
  readonly next: () => number;
  readonly tally: Tally;
  pods: Pod[];
  cpu: number;
  memory: number;
  limit: number;
  changedMs: number;
}

/**
 * Runs a workload for four weeks in a closed loop: memory above the limit is a kill, after which the container begins anew and the
 * recommender is told; what it recommends becomes the request and the limit.
 */
export const simulate = (workload: Workload, profile: Profile, seed: number): Outcome => {
  const run: Run = {
    workload,
    profile,
    usage: createUsage(),
    next: seededRandom(seed),
    tally: { kills: 0, samples: 0, over: 0, cpuRequested: 0, cpuUsed: 0, memoryRequested: 0, memoryUsed: 0 },
    pods: [],
    cpu: CPU_AT_FIRST,
    memory: workload.memoryLimit,
    limit: workload.memoryLimit,
    changedMs: SUITE_START + DAY_MS - CHANGE_EVERY_MS,
  };
  const targets = [];
  for (let at = SUITE_START; at < SUITE_START + SUITE_DAYS * DAY_MS; at += workload.stepMs) {
    if (at % HOUR_MS === 0) targets.push(target(run, at));
    step(run, at);
  }
  return outcomeOf(run, targets);
};

/** What is recommended, and, where it is time for it, applied. */
const target = (run: Run, at: number): Outcome['targets'][number] => {
  const given = recommend(run.usage, run.profile, at, 1);
  remember(run.usage, given, at);
  const [cpu, memory] = [given.cpu.amount, given.memory.amount];
  if (at - run.changedMs < CHANGE_EVERY_MS || run.usage.vpa.samples === 0) return { at, cpu, memory };
  const limit = run.profile.memoryLimit?.(run.usage, memory) ?? memory;
  if (cpu !== run.cpu || memory !== run.memory || limit !== run.limit) {
    Object.assign(run, { cpu, memory, limit, changedMs: at });
    for (const pod of run.pods) pod.startedAt = at;
  }
  return { at, cpu, memory };
};

const step = (run: Run, at: number): void => {
  const count = run.workload.pods(at);
  if (count === 0) observeSleep(run.usage, at);
  while (run.pods.length < count) run.pods.push({ startedAt: at, container: createContainerUsage() });
  run.pods.length = count;
  run.pods.forEach((pod, index) => {
    if (run.workload.restarts?.(at)) pod.startedAt = at;
    stepPod(run, pod, index, at);
  });
};

const stepPod = (run: Run, pod: Pod, index: number, at: number): void => {
  const { workload, tally, usage } = run;
  const moment = { at, pod: index, ageMs: at - pod.startedAt, random: run.next };
  const [cpu, memory] = [Math.ceil(workload.cpu(moment)), Math.ceil(workload.memory(moment))];
  tally.samples++;
  if (at >= SUITE_START + DAY_MS && cpu > run.cpu) tally.over++;
  tally.cpuRequested += run.cpu;
  tally.cpuUsed += cpu;
  tally.memoryRequested += run.memory;
  tally.memoryUsed += memory;
  observe(
    usage,
    pod.container,
    { at, cpu, memory: Math.min(memory, run.limit), startedAt: pod.startedAt, ready: true },
    at,
  );
  if (memory <= run.limit) return;
  tally.kills++;
  observeKill(usage, pod.container, { at, requested: run.memory, limit: run.limit });
  pod.startedAt = at + workload.stepMs;
};

const outcomeOf = ({ workload, tally }: Run, targets: Outcome['targets']): Outcome => ({
  workload: workload.name,
  kills: tally.kills,
  cpuOver: tally.over / tally.samples,
  cpuSlack: 1 - tally.cpuUsed / tally.cpuRequested,
  memorySlack: 1 - tally.memoryUsed / tally.memoryRequested,
  targets,
});
