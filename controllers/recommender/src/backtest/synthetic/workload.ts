/** What a container of a made-up workload is asked for its usage with. */
export interface Moment {
  readonly at: number;
  /** Which pod, from 0. */
  readonly pod: number;
  /** How long ago the container started. */
  readonly ageMs: number;
  /** Numbers in [0, 1), the same at every run. */
  readonly random: () => number;
}

/** A made-up workload: what it uses, by rules. It knows nothing of what is recommended. */
export interface Workload {
  readonly name: string;
  readonly stepMs: number;
  /** What was requested before anything is recommended; memory is the limit too. */
  readonly memoryLimit: number;
  /** How many pods run; 0 while it is kept asleep. */
  pods(at: number): number;
  /** Whether a pod's container is started anew at this moment. */
  restarts?(at: number): boolean;
  /** Millicores. */
  cpu(moment: Moment): number;
  /** Bytes. */
  memory(moment: Moment): number;
}
