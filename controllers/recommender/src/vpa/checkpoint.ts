import { formatTimestamp, parseRfc3339 } from '@kube-steward/schedule';
import { YEAR_ONE_MS, type DecayingHistogram } from '../histogram/decaying-histogram.ts';
import { addToBucket, tighten, weightOf } from '../histogram/histogram.ts';
import { createVpaAggregate, type VpaAggregate } from './aggregate.ts';
import { CheckpointError } from './checkpoint-error.ts';

/** `status` of a VerticalPodAutoscalerCheckpoint, autoscaling.k8s.io/v1. */
export interface CheckpointStatus {
  readonly lastUpdateTime?: string | null;
  readonly version?: string;
  readonly firstSampleStart?: string | null;
  readonly lastSampleStart?: string | null;
  readonly totalSamplesCount?: number;
  readonly cpuHistogram?: HistogramCheckpoint;
  readonly memoryHistogram?: HistogramCheckpoint;
}

/** Weights relative to the greatest one, which is 10000; the true sum of all beside them. */
export interface HistogramCheckpoint {
  readonly referenceTimestamp?: string | null;
  readonly bucketWeights?: Readonly<Record<string, number>>;
  readonly totalWeight?: number;
}

const VERSION = 'v3';
const GREATEST_WEIGHT = 10_000;

/** What the VPA's recommender would store. Each weight loses up to half of a ten-thousandth of the greatest one. */
export const saveCheckpoint = (a: VpaAggregate, now: number): CheckpointStatus => ({
  lastUpdateTime: formatTimestamp(now),
  version: VERSION,
  firstSampleStart: timeOf(a.firstSampleMs),
  lastSampleStart: timeOf(a.lastSampleMs),
  totalSamplesCount: a.samples,
  cpuHistogram: saveHistogram(a.cpu),
  memoryHistogram: saveHistogram(a.memory),
});

const timeOf = (at: number | undefined): string | null => (at === undefined ? null : formatTimestamp(at));

const saveHistogram = (h: DecayingHistogram): HistogramCheckpoint => {
  const buckets = Array.from({ length: Math.max(0, h.max - h.min + 1) }, (_, index) => h.min + index);
  const greatest = Math.max(...buckets.map((bucket) => weightOf(h, bucket)));
  const stored = buckets
    .map((bucket) => [bucket, Math.floor(weightOf(h, bucket) * (GREATEST_WEIGHT / greatest) + 0.5)] as const)
    .filter(([, weight]) => weight > 0);
  return {
    referenceTimestamp: h.referenceMs === YEAR_ONE_MS ? null : formatTimestamp(h.referenceMs),
    bucketWeights: Object.fromEntries(stored),
    totalWeight: h.total,
  };
};

/**
 * Reads what the VPA's recommender stored: a warm start.
 *
 * @throws CheckpointError when it is of another version, or holds what the VPA never writes
 */
export const loadCheckpoint = (status: CheckpointStatus): VpaAggregate => {
  if (status.version !== VERSION)
    throw new CheckpointError(`version "${status.version ?? ''}" of a checkpoint is not known (known: ${VERSION})`);
  const aggregate = createVpaAggregate();
  loadHistogram(aggregate.cpu, 'cpuHistogram', status.cpuHistogram);
  loadHistogram(aggregate.memory, 'memoryHistogram', status.memoryHistogram);
  aggregate.samples = status.totalSamplesCount ?? 0;
  aggregate.firstSampleMs = momentOf(status.firstSampleStart);
  aggregate.lastSampleMs = momentOf(status.lastSampleStart);
  return aggregate;
};

const loadHistogram = (h: DecayingHistogram, field: string, stored: HistogramCheckpoint = {}): void => {
  const { bucketWeights = {}, totalWeight = 0 } = stored;
  const weights = Object.entries(bucketWeights).map(
    ([bucket, weight]) => [bucketIn(h, field, bucket), weight] as const,
  );
  if (!(totalWeight >= 0)) throw new CheckpointError(`${field}: total weight ${totalWeight} is below 0`);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  h.referenceMs = momentOf(stored.referenceTimestamp) ?? YEAR_ONE_MS;
  if (sum === 0) return;
  for (const [bucket, weight] of weights) addToBucket(h, bucket, weight * (totalWeight / sum));
  h.total = totalWeight;
  tighten(h);
};

const bucketIn = ({ layout }: DecayingHistogram, field: string, text: string): number => {
  const bucket = Number(text);
  if (Number.isInteger(bucket) && bucket >= 0 && bucket < layout.starts.length) return bucket;
  throw new CheckpointError(`${field}: there is no bucket ${text} (allowed: 0 to ${layout.starts.length - 1})`);
};

const momentOf = (text: string | null | undefined): number | undefined =>
  text === null || text === undefined ? undefined : parseRfc3339(text);
