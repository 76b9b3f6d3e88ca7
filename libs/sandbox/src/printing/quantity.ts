import { textOf } from './column.ts';
import { formatQuantityExact, parseQuantityExact } from '@kube-steward/kube';

/** A quantity in the server's form; none is 0. */
export const quantity = (value: unknown): string =>
  value === undefined ? '0' : formatQuantityExact(parseQuantityExact(textOf(value)));
