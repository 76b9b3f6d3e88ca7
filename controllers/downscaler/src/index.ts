/**
 * The off-hours downscaler: puts workloads to sleep outside their uptime, and brings them back to what they were.
 *
 * The pure core is `decide`: an observation, a policy and a time give a decision. The controller (`main.ts`), the plan of
 * the laptop command and the tests all call it.
 *
 * @example
 * const policy = policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv: ['--default-uptime=Mon-Fri 08:00-20:00 UTC'] }));
 * const decisions = [...decideAll(viewOfManifests(objects, policy), policy, Date.parse('2026-11-20T22:00:00Z'))];
 */
export { adviceOn } from './advice.ts';
export { annotationKeys } from './annotations.ts';
export { policyOf, type DownscalerSettings } from './configure.ts';
export { discoverDefinitions } from './discover-definitions.ts';
export { decide } from './decide.ts';
export { decideAll } from './decide-all.ts';
export { decideNamespace } from './decide-namespace.ts';
export { requestException, type ExceptionRequest } from './exception-request.ts';
export { leaseHolders } from './lease-holder.ts';
export { ALL, requireAll, restoreFound, showFound, warnOfHolders } from './restore-report.ts';
export { findAsleep } from './restore.ts';
export { workloadKey } from './keys.ts';
export { KINDS, namesOfKind, rowOfKind, type KindRow } from './kinds.ts';
export { definitionOf, definitionsIn, type KindDefinition } from './kind-definitions.ts';
export { FIELD_MANAGER, NAME } from './names.ts';
export {
  observe,
  observeAll,
  observeReference,
  sourcesOf,
  type Observation,
  type Source,
  type Sources,
  type View,
} from './observe.ts';
export { oldToolOf, toolOf, type FoundTool, type OldTool } from './old-tool.ts';
export { DOWNSCALER_OPTIONS } from './options.ts';
export type { Policy } from './policy.ts';
export { readCalendars } from './read-calendars.ts';
export { REASONS, type Reason } from './reasons.ts';
export { freedBy, savedBy } from './saved.ts';
export { replicasOf } from './sizes.ts';
export { traceOf } from './trace.ts';
export { transitionsOf, type Transition } from './transitions.ts';
export { heldAt } from './unscheduled.ts';
export { storeOf, viewOf, viewOfManifests } from './view.ts';

export { decideInOrder } from './wake-order.ts';
export { warningsIn } from './warnings.ts';
export type { Workload } from './workload.ts';
