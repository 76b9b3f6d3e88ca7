import { labelSelectorOf, matchesLabels, type Unstructured } from '@kube-steward/kube';
import type { DeleteOptions } from './cluster.ts';
import { canonical } from './canonical.ts';
import { deleteObject } from './deletion.ts';
import { notFound, tooManyRequests } from './errors.ts';
import { asRecord, valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import { type Stored, storageKey } from './stored.ts';

const PODS = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const BUDGETS = {
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
};
const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";
const RETRY_SECONDS = 10;

/**
 * Deletes a pod unless the PodDisruptionBudget that selects it forbids it (429 with cause `DisruptionBudget`). A budget
 * whose status nobody maintains is judged by the pods themselves.
 */
export const evictPod = (
  state: State,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  options: DeleteOptions,
): void => {
  const pods = state.kindOf(PODS);
  const stored = state.table(pods).get(storageKey(namespace, name));
  if (!stored) throw notFound(pods, name);
  const pod = stored.object();
  if (isCounted(pod)) spendBudget(state, pod, options);
  deleteObject(state, pods, name, { ...options, namespace });
};

/** Pods that have ended, wait to be scheduled or are terminating anyway do not count against a budget. */
const isCounted = (pod: Unstructured): boolean => {
  const phase = valueAt(pod, 'status.phase');
  return phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending' && !pod.metadata.deletionTimestamp;
};

const spendBudget = (state: State, pod: Unstructured, options: DeleteOptions): void => {
  const kind = state.kindOf(BUDGETS);
  const budgets = [...state.table(kind).scan(`${pod.metadata.namespace ?? ''}/`, '')].filter((one) => covers(one, pod));
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new StatusError({ message, code: 500 });
  }
  const [budget] = budgets;
  if (!budget || (!isReady(pod) && allowsUnready(budget.object()))) return;
  const isMaintained = valueAt(budget.object(), 'status.observedGeneration') !== undefined;
  if (isMaintained) spendStatus(state, kind, budget, pod, options);
  else checkPods(state, budget, pod);
};

const covers = (budget: Stored, pod: Unstructured): boolean => {
  const selector = valueAt(budget.object(), 'spec.selector');
  return selector !== undefined && matchesLabels(labelSelectorOf(asRecord(selector)), pod.metadata.labels ?? {});
};

const allowsUnready = (budget: Unstructured): boolean =>
  valueAt(budget, 'spec.unhealthyPodEvictionPolicy') === 'AlwaysAllow';

const isReady = (pod: Unstructured): boolean => {
  const conditions = valueAt(pod, 'status.conditions');
  return (
    Array.isArray(conditions) &&
    conditions.map(asRecord).some((one) => one['type'] === 'Ready' && one['status'] === 'True')
  );
};

const spendStatus = (
  state: State,
  kind: ServedKind,
  stored: Stored,
  pod: Unstructured,
  options: DeleteOptions,
): void => {
  const budget = stored.object();
  const status = asRecord(budget['status']);
  if (Number(status['observedGeneration']) < (budget.metadata.generation ?? 0)) {
    throw refusal(`The disruption budget ${stored.name} is still being processed by the server.`, RETRY_SECONDS);
  }
  const allowed = Number(status['disruptionsAllowed'] ?? 0);
  if (allowed <= 0)
    throw tooFew(stored.name, Number(status['desiredHealthy'] ?? 0), Number(status['currentHealthy'] ?? 0));
  if (options.dryRun) return;
  const disruptedPods = { ...asRecord(status['disruptedPods']), [pod.metadata.name]: state.timestamp() };
  const conditions = allowed === 1 ? { conditions: withoutDisruptions(state, status) } : {};
  const next = { ...budget, status: { ...status, ...conditions, disruptionsAllowed: allowed - 1, disruptedPods } };
  state.commit(kind, 'MODIFIED', canonical(kind, next));
};

/** The conditions once the last disruption is spent. */
const withoutDisruptions = (state: State, status: Readonly<Record<string, unknown>>): unknown[] => {
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: status['observedGeneration'],
    lastTransitionTime: state.timestamp(),
    reason: 'InsufficientPods',
    message: '',
  };
  const present = Array.isArray(status['conditions']) ? status['conditions'].map(asRecord) : [];
  return [...present.filter((one) => one['type'] !== condition.type), condition];
};

const checkPods = (state: State, budget: Stored, pod: Unstructured): void => {
  const pods = [...state.tableOf('/pods').scan(`${pod.metadata.namespace ?? ''}/`, '')]
    .filter((one) => covers(budget, one.object()))
    .map((one) => one.object());
  const healthy = pods.filter((one) => isReady(one) && !one.metadata.deletionTimestamp).length;
  const desired = desiredHealthy(asRecord(budget.object()['spec']), pods.length);
  if (healthy - 1 < desired) throw tooFew(budget.name, desired, healthy);
};

const desiredHealthy = (spec: Readonly<Record<string, unknown>>, total: number): number => {
  if (spec['maxUnavailable'] !== undefined) return total - count(spec['maxUnavailable'], total);
  return count(spec['minAvailable'] ?? 0, total);
};

/** A number, or a percentage of `total`, rounded up. */
const count = (value: unknown, total: number): number =>
  typeof value === 'string' && value.endsWith('%')
    ? Math.ceil((Number.parseFloat(value) / 100) * total)
    : Number(value);

const tooFew = (name: string, desired: number, current: number) =>
  refusal(`The disruption budget ${name} needs ${desired} healthy pods and has ${current} currently`, 0);

const refusal = (message: string, retryAfterSeconds: number) =>
  tooManyRequests(REFUSED, retryAfterSeconds, [{ reason: 'DisruptionBudget', message }]);
