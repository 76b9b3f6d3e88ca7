import { VERDICTS } from './fit/verdict.ts';

/** Why a decision is what it is. */
export const REASONS = ['Excluded', 'NoUsage', 'Fits', 'Recommended', 'LowConfidence', ...VERDICTS] as const;
export type Reason = (typeof REASONS)[number];
