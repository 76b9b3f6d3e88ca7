/** The decision side of the recommender: what containers should request, and why. Pure, and free of any wiring. */
export { RESOURCES, type Amounts, type Resource } from './amounts.ts';
export { createVpaAggregate, isExpired, mergeAggregate, type VpaAggregate } from './vpa/aggregate.ts';
export { CheckpointError } from './vpa/checkpoint-error.ts';
export { loadCheckpoint, saveCheckpoint, type CheckpointStatus } from './vpa/checkpoint.ts';
export {
  createContainerUsage,
  observeCpu,
  observeMemory,
  observeOomKill,
  type ContainerUsage,
} from './vpa/container-usage.ts';
export { estimate, estimatePod, minimumOf, type Estimate } from './vpa/estimate.ts';
export {
  integerCpuKey,
  policyOf,
  postProcess,
  type ContainerPolicy,
  type ContainerRecommendation,
} from './vpa/policy.ts';
