import { defineOptions, messageOf } from '@kube-steward/cli';
import {
  DOWNSCALER_OPTIONS,
  adviceOn,
  decideAll,
  decideInOrder,
  definitionsIn,
  discoverDefinitions,
  freedBy,
  heldAt,
  namesOfKind,
  observeAll,
  observeReference,
  policyOf,
  readCalendars,
  sourcesOf,
  traceOf,
  transitionsOf,
  viewOf,
  viewOfManifests,
  warningsIn,
  workloadKey,
  type KindDefinition,
  type DownscalerSettings,
  type KindRow,
  type Policy,
  type Sources,
  type View,
} from '@kube-steward/downscaler';
import type { KubeObject } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { StewardError } from './errors.ts';
import { listSources, type AnySource } from './list-sources.ts';
import type { Planned, PlannedKind, PlannedTransition, PlannedWarning, Planner, Settings } from './planners.ts';

const { namespace, selector, ...others } = DOWNSCALER_OPTIONS;
const inFile = { configOnly: true, hidden: true } as const;

/**
 * The downscaler's options as this command takes them. On its command line `-n` and `-l` choose what is shown; what the
 * controller itself is limited to, by the options of the same names, is said by the config file alone.
 */
export const DOWNSCALER_SECTION = defineOptions({
  ...others,
  ownNamespaces: {
    type: namespace.type,
    default: [],
    aliases: ['namespace'],
    description: namespace.description,
    ...inFile,
  },
  ownSelector: { type: selector.type, aliases: ['selector'], description: selector.description, ...inFile },
});

/** The controller's own policy. @throws CliError with everything wrong in its settings */
export const downscalerPolicy = (
  { values, sources }: Settings,
  definitions: readonly KindDefinition[] = [],
): Policy => {
  const { ownNamespaces, ownSelector, ...rest } = values;
  const settings = {
    values: { ...rest, namespace: ownNamespaces, selector: ownSelector },
    sources: { ...sources, namespace: sources['ownNamespaces'], selector: sources['ownSelector'] },
  };
  return policyOf(settings as unknown as DownscalerSettings, undefined, definitions);
};

/** The downscaler, for the laptop: its decisions, and nothing of its wiring. */
export const downscalerPlanner: Planner<typeof DOWNSCALER_SECTION> = {
  name: 'downscaler',
  options: DOWNSCALER_SECTION,
  fromManifests(manifests, settings) {
    const policy = downscalerPolicy(settings, definitionsIn(manifests.objects));
    const unreadable: PlannedWarning[] = [];
    const view = viewOfManifests(watched(manifests.objects, policy), policy, (object, error) =>
      unreadable.push({ object: referenceOf(object), message: `cannot be read (${messageOf(error)})` }),
    );
    readCalendars(view, policy);
    const plan = planned(view, policy, { isAgreed: true });
    return { ...plan, warnings: (now) => [...unreadable, ...plan.warnings(now)] };
  },
  async fromCluster(context, settings) {
    const targets = (settings.values['scaleTarget'] ?? []) as readonly string[];
    const policy = downscalerPolicy(settings, await discoverDefinitions(context.client, targets));
    const only = readNamespaces(policy, context.namespace);
    const sources = sourcesOf({ ...policy, namespaces: { ...policy.namespaces, only } });
    const view = viewOf(sources, await listSources(context, everySource(sources), only));
    readCalendars(view, policy);
    const isPart = only.length > 0 && policy.namespaces.only.length !== only.length;
    return planned(view, policy, { isAgreed: settings.values['yes'] === true || isPart });
  },
};

/** A pod anywhere may keep the whole cluster up, if so configured: then all of it is read, whatever is asked for. */
const readNamespaces = ({ namespaces: { only }, podsForceCluster }: Policy, asked: string | undefined) =>
  asked === undefined || podsForceCluster ? only : only.length === 0 || only.includes(asked) ? [asked] : only;

const everySource = (sources: Sources): AnySource[] =>
  [
    ...sources.workloads.values(),
    sources.namespaces,
    sources.awakePods,
    ...sources.callers,
    sources.services,
    ...sources.configMaps,
  ] as unknown as AnySource[];

const referenceOf = ({ apiVersion = '', kind = '', metadata: { name, namespace } }: KubeObject): ObjectReference => ({
  apiVersion,
  kind,
  name,
  ...(namespace !== undefined && { namespace }),
});

/** A controller limited to some namespaces does not see the others, but for the ConfigMaps that it names. */
const watched = (objects: readonly KubeObject[], { namespaces: { only } }: Policy): readonly KubeObject[] =>
  only.length === 0
    ? objects
    : objects.filter(({ kind, metadata }) => {
        const home = kind === 'Namespace' ? metadata.name : metadata.namespace;
        return kind === 'ConfigMap' || home === undefined || only.includes(home);
      });

/** Whether any of the decisions is among what is held. */
const isHeld = (
  held: ReadonlySet<string>,
  view: View,
  policy: Policy,
  decisions: readonly Decision[] | undefined,
): boolean => {
  if (held.size === 0 || !decisions) return held.size > 0;
  return decisions.some(({ object }) => {
    const o = observeReference(view, policy, object);
    return o !== undefined && held.has(workloadKey(o.workload));
  });
};

const TOO_MUCH =
  'More at once than the downscaler does unasked outside a transition: one that is running would hold these changes back, unless it was started with --yes.';

interface Consent {
  /**
   * Nothing is too much at once: somebody has agreed to it; or nobody can tell, as manifests are awake, whatever the time, and of a
   * part of the cluster it is not known how much it is of the whole.
   */
  readonly isAgreed: boolean;
}

const planned = (view: View, policy: Policy, { isAgreed }: Consent): Planned => ({
  decisions: (now) => decideAll(view, policy, now),
  held: (now, decisions) => (!isAgreed && isHeld(heldAt(view, policy, now), view, policy, decisions) ? [TOO_MUCH] : []),
  notices: () => [],
  isSilentOn: () => false,
  followsNamespaces: true,
  advice: (decisions) => adviceOn(view, policy, decisions),
  freed(decision) {
    const o = observeReference(view, policy, decision.object);
    return o && freedBy(o.workload, decision);
  },
  kinds: policy.known.map((row) => kindOf(view, row)),
  labels: (object) =>
    observeReference(view, policy, object)?.workload.labels ?? view.namespaces.get(object.name)?.labels ?? {},
  explain(object, now) {
    const o = observeReference(view, policy, object);
    if (!o) throw new StewardError('NotFound', `${object.kind}/${object.name} is gone`);
    const decision = decideInOrder(o, policy, view, now);
    return { decision, trace: traceOf(o, policy, decision, now) };
  },
  warnings: (now) => warningsIn(view, policy, now),
  transitions: (from, to) => allTransitions(view, policy, from, to),
});

const kindOf = (view: View, row: KindRow): PlannedKind => {
  const { kind, plural, group } = row.resource;
  const store = view.workloads.get(row);
  return {
    kind,
    plural,
    names: [...namesOfKind(row), ...(group ? [`${kind.toLowerCase()}.${group}`] : [])],
    ...(store && { objects: () => Array.from(store.list(), ({ reference }) => reference) }),
  };
};

const allTransitions = function* (view: View, policy: Policy, from: number, to: number): Generator<PlannedTransition> {
  for (const o of observeAll(view, policy)) {
    // What follows another workload changes with it, or not at all: the unit is told of once.
    if (o.leader) continue;
    const object = o.workload.reference;
    const [, ...coming] = transitionsOf(o, policy, from, to);
    for (const { at, state, reason, message } of coming)
      yield { controller: 'downscaler', object, at, state, reason, message };
  }
};
