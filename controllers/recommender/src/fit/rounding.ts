import { formatQuantity } from '@kube-steward/kube';
import type { Resource } from '../amounts.ts';

const MIB = 1024 * 1024;

/** People write memory in mebibytes, and so do patches. A millicore is fine enough for CPU. Up, so that nothing is cut. */
export const roundUp = (resource: Resource, amount: number): number =>
  resource === 'cpu' ? Math.ceil(amount) : Math.ceil(amount / MIB) * MIB;

/** Down, for what is the most that is allowed. What is below one step is left as it is. */
export const roundDown = (resource: Resource, amount: number): number => {
  if (resource === 'cpu') return Math.floor(amount);
  return amount < MIB ? Math.floor(amount) : Math.floor(amount / MIB) * MIB;
};

/** As manifests have it: `350m`, `729Mi`. */
export const quantityOf = (resource: Resource, amount: number): string =>
  resource === 'cpu' ? formatQuantity(amount / 1000, 'decimal') : formatQuantity(amount, 'binary');
