import { isChange, type Check, type Considered, type Decision, type Next, type TraceEntry } from '@kube-steward/plan';
import { DAY_MS, formatDuration } from '@kube-steward/schedule';
import type { Layer } from './annotations.ts';
import { decide } from './decide.ts';
import { pick } from './desired.ts';
import { exclusionOf, untouchable } from './exclusion.ts';
import { graceEnd } from './go-down.ts';
import type { Observation } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { downAction, originalOf, upAction } from './sizes.ts';
import { transitionsOf } from './transitions.ts';
import { wakeOrderOf } from './wake-order.ts';
import { layersOf } from './wish.ts';

const YEAR_MS = 366 * DAY_MS;

/** How a decision came about: every layer asked, every condition checked, and what comes next. */
export const traceOf = (o: Observation, policy: Policy, decision: Decision, now: number): TraceEntry[] => [
  ...considered(o, policy, decision),
  ...checks(o, policy, decision, now),
  ...next(o, policy, decision, now),
];

const considered = (o: Observation, policy: Policy, { decidedBy }: Decision): Considered[] => {
  const [object, namespace, config, defaults] = layersOf(o, policy);
  const namespaceLayer = { ...namespace, source: `namespace/${o.workload.metadata.namespace}` };
  return [object, namespaceLayer, ...o.pods.map((pod) => pod.layer), config, defaults].flatMap((layer) =>
    entriesOf(layer).map(({ key, value }) => ({
      kind: 'considered' as const,
      source: layer.source,
      ...(key !== undefined && { key }),
      ...(value !== undefined && { value }),
      ...(key !== undefined && key === decidedBy?.key && layer.source === decidedBy.source && { used: true as const }),
    })),
  );
};

/** A layer in which nothing is set is shown as such. */
const entriesOf = (layer: Layer): { key?: string; value?: string }[] => {
  const entries = Object.values(layer.entries).map(({ writtenAs: { key, value } }) => ({ key, value }));
  return entries.length > 0 ? entries : [{}];
};

const checks = (o: Observation, policy: Policy, decision: Decision, now: number): Check[] => {
  const { autoscaler } = o;
  const exclusion = exclusionOf(o, policy, now);
  const check = (name: string, problem: string | undefined, fine = 'no'): Check => ({
    kind: 'check',
    name,
    result: problem ?? fine,
    passed: problem === undefined,
  });
  return [
    check('never touched', untouchable(o, policy)?.message),
    check('excluded', 'excluded' in exclusion ? exclusion.excluded.message : undefined),
    ...ageCheck(o, policy, now),
    ...orderCheck(o, policy, decision),
    check('autoscaler', undefined, autoscaler ? `${autoscaler.row.resource.kind}/${autoscaler.metadata.name}` : 'none'),
  ];
};

const ageCheck = (o: Observation, policy: Policy, now: number): Check[] => {
  const grace = pick(layersOf(o, policy), 'gracePeriod')?.value;
  const { bornAt } = o.workload;
  if (grace === undefined) return [];
  const name = `min age ${formatDuration(grace)}`;
  if (bornAt === undefined) return [{ kind: 'check', name, result: 'age unknown: ok', passed: true }];
  const passed = now >= graceEnd(bornAt, grace);
  return [
    { kind: 'check', name, result: `${formatDuration(Math.max(0, now - bornAt))}${passed ? ' ok' : ''}`, passed },
  ];
};

/** Whom it waits for in the morning, where it is given an order. */
const orderCheck = (o: Observation, policy: Policy, { reason, message }: Decision): Check[] => {
  const waits = reason === ('WaitsForWakeOrder' satisfies Reason);
  if (!waits && !pick(layersOf(o, policy), 'wakeOrder')) return [];
  const result = waits ? message : 'waits for nobody just now';
  return [{ kind: 'check', name: `wake order ${wakeOrderOf(o, policy)}`, result, passed: !waits }];
};

/** What will happen next: to the object as it is, or, where it changes now, on the way back. */
const next = (o: Observation, policy: Policy, decision: Decision, now: number): Next[] => {
  if (isChange(decision) && decision.action !== 'annotate') return wayBack(o, policy, now);
  if (decision.nextTransition === undefined) return [];
  const coming = decide(o, policy, Date.parse(decision.nextTransition));
  const to = coming.changes[0]?.to;
  if (!isChange(coming) || coming.action === 'annotate') return [];
  return [{ kind: 'next', action: coming.action, ...(typeof to === 'number' && { message: `to ${to}` }) }];
};

const wayBack = (o: Observation, policy: Policy, now: number): Next[] => {
  const [, coming] = transitionsOf(o, policy, now, now + YEAR_MS);
  const { size } = o.workload.row;
  if (coming?.state === 'down') return [{ kind: 'next', action: downAction(size) }];
  if (coming?.state !== 'up') return [];
  const to = o.workload.original ?? originalOf(size, o.workload.fields);
  return [{ kind: 'next', action: upAction(size), ...(size.form === 'replicas' && { message: `to ${to}` }) }];
};
