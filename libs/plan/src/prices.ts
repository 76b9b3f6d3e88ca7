import { parseDocument } from 'yaml';

import { didYouMean } from '@kube-steward/cli';

import { PlanError } from './errors.ts';

/** What capacity costs, the same everywhere. */
export interface PriceTable {
  /** As it is shown behind amounts: `EUR`. */
  readonly currency: string;
  readonly perVcpuHour: number;
  readonly perGibHour: number;
}

const KEYS = ['currency', 'perVcpuHour', 'perGibHour'];

/**
 * Reads a price table, YAML or JSON: `{currency: EUR, perVcpuHour: 0.031, perGibHour: 0.0042}`.
 *
 * @throws PlanError `InvalidPrices` with everything wrong in it
 */
export const parsePrices = (text: string, { path }: { readonly path: string }): PriceTable => {
  const document = parseDocument(text, { prettyErrors: false });
  const [bad] = document.errors;
  if (bad) throw new PlanError('InvalidPrices', `${path}: bad YAML: ${bad.message}`, { cause: bad });
  const table: unknown = document.toJS();
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw new PlanError('InvalidPrices', `${path}: is no map (allowed keys: ${KEYS.join(', ')})`);
  }
  const values = new Map(Object.entries(table));
  const faults = [...values.keys()].filter((key) => !KEYS.includes(key)).map(unknownKey);
  const read = {
    currency: readCurrency(values.get('currency'), faults),
    perVcpuHour: readPrice('perVcpuHour', values.get('perVcpuHour'), faults),
    perGibHour: readPrice('perGibHour', values.get('perGibHour'), faults),
  };
  if (faults.length > 0) throw new PlanError('InvalidPrices', faults.map((fault) => `${path}: ${fault}`).join('\n'));
  return read;
};

const unknownKey = (key: string): string => {
  const meant = didYouMean(key, KEYS);
  return `unknown key "${key}"${meant || ` (allowed: ${KEYS.join(', ')})`}`;
};

const readCurrency = (value: unknown, faults: string[]): string => {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  faults.push(value === undefined ? 'currency is missing' : `currency ${JSON.stringify(value)} is no text`);
  return '';
};

const readPrice = (key: string, value: unknown, faults: string[]): number => {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  const found = value === undefined ? 'is missing' : `${JSON.stringify(value)} is no price`;
  faults.push(`${key} ${found} (allowed: 0 or more, for an hour)`);
  return 0;
};
