import { createHistogram, type Histogram } from '../histogram/histogram.ts';
import { createUsage, type Usage } from './usage.ts';

/**
 * All that is known of a container, as JSON: every weight whole, and the open day with it. What is read back gives the same numbers as what was
 * written, now and after any further sample.
 */
export interface SavedUsage {
  readonly version: typeof VERSION;
  readonly cpu: SavedHistogram;
  readonly vpaCpu: SavedHistogram;
  readonly vpaMemory: SavedHistogram;
  readonly samples: number;
  readonly firstSampleMs?: number;
  readonly lastSampleMs?: number;
  readonly rest: Omit<Usage, 'vpa' | 'cpu'>;
}

/** Weights from `offset` on. The ends are written as they are: they depend on the order in which samples came. */
export interface SavedHistogram {
  readonly referenceMs: number;
  readonly offset: number;
  readonly weights: readonly number[];
  readonly total: number;
  readonly min: number;
  readonly max: number;
}

/** A state that cannot be read; the message says what, and what is known. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

const VERSION = 1;

export const saveUsage = ({ vpa, cpu, ...rest }: Usage): SavedUsage => ({
  version: VERSION,
  cpu: saveHistogram(cpu),
  vpaCpu: saveHistogram(vpa.cpu),
  vpaMemory: saveHistogram(vpa.memory),
  samples: vpa.samples,
  ...(vpa.firstSampleMs !== undefined && { firstSampleMs: vpa.firstSampleMs }),
  ...(vpa.lastSampleMs !== undefined && { lastSampleMs: vpa.lastSampleMs }),
  rest,
});

const saveHistogram = (h: Usage['cpu']): SavedHistogram => {
  const { referenceMs, offset, weights, total, min, max } = h;
  return { referenceMs, offset, weights, total, min, max };
};

/** @throws StateError when it is of another version, or holds what is never written */
export const loadUsage = (saved: SavedUsage): Usage => {
  const { version } = saved as { readonly version?: unknown };
  if (version !== VERSION)
    throw new StateError(`version ${JSON.stringify(version)} of a state is not known (known: ${VERSION})`);
  const usage = createUsage();
  const { clock, days, minima, given, ...numbers } = structuredClone(saved.rest);
  Object.assign(usage, numbers);
  for (const [into, from] of [
    [usage.clock, clock],
    [usage.days, days],
    [usage.minima, minima],
    [usage.given, given],
  ] as const)
    Object.assign(into, from);
  loadHistogram(usage.cpu, 'cpu', saved.cpu);
  loadHistogram(usage.vpa.cpu, 'vpaCpu', saved.vpaCpu);
  loadHistogram(usage.vpa.memory, 'vpaMemory', saved.vpaMemory);
  const { samples, firstSampleMs, lastSampleMs } = saved;
  Object.assign(usage.vpa, { samples, firstSampleMs, lastSampleMs });
  return usage;
};

const loadHistogram = (h: Usage['cpu'], field: string, saved: SavedHistogram): void => {
  const { offset, weights } = saved;
  const last = h.layout.starts.length - 1;
  if (!(offset >= 0) || offset + weights.length > last + 1)
    throw new StateError(
      `${field}: buckets ${offset} to ${offset + weights.length - 1} are not there (allowed: 0 to ${last})`,
    );
  const bad = weights.find((weight) => !(weight >= 0));
  if (bad !== undefined) throw new StateError(`${field}: ${bad} is no weight (allowed: 0 or more)`);
  const empty: Histogram = createHistogram(h.layout);
  const isEmpty = weights.length === 0;
  Object.assign(h, isEmpty ? { ...empty, referenceMs: saved.referenceMs } : { ...saved, weights: [...weights] });
};
