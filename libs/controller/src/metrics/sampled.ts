import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BucketHistogram } from './bucket-histogram.ts';

export type Labels = Readonly<Record<string, string>>;

/** A metric whose value is asked for when it is scraped. */
export interface SampledOptions {
  name: string;
  help: string;
  registry: Registry;
}

/** One series of a sampled metric. */
export interface Sample {
  labels: Labels;
  value: number;
}

/** Registers a counter that is read from `read` at each scrape. */
export const sampledCounter = (
  { registry, ...options }: SampledOptions,
  labelNames: readonly string[],
  read: () => Iterable<Sample>,
): void => {
  new Counter({
    ...options,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.inc(labels, value);
    },
  });
};

/** Registers a gauge that is read from `read` at each scrape; a series no longer read is gone. */
export const sampledGauge = (
  { registry, ...options }: SampledOptions,
  labelNames: readonly string[],
  read: () => Iterable<Sample>,
): void => {
  new Gauge({
    ...options,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.set(labels, value);
    },
  });
};

/** Registers a histogram of one series that is read from `source` at each scrape. */
export const sampledHistogram = (
  { registry, ...options }: SampledOptions,
  labels: Labels,
  source: BucketHistogram,
): void => {
  new SampledHistogram({ ...options, buckets: [...source.bounds], registers: [registry] }, labels, source);
};

type HistogramReading = Awaited<ReturnType<Histogram['get']>>;

class SampledHistogram extends Histogram {
  readonly #options: { name: string; help: string };
  readonly #labels: Labels;
  readonly #source: BucketHistogram;

  constructor(options: ConstructorParameters<typeof Histogram>[0], labels: Labels, source: BucketHistogram) {
    super(options);
    this.#options = options;
    this.#labels = labels;
    this.#source = source;
  }

  /** What the registry asks for instead of `get` when it renders text. */
  getForPromString(): Promise<HistogramReading> {
    return this.get();
  }

  override get(): Promise<HistogramReading> {
    const [labels, counts] = [this.#labels, this.#source.cumulative()];
    const buckets = counts.map((value, bucket) => ({
      metricName: `${this.#options.name}_bucket`,
      labels: { le: this.#source.bounds[bucket] ?? '+Inf', ...labels },
      value,
    }));
    const sum = { metricName: `${this.#options.name}_sum`, labels, value: this.#source.sum };
    const count = { metricName: `${this.#options.name}_count`, labels, value: counts.at(-1) ?? 0 };
    const { name, help } = this.#options;
    const reading = { name, help, type: 'histogram', aggregator: 'sum', values: [...buckets, sum, count] };
    return Promise.resolve(reading as unknown as HistogramReading);
  }
}
