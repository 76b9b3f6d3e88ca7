import { perResource, scaled, type Amounts } from '../amounts.ts';
import { percentileOf } from '../histogram/histogram.ts';
import { BOUNDS, MARGIN, estimate, minimumOf } from '../vpa/estimate.ts';
import type { Usage } from '../usage/usage.ts';
import { balancedCpu, balancedMemory, observedPeak } from './balanced.ts';
import { formatAmount, formatShare } from './format.ts';
import { atLeast, begin, times, type Reading } from './reading.ts';

export const PROFILE_NAMES = ['vpa', 'balanced', 'guaranteed', 'burstable'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** How a profile reads what is known. */
export interface Profile {
  readonly name: ProfileName;
  /** Millicores. */
  cpu(usage: Usage, at: number, containers: number): Reading;
  /** Bytes. */
  memory(usage: Usage, at: number, containers: number): Reading;
  /** What the memory limit should be, given the request, where limits are asked for. Absent: as far above the request as it was. */
  memoryLimit?(usage: Usage, request: number): number;
  /** Raised at once, lowered slowly, not moved for a little. The VPA's numbers are given as they are. */
  readonly isPaced: boolean;
}

/** A limit this far above the highest that was seen. */
const LIMIT_MARGIN = 0.2;

const vpaReading = (usage: Usage, containers: number): Record<keyof Amounts, Reading> => {
  const minimum = minimumOf(containers);
  const target = estimate(usage.vpa, minimum).target;
  const { share } = BOUNDS.target;
  return perResource((resource) => {
    const base = percentileOf(usage.vpa[resource], share);
    const amount = resource === 'cpu' ? Math.trunc(base * 1000) : Math.trunc(base);
    const what = resource === 'cpu' ? 'samples' : 'daily peaks';
    const read = begin(
      'TimePercentile',
      amount,
      `${formatShare(share)} of its ${what} end at ${formatAmount(resource, amount)}`,
    );
    const withMargin = atLeast(read, 'Margin', amount + scaled(amount, MARGIN), `${formatShare(MARGIN)} more`);
    return atLeast(withMargin, 'PodMinimum', target[resource], `the VPA's minimum of a pod, for ${containers} of it`);
  });
};

const guaranteedMemory = (usage: Usage): Reading => {
  const peak = observedPeak(usage);
  const read = begin('HighestPeak', peak, `the highest that is remembered is ${formatAmount('memory', peak)}`);
  return times(read, 'Margin', 1 + MARGIN, `${formatShare(MARGIN)} more`);
};

const burstableMemory = (usage: Usage): Reading => {
  const peak = Math.trunc(percentileOf(usage.vpa.memory, 0.9));
  return begin('PeakPercentile', peak, `90 % of its daily peaks end at ${formatAmount('memory', peak)}`);
};

const abovePeak = (usage: Usage, request: number): number =>
  Math.max(Math.ceil(observedPeak(usage) * (1 + LIMIT_MARGIN)), request);

/** Every profile. To add one, add a row and its rows to the tests. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  vpa: {
    name: 'vpa',
    cpu: (usage, _at, containers) => vpaReading(usage, containers).cpu,
    memory: (usage, _at, containers) => vpaReading(usage, containers).memory,
    isPaced: false,
  },
  balanced: { name: 'balanced', cpu: balancedCpu, memory: balancedMemory, memoryLimit: abovePeak, isPaced: true },
  guaranteed: {
    name: 'guaranteed',
    cpu: balancedCpu,
    memory: guaranteedMemory,
    memoryLimit: (_usage, request) => request,
    isPaced: true,
  },
  burstable: {
    name: 'burstable',
    cpu: balancedCpu,
    memory: burstableMemory,
    memoryLimit: abovePeak,
    isPaced: true,
  },
};
