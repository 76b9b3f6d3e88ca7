import { createProgress, type CommandContext, type SectionSpecs } from '@kube-steward/cli';
import { matchesLabels } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { systemClock } from '@kube-steward/schedule';
import { openReader, type CLUSTER_OPTIONS, type SCOPE_OPTIONS } from './cluster-options.ts';
import { readManifests, type Manifests } from './manifests.ts';
import type { Planned, Planner, Settings } from './planners.ts';

type ScopeContext = CommandContext<typeof CLUSTER_OPTIONS & typeof SCOPE_OPTIONS, SectionSpecs>;

/** A cluster, or manifests, as the asked controllers see it. */
export interface Loaded {
  readonly planned: ReadonlyMap<Planner, Planned>;
  /** The kubeconfig context; absent for manifests. */
  readonly context?: string;
  readonly source: string;
  readonly serverVersion?: string;
  /** The moment asked for. */
  readonly at: number;
  /** Something could not be read: answers are partial. */
  readonly incomplete: boolean;
}

/** Reads what `--from` names, or else the cluster. */
export const load = async (context: ScopeContext, planners: readonly Planner[]): Promise<Loaded> => {
  const at = context.options.at ?? systemClock.now();
  const { from } = context.options;
  return from === undefined ? loadCluster(context, planners, at) : loadManifests(context, planners, from, at);
};

/** The settings of a controller: the values of its section, and where they came from. */
const settingsOf = (context: ScopeContext, { name }: Planner): Settings => {
  const prefix = `${name}.`;
  const own = Object.entries(context.sources).filter(([option]) => option.startsWith(prefix));
  return {
    values: context.sections[name] ?? {},
    sources: Object.fromEntries(own.map(([option, source]) => [option.slice(prefix.length), source])),
  };
};

const loadManifests = (context: ScopeContext, planners: readonly Planner[], from: string, at: number): Loaded => {
  const manifests: Manifests = readManifests(from);
  for (const { where, message } of manifests.problems) context.terminal.err(`${where}: ${message}`);
  const planned = planners.map(
    (planner) => [planner, planner.fromManifests(manifests, settingsOf(context, planner))] as const,
  );
  return { planned: new Map(planned), source: from, at, incomplete: manifests.problems.length > 0 };
};

const loadCluster = async (context: ScopeContext, planners: readonly Planner[], at: number): Promise<Loaded> => {
  const { terminal } = context;
  const reader = await openReader(context.options, (notice) => terminal.err(notice));
  try {
    const progress = createProgress(terminal, systemClock, { label: 'objects read' });
    const planned = new Map<Planner, Planned>();
    for (const planner of planners) {
      const read = {
        client: reader.client,
        onNotice: (notice: string) => terminal.err(`notice: ${notice}`),
        onProgress: progress.add,
      };
      planned.set(planner, await planner.fromCluster(read, settingsOf(context, planner)));
    }
    progress.done();
    const version = await reader.client.request({ method: 'GET', path: '/version' });
    const { gitVersion } = (version.body ?? {}) as { gitVersion?: string };
    return {
      planned,
      context: reader.endpoint.contextName,
      source: 'cluster',
      at,
      incomplete: false,
      ...(gitVersion !== undefined && { serverVersion: gitVersion }),
    };
  } finally {
    reader.close();
  }
};

/** Whether an object is among those asked for with `-n` and `-l`. */
export const isAskedFor = ({ options }: ScopeContext, planned: Planned, object: ObjectReference): boolean => {
  const { namespace, allNamespaces, selector } = options;
  if (namespace !== undefined && !allNamespaces && (object.namespace ?? object.name) !== namespace) return false;
  return selector === undefined || matchesLabels(selector, planned.labels(object));
};

/** Every decision asked for, of every controller. */
export const decisionsOf = (context: ScopeContext, loaded: Loaded): { decision: Decision; planned: Planned }[] =>
  [...loaded.planned.values()].flatMap((planned) =>
    [...planned.decisions(loaded.at)]
      .filter((decision) => isAskedFor(context, planned, decision.object))
      .map((decision) => ({ decision, planned })),
  );
