import {
  DOWNSCALER_OPTIONS,
  decide,
  decideAll,
  freedBy,
  namesOfKind,
  observe,
  observeAll,
  policyOf,
  rowOfKind,
  sourcesOf,
  traceOf,
  transitionsOf,
  viewOf,
  viewOfManifests,
  type DownscalerSettings,
  type Observation,
  type Policy,
  type View,
} from '@kube-steward/downscaler';
import type { ObjectReference } from '@kube-steward/plan';
import { StewardError } from './errors.ts';
import { listSources } from './list-sources.ts';
import type { Planned, PlannedTransition, Planner, Settings } from './planners.ts';

/** The downscaler, for the laptop: its decisions, and nothing of its wiring. */
export const downscalerPlanner: Planner<typeof DOWNSCALER_OPTIONS> = {
  name: 'downscaler',
  options: DOWNSCALER_OPTIONS,
  fromManifests(manifests, settings) {
    const policy = policyFrom(settings);
    return planned(viewOfManifests(manifests.objects, policy), policy);
  },
  async fromCluster(context, settings) {
    const policy = policyFrom(settings);
    const sources = sourcesOf(policy);
    const stores = await listSources(context, sources, policy.namespaces.only);
    return planned(viewOf(sources, stores), policy);
  },
};

const policyFrom = (settings: Settings): Policy => policyOf(settings as unknown as DownscalerSettings);

const planned = (view: View, policy: Policy): Planned => ({
  decisions: (now) => decideAll(view, policy, now),
  freed(decision) {
    const o = observed(view, policy, decision.object);
    return o && freedBy(o.workload, decision);
  },
  find: (kind, name) => [...found(view, kind, name)],
  labels: (object) => observed(view, policy, object)?.workload.labels ?? view.namespaces.get(object.name)?.labels ?? {},
  explain(object, now) {
    const o = observed(view, policy, object);
    if (!o) throw new StewardError('NotFound', `${object.kind}/${object.name} is gone`);
    const decision = decide(o, policy, now);
    return { decision, trace: traceOf(o, policy, decision, now) };
  },
  transitions: (from, to) => allTransitions(view, policy, from, to),
});

const observed = (view: View, policy: Policy, object: ObjectReference): Observation | undefined => {
  const row = rowOfKind([...view.workloads.keys()], object.apiVersion, object.kind);
  return row && observe(view, policy, row, `${object.namespace ?? ''}/${object.name}`);
};

/** Objects by any name of their kind, in whatever namespace. */
const found = function* (view: View, kind: string, name: string): Generator<ObjectReference> {
  for (const [row, store] of view.workloads) {
    if (!namesOfKind(row).includes(kind.toLowerCase())) continue;
    for (const workload of store.list()) if (workload.metadata.name === name) yield workload.reference;
  }
};

const allTransitions = function* (view: View, policy: Policy, from: number, to: number): Generator<PlannedTransition> {
  for (const o of observeAll(view, policy)) {
    const object = o.workload.reference;
    const [, ...coming] = transitionsOf(o, policy, from, to);
    for (const { at, state, reason, message } of coming) yield { at, object, state, reason, message };
  }
};
