/**
 * Named clusters to try things on. `scenario('office')` gives manifests and the moment they are meant for; load them into a
 * cluster whose clock stands there, and bring them to life with `simulateWorkloads`.
 */
import { office } from './office.ts';
import type { Scenario } from './scenario.ts';
import { small } from './small.ts';

export type { Scenario } from './scenario.ts';

const BUILDERS = { small, office } as const;

/** The names of the scenarios. */
export type ScenarioName = keyof typeof BUILDERS;
export const SCENARIOS = Object.keys(BUILDERS) as readonly ScenarioName[];

/** Whether `name` is a scenario's. */
export const isScenarioName = (name: string): name is ScenarioName => Object.hasOwn(BUILDERS, name);

/** A scenario, its objects made afresh. */
export const scenario = (name: ScenarioName): Scenario => BUILDERS[name]();
