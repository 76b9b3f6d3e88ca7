import { RESOURCES, perResource, type Resource } from '../amounts.ts';
import type { Usage } from '../usage/usage.ts';
import { lastWeekCpu } from './balanced.ts';
import { pace } from './pace.ts';
import type { Profile } from './profiles.ts';
import type { Reading } from './reading.ts';

/** What a profile gives for a container that is one of so many in its pod, after what was given before. */
export const recommend = (
  usage: Usage,
  profile: Profile,
  at: number,
  containers: number,
): Readonly<Record<Resource, Reading>> =>
  perResource((resource) => {
    const reading = profile[resource](usage, at, containers);
    return profile.isPaced ? pace(reading, beforeOf(usage, resource), floorOf(usage, resource), at, resource) : reading;
  });

const LOWERED = { cpu: 'cpuLoweredMs', memory: 'memoryLoweredMs' } as const;

const beforeOf = ({ given }: Usage, resource: Resource) => ({
  amount: given[resource],
  loweredMs: given[LOWERED[resource]],
});

/** Memory is read from days already. */
const floorOf = (usage: Usage, resource: Resource): number => (resource === 'cpu' ? lastWeekCpu(usage) : 0);

/** Keeps what was given, for the next time. */
export const remember = ({ given }: Usage, amounts: Readonly<Record<Resource, Reading>>, at: number): void => {
  for (const resource of RESOURCES) {
    const { amount } = amounts[resource];
    if (amount < given[resource]) given[LOWERED[resource]] = at;
    given[resource] = amount;
  }
};
