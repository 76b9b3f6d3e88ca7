import type { Resource } from '../amounts.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** An amount for people: `350m`, `2.5 cores`, `729 MiB`, `1.25 GiB`. */
export const formatAmount = (resource: Resource, amount: number): string => {
  if (resource === 'cpu') return amount < 1000 ? `${Math.round(amount)}m` : `${round(amount / 1000)} cores`;
  if (amount < MIB) return `${Math.round(amount)} bytes`;
  return amount < GIB ? `${round(amount / MIB)} MiB` : `${round(amount / GIB)} GiB`;
};

const round = (value: number): number => Math.round(value * 100) / 100;

/** `12 %` */
export const formatShare = (share: number): string => `${round(share * 100)} %`;
