/** The last runs of a Job or CronJob: what each took at most. Changed in place. */
export interface Runs {
  /** Of the open run, and the moment it began; absent before the first. */
  startedMs: number | undefined;
  /** Millicores and bytes, one a run, the oldest first; the last one is open. */
  cpu: number[];
  memory: number[];
}

const KEPT_RUNS = 20;

export const createRuns = (): Runs => ({ startedMs: undefined, cpu: [], memory: [] });

/** A sample of a run, told apart by when it began. A run's pods in parallel are one run. */
export const noteRun = (
  runs: Runs,
  startedMs: number,
  { cpu = 0, memory = 0 }: { readonly cpu?: number; readonly memory?: number },
): void => {
  if (runs.startedMs !== startedMs) {
    runs.startedMs = startedMs;
    runs.cpu = [...runs.cpu, 0].slice(-KEPT_RUNS);
    runs.memory = [...runs.memory, 0].slice(-KEPT_RUNS);
  }
  raiseLast(runs.cpu, cpu);
  raiseLast(runs.memory, memory);
};

const raiseLast = (values: number[], value: number): void => {
  values[values.length - 1] = Math.max(values.at(-1) ?? 0, value);
};

/** What a share of the runs kept within: the smallest that covers it. 0 before the first run. */
export const runPercentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
};
