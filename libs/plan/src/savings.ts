import { HOUR_MS, UTC, formatLocal } from '@kube-steward/schedule';
import type { Zone } from '@kube-steward/schedule';

import type { PriceTable } from './prices.ts';
import { NO_REQUESTS } from './pod-requests.ts';
import type { Requests } from './pod-requests.ts';

const GIB = 1024 ** 3;

/** What one decision frees: the requests of one pod, how many pods go, and until when. */
export interface Freed {
  readonly requests: Requests;
  readonly replicas: number;
  /** Milliseconds since the epoch; absent when it is not known when they come back. */
  readonly until?: number | undefined;
}

/** What a plan frees altogether. Figures below zero: it takes more than it frees. */
export interface Savings {
  /** Now. */
  readonly requests: Requests;
  /** Up to each one's return, as far as that is known. */
  readonly cpuCoreHours: number;
  readonly memoryGibHours: number;
  /** When the last comes back; absent when that is not known of any. */
  readonly until?: number;
}

export const addRequests = (a: Requests, b: Requests, times = 1): Requests => ({
  cpuCores: a.cpuCores + b.cpuCores * times,
  memoryBytes: a.memoryBytes + b.memoryBytes * times,
});

/** Adds up what decisions made at `at` free. */
export const savingsOf = (freed: Iterable<Freed>, at: number): Savings => {
  let requests = NO_REQUESTS;
  let [cpuCoreHours, memoryGibHours] = [0, 0];
  let until: number | undefined;
  for (const one of freed) {
    requests = addRequests(requests, one.requests, one.replicas);
    if (one.until === undefined) continue;
    const hours = Math.max(0, one.until - at) / HOUR_MS;
    cpuCoreHours += one.requests.cpuCores * one.replicas * hours;
    memoryGibHours += (one.requests.memoryBytes / GIB) * one.replicas * hours;
    until = Math.max(until ?? 0, one.until);
  }
  return { requests, cpuCoreHours, memoryGibHours, ...(until !== undefined && { until }) };
};

/** What the hours of savings are worth, in the table's currency. */
export const priceOf = ({ cpuCoreHours, memoryGibHours }: Savings, prices: PriceTable): number =>
  cpuCoreHours * prices.perVcpuHour + memoryGibHours * prices.perGibHour;

export interface SavingsFormat {
  /** The moment of the plan, for times near it to be short. */
  readonly now: number;
  readonly zone?: Zone | undefined;
  readonly prices?: PriceTable | undefined;
}

/**
 * `2.25 vCPU and 6.0 GiB requested now, about 132 vCPU-hours until Mon 07:30 (4.60 EUR)`; the second half is left out
 * when it is not known until when.
 */
export const formatSavings = (savings: Savings, { now, zone = UTC, prices }: SavingsFormat): string => {
  const { requests, cpuCoreHours, until } = savings;
  const freed = `${formatCores(requests.cpuCores)} and ${formatMemory(requests.memoryBytes)} requested now`;
  if (until === undefined) return freed;
  const money = prices ? ` (${formatMoney(priceOf(savings, prices), prices.currency)})` : '';
  return `${freed}, about ${formatHours(cpuCoreHours)} vCPU-hours until ${formatLocal(until, zone, now)}${money}`;
};

/** `2.25 vCPU`: two decimals at most. */
export const formatCores = (cores: number): string => `${Math.round(cores * 100) / 100} vCPU`;

/** `6.0 GiB`, `512 MiB`, `3.2 TiB` */
export const formatMemory = (bytes: number): string => {
  const size = Math.abs(bytes);
  if (size < GIB && size > 0) return `${Math.round(bytes / 1024 ** 2)} MiB`;
  return size < 1024 * GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${(bytes / GIB / 1024).toFixed(1)} TiB`;
};

/** `4.60 EUR` */
export const formatMoney = (amount: number, currency: string): string => `${amount.toFixed(2)} ${currency}`;

const formatHours = (hours: number): string => (Math.abs(hours) < 10 ? hours.toFixed(1) : String(Math.round(hours)));
