import { formatMoney, priceOf, type PriceTable } from '@kube-steward/plan';
import type { Amount } from './meter.ts';

/** One price for all capacity, of the order of a large cloud's on-demand machines in Europe. */
export const PRICES: PriceTable = { currency: 'EUR', perVcpuHour: 0.031, perGibHour: 0.0042 };

const GIB = 1024 ** 3;

/** What sleeping saved, beside what was asked for all the same. Amounts are times hours. */
export interface Totals {
  readonly replicaHours: number;
  readonly cpuCoreHours: number;
  readonly memoryGibHours: number;
  /** Parts of what would have been requested without sleep, 0 to 1. */
  readonly cpuShare: number;
  readonly memoryShare: number;
  readonly cost: number;
}

export const totalsOf = (asleep: Amount, requested: Amount): Totals => {
  const cpuCoreHours = asleep.requests.cpuCores;
  const memoryGibHours = asleep.requests.memoryBytes / GIB;
  const share = (slept: number, ran: number): number => slept / (slept + ran);
  return {
    replicaHours: asleep.replicas,
    cpuCoreHours,
    memoryGibHours,
    cpuShare: share(cpuCoreHours, requested.requests.cpuCores),
    memoryShare: share(asleep.requests.memoryBytes, requested.requests.memoryBytes),
    cost: priceOf({ cpuCoreHours, memoryGibHours, requests: asleep.requests }, PRICES),
  };
};

export const describeTotals = (totals: Totals, hours: number): string[][] => [
  [
    'asleep',
    `${whole(totals.replicaHours)} replica-hours`,
    `${(totals.replicaHours / hours).toFixed(1)} replicas on average`,
  ],
  ['CPU', `${whole(totals.cpuCoreHours)} vCPU-hours`, `${percent(totals.cpuShare)} of what was requested`],
  ['memory', `${whole(totals.memoryGibHours)} GiB-hours`, `${percent(totals.memoryShare)} of what was requested`],
  [
    'money',
    formatMoney(totals.cost, PRICES.currency),
    `at ${PRICES.perVcpuHour} a vCPU-hour and ${PRICES.perGibHour} a GiB-hour, if nodes shrink with what is requested`,
  ],
];

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const percent = (share: number): string => `${Math.round(share * 100)} %`;
