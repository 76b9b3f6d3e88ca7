/** Why an amount is what it is; the rules that can bind, each with its sentence in the README. */
export const RULES = [
  'LoadPercentile',
  'TimePercentile',
  'HighestSample',
  'RunPercentile',
  'PeakPercentile',
  'HighestPeak',
  'Margin',
  'PodMinimum',
  'SameWeekday',
  'LastWeek',
  'LowConfidence',
  'MemoryLeak',
  'DeadBand',
  'SlowLowering',
  'Minimum',
  'Annotation',
  'Limit',
  'Autoscaler',
] as const;
export type Rule = (typeof RULES)[number];

/** One step of how an amount came about. */
export interface Step {
  readonly rule: Rule;
  /** The amount after the step: millicores or bytes. */
  readonly amount: number;
  /** What a user needs to check it by hand. */
  readonly detail: string;
}

/** An amount, and the steps to it in order. The last one that changed something is the rule that bound. */
export interface Reading {
  readonly amount: number;
  readonly steps: readonly Step[];
}

export const begin = (rule: Rule, amount: number, detail: string): Reading => ({
  amount,
  steps: [{ rule, amount, detail }],
});

/** A step that is kept only if it changes the amount. */
const step = (reading: Reading, rule: Rule, amount: number, detail: string): Reading =>
  amount === reading.amount ? reading : { amount, steps: [...reading.steps, { rule, amount, detail }] };

export const atLeast = (reading: Reading, rule: Rule, least: number, detail: string): Reading =>
  step(reading, rule, Math.max(reading.amount, least), detail);

export const atMost = (reading: Reading, rule: Rule, most: number, detail: string): Reading =>
  step(reading, rule, Math.min(reading.amount, most), detail);

export const times = (reading: Reading, rule: Rule, factor: number, detail: string): Reading =>
  step(reading, rule, Math.ceil(reading.amount * factor), detail);

/** Whatever it was, it is this now. */
export const instead = (reading: Reading, rule: Rule, amount: number, detail: string): Reading =>
  step(reading, rule, amount, detail);

/** The rule that made the amount what it is. */
export const boundBy = ({ steps }: Reading): Rule | undefined => steps.at(-1)?.rule;
