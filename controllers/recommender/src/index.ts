/** The decision side of the recommender: what containers should request, and why. Pure, and free of any wiring. */
export { RESOURCES, type Amounts, type Resource } from './amounts.ts';
export { createVpaAggregate, isExpired, mergeAggregate, type VpaAggregate } from './vpa/aggregate.ts';
export { asymmetryOf, type Asymmetry } from './asymmetry.ts';
export { autoscalerNote, type AutoscalerMetric, type AutoscalerNote } from './autoscaler.ts';
export { type ContainerTarget } from './changes.ts';
export { decide, type Recommendation } from './decide.ts';
export { explain } from './explain.ts';
export type { LimitRange } from './fit/limit-range.ts';
export type { Pods, Quota } from './fit/quota.ts';
export { VERDICTS, type Verdict } from './fit/verdict.ts';
export { NAME } from './names.ts';
export type { ContainerObservation, Observation, Policy as RecommenderPolicy } from './observation.ts';
export { REASONS, type Reason } from './reasons.ts';
export { createRuns, noteRun, runPercentile, type Runs } from './usage/runs.ts';
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
export { POLICIES, type Policy } from './backtest/policies.ts';
export { backtest, type Backtest, type PolicyScores, type Scores, type TraceScores } from './backtest/scores.ts';
export { simulate, type Outcome } from './backtest/synthetic/simulate.ts';
export { WORKLOADS } from './backtest/synthetic/workloads.ts';
export { TraceError, parseTrace, type Trace, type TraceUnit } from './backtest/trace.ts';
export { PROFILES, PROFILE_NAMES, type Profile, type ProfileName } from './profiles/profiles.ts';
export { RULES, boundBy, type Reading, type Rule, type Step } from './profiles/reading.ts';
export { rangeOf } from './profiles/range.ts';
export { recommend, remember } from './profiles/recommend.ts';
export { createUsage, observe, observeKill, observeSleep, type Sample, type Usage } from './usage/usage.ts';
export { StateError, loadUsage, saveUsage, type SavedUsage } from './usage/state.ts';
export { warmStart } from './usage/warm-start.ts';
