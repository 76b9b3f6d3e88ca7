import { formatTimestamp } from '@kube-steward/schedule';

import { ACTIONS } from './decision.ts';
import type { Action, DecidedBy, Decision, Deletion, FieldChange, ObjectReference } from './decision.ts';
import type { TraceEntry } from './trace.ts';

export const PLAN_API_VERSION = 'kube-steward.io/v1alpha1';

export interface PlanMetadata {
  /** The kubeconfig context; absent for manifests. */
  readonly context?: string;
  /** The moment the plan is made for, RFC 3339. */
  readonly at: string;
  /** `cluster`, or what the manifests were read from. */
  readonly source: string;
}

/** How many decisions there are of each action that occurs. */
export type PlanSummary = { readonly [A in Action]?: number } & {
  /** A breaker of the controller would hold these changes back until a person agrees. */
  readonly wouldTrip?: true;
};

/** What to set elsewhere, so that what is planned can be done in peace. */
export interface Advice {
  /** What it is about: `argocd`, say. At most one a topic. */
  readonly topic: string;
  /** To whom, why, and where the snippet belongs. */
  readonly message: string;
  /** YAML, ending in a newline. */
  readonly snippet: string;
}

/** What would change, and why: the document that `steward plan -o json` prints. Its keys and their order are stable. */
export interface Plan {
  readonly apiVersion: typeof PLAN_API_VERSION;
  readonly kind: 'Plan';
  readonly metadata: PlanMetadata;
  readonly decisions: readonly Decision[];
  /** Of all decisions, those not shown included. */
  readonly summary: PlanSummary;
  /** What a controller that is running would hold back as too much at once, and what lets it go: a sentence each. */
  readonly held?: readonly string[];
  readonly advice?: readonly Advice[];
  /** How the decision came about; only of a plan for one object. */
  readonly trace?: readonly TraceEntry[];
}

/** A cluster that could not be planned. */
export interface PlanFailure {
  readonly context: string;
  readonly message: string;
}

/** Plans of many clusters. */
export interface PlanList {
  readonly apiVersion: typeof PLAN_API_VERSION;
  readonly kind: 'PlanList';
  readonly items: readonly Plan[];
  readonly errors: readonly PlanFailure[];
}

export type PlanDocument = Plan | PlanList;

export interface PlanOptions {
  readonly context?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly source?: string | undefined;
  readonly held?: readonly string[] | undefined;
  readonly advice?: readonly Advice[] | undefined;
  readonly trace?: readonly TraceEntry[] | undefined;
}

/** The plan made of decisions, in whatever order they come. */
export const createPlan = (
  decisions: Iterable<Decision>,
  { context, at, source = 'cluster', held = [], advice = [], trace }: PlanOptions,
): Plan => {
  const sorted = [...decisions].map(canonical).sort(compareDecisions);
  return {
    apiVersion: PLAN_API_VERSION,
    kind: 'Plan',
    metadata: { ...(context !== undefined && { context }), at: formatTimestamp(at), source },
    decisions: sorted,
    summary: { ...countActions(sorted), ...(held.length > 0 && { wouldTrip: true }) },
    ...(held.length > 0 && { held }),
    ...(advice.length > 0 && { advice }),
    ...(trace && { trace }),
  };
};

/** Plans of many clusters as one document, by context. */
export const createPlanList = (items: readonly Plan[], errors: readonly PlanFailure[]): PlanList => ({
  apiVersion: PLAN_API_VERSION,
  kind: 'PlanList',
  items: [...items].sort((a, b) => compareText(a.metadata.context ?? '', b.metadata.context ?? '')),
  errors: [...errors].sort((a, b) => compareText(a.context, b.context)),
});

/** The plans of a document. */
export const plansOf = (document: PlanDocument): readonly Plan[] =>
  document.kind === 'Plan' ? [document] : document.items;

/** Which decisions are shown: `changes` leaves out those with the action `none`, and those alone. */
export type Show = 'changes' | 'all';

/** The document with the decisions that are shown; its summary still counts all. */
export const selectDecisions = <D extends PlanDocument>(document: D, show: Show): D => {
  if (show === 'all') return document;
  if (document.kind === 'PlanList') {
    return { ...document, items: document.items.map((plan) => selectDecisions(plan, show)) };
  }
  return { ...document, decisions: document.decisions.filter(({ action }) => action !== 'none') };
};

/** The keys in the document's order, and none that is undefined. */
const canonical = (decision: Decision): Decision => ({
  controller: decision.controller,
  object: canonicalObject(decision.object),
  action: decision.action,
  reason: decision.reason,
  message: decision.message,
  ...(decision.decidedBy && { decidedBy: canonicalDecidedBy(decision.decidedBy) }),
  changes: decision.changes.map(canonicalChange),
  ...(decision.deletion && { deletion: canonicalDeletion(decision.deletion) }),
  ...(decision.nextTransition !== undefined && { nextTransition: decision.nextTransition }),
});

const canonicalObject = ({ apiVersion, kind, namespace, name }: ObjectReference): ObjectReference => ({
  apiVersion,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
});

const canonicalDecidedBy = ({ source, key, value }: DecidedBy): DecidedBy => ({
  source,
  ...(key !== undefined && { key }),
  ...(value !== undefined && { value }),
});

const canonicalDeletion = ({ age, deadline, propagation }: Deletion): Deletion => ({
  ...(age !== undefined && { age }),
  deadline,
  propagation,
});

const canonicalChange = ({ path, from, to }: FieldChange): FieldChange => ({
  path,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By namespace (objects of the cluster first), kind, name, controller. */
const compareDecisions = (a: Decision, b: Decision): number =>
  compareText(a.object.namespace ?? '', b.object.namespace ?? '') ||
  compareText(a.object.kind, b.object.kind) ||
  compareText(a.object.name, b.object.name) ||
  compareText(a.controller, b.controller);

/** Changes first, `none` last; an action that does not occur is left out. */
const countActions = (decisions: readonly Decision[]): PlanSummary => {
  const counts = new Map<Action, number>();
  for (const { action } of decisions) counts.set(action, (counts.get(action) ?? 0) + 1);
  const order = [...ACTIONS.filter((action) => action !== 'none'), 'none'] as const;
  return Object.fromEntries(order.filter((action) => counts.has(action)).map((action) => [action, counts.get(action)]));
};
