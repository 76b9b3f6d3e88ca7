/**
 * The one way a decision travels, once a controller has made it: guarded, applied or shown, and recorded.
 *
 * A `Decision` says what should happen to one object, and why. From it come the request (`applyDecision`, the only writer to
 * users' objects), the event, log line and metric (`eventOf`, `logFieldsOf`, `metricLabelsOf`), and, together with all
 * others, the `Plan` that every output format is made from. Nothing is said twice.
 *
 * @example
 * const decisions = composeGuards(frozen, protectedNamespaces)([decide(observation, policy, now)]);
 * for (const decision of decisions.filter(isChange)) {
 *   await applyDecision(client, resource, decision, { resourceVersion, fieldManager, guard: elector.guard });
 *   recorder.event(eventOf(decision));
 * }
 * terminal.out(RENDERERS.table(createPlan(decisions, { at: now, context: 'prod-eu' })));
 */
export { applyDecision, patchOf } from './apply.ts';
export type { ApplyOptions, Preconditions } from './apply.ts';
export * from './decision.ts';
export { actionName, describeChange, describeObject } from './describe.ts';
export { PlanError } from './errors.ts';
export type { PlanErrorCode } from './errors.ts';
export { composeGuards, guardEach, veto } from './guard.ts';
export type { Guard, Objection } from './guard.ts';
export { PLAN_API_VERSION, createPlan, createPlanList, plansOf, selectDecisions } from './plan.ts';
export type {
  Advice,
  Plan,
  PlanDocument,
  PlanFailure,
  PlanList,
  PlanMetadata,
  PlanOptions,
  PlanSummary,
  Show,
} from './plan.ts';
export { NO_REQUESTS, podRequests } from './pod-requests.ts';
export type { PodSpecRequests, Requests } from './pod-requests.ts';
export { parsePrices } from './prices.ts';
export type { PriceTable } from './prices.ts';
export { eventOf, needsPerson, logFieldsOf, metricLabelsOf } from './record.ts';
export type { DecisionEvent, DecisionLogFields, DecisionMetricLabels, EventOptions } from './record.ts';
export { OUTPUT_FORMATS, RENDERERS } from './render.ts';
export type { OutputFormat, RenderOptions, Renderer } from './render.ts';
export { renderExplain } from './render-explain.ts';
export { addRequests, formatCores, formatMemory, formatMoney, formatSavings, priceOf, savingsOf } from './savings.ts';
export type { Freed, Savings, SavingsFormat } from './savings.ts';
export { describeSummary } from './summary.ts';
export type { Check, Considered, Next, TraceEntry } from './trace.ts';
