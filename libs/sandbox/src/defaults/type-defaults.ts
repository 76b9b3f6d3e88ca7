import { AUTOSCALING_DEFAULTS } from './autoscaling.ts';
import type { Defaulter } from './fill.ts';
import { OTHER_DEFAULTS } from './others.ts';
import { POD_DEFAULTS } from './pods.ts';
import { WORKLOAD_DEFAULTS } from './workloads.ts';

/** What the server fills into each value of a type when it reads one. Types that are not named here have no defaults. */
export const TYPE_DEFAULTS: ReadonlyMap<string, Defaulter> = new Map(
  Object.entries({ ...POD_DEFAULTS, ...WORKLOAD_DEFAULTS, ...AUTOSCALING_DEFAULTS, ...OTHER_DEFAULTS }),
);
