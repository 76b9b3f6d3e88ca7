import { createProgress, type CommandContext } from '@kube-steward/cli';
import { isNotFound, isForbidden, matchesLabels, type Client } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { systemClock } from '@kube-steward/schedule';
import { apiFailure } from './api-failure.ts';
import { tellManifests } from './tell-manifests.ts';
import type { CLUSTER_OPTIONS, SCOPE_OPTIONS } from './options.ts';
import type { Planned, Planner, SECTIONS_OF_SCHEDULED, Settings } from './planners.ts';
import { NO_DOUBT, blockUnknown, doubtOf, type Doubt } from './unknown-namespaces.ts';

/** What the commands that look at objects are run with. */
export type ScopeContext = CommandContext<typeof CLUSTER_OPTIONS & typeof SCOPE_OPTIONS, typeof SECTIONS_OF_SCHEDULED>;

/** A cluster, or manifests, as the asked controllers see it. */
export interface Loaded {
  readonly planned: ReadonlyMap<Planner, Planned>;
  /** The kubeconfig context; absent for manifests. */
  readonly context?: string;
  /** `cluster`, or what the manifests were read from. */
  readonly source: string;
  readonly serverVersion?: string;
  /** The moment asked for. */
  readonly at: number;
  /** Something could not be read: answers are partial. */
  readonly incomplete: boolean;
  readonly doubt: Doubt;
}

/** Reads what `--from` names, or else the cluster. */
export const load = async (context: ScopeContext, planners: readonly Planner[]): Promise<Loaded> => {
  const at = context.options.at ?? systemClock.now();
  const { from } = context.options;
  return from === undefined ? loadCluster(context, planners, at) : loadManifests(context, planners, from, at);
};

/** The settings of a controller: the values of its section, and where they came from. */
export const settingsOf = (context: Pick<ScopeContext, 'sections' | 'sources'>, name: Planner['name']): Settings => {
  const prefix = `${name}.`;
  const own = Object.entries(context.sources).filter(([option]) => option.startsWith(prefix));
  return {
    values: (context.sections as Readonly<Record<string, Settings['values']>>)[name] ?? {},
    sources: Object.fromEntries(own.map(([option, source]) => [option.slice(prefix.length), source])),
  };
};

const loadManifests = async (
  context: ScopeContext,
  planners: readonly Planner[],
  from: string,
  at: number,
): Promise<Loaded> => {
  const { terminal } = context;
  const { manifests, source } = await tellManifests(terminal, from);
  const planned = planners.map(
    (planner) => [planner, planner.fromManifests(manifests, settingsOf(context, planner.name))] as const,
  );
  return {
    planned: new Map(planned),
    source,
    at,
    incomplete: manifests.problems.length > 0,
    doubt: doubtOf(manifests),
  };
};

const loadCluster = async (context: ScopeContext, planners: readonly Planner[], at: number): Promise<Loaded> => {
  const { terminal, options, env } = context;
  const { openReader } = await import('./reader.ts');
  const reader = await openReader({ cluster: options, env, onNotice: (notice) => terminal.err(notice) });
  const progress = createProgress(terminal, systemClock, { label: `${reader.context}: objects read` });
  try {
    const planned = new Map<Planner, Planned>();
    const read = {
      client: reader.client,
      namespace: askedNamespace(context),
      onNotice: (notice: string) => terminal.err(`notice: ${notice}`),
      onProgress: (count: number) => progress.add(count),
    };
    for (const planner of planners)
      planned.set(planner, await planner.fromCluster(read, settingsOf(context, planner.name)));
    const serverVersion = await versionOf(reader.client);
    return {
      planned,
      context: reader.context,
      source: 'cluster',
      at,
      incomplete: false,
      doubt: NO_DOUBT,
      ...(serverVersion !== undefined && { serverVersion }),
    };
  } catch (error) {
    throw apiFailure(error, reader.context);
  } finally {
    progress.done();
    reader.close();
  }
};

/** For the heading of the answer alone: a server that keeps it to itself is no failure. */
const versionOf = async (client: Client): Promise<string | undefined> => {
  try {
    const { body } = await client.request({ method: 'GET', path: '/version' });
    return (body as { gitVersion?: string } | undefined)?.gitVersion;
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return undefined;
    throw error;
  }
};

/** The one namespace asked for; `undefined`: all of them. */
export const askedNamespace = ({ options }: ScopeContext): string | undefined =>
  options.allNamespaces ? undefined : options.namespace;

/** Whether an object is among those asked for with `-n` and `-l`. */
export const isAskedFor = (context: ScopeContext, planned: Planned, object: ObjectReference): boolean => {
  const namespace = askedNamespace(context);
  if (namespace !== undefined && (object.namespace ?? object.name) !== namespace) return false;
  const { selector } = context.options;
  return selector === undefined || matchesLabels(selector, planned.labels(object));
};

/** A decision, and the controller's view that it was made from. */
export interface PlannedDecision {
  readonly decision: Decision;
  readonly planned: Planned;
}

/** Every decision asked for, of every controller. */
export const decisionsOf = (context: ScopeContext, loaded: Loaded): PlannedDecision[] =>
  [...loaded.planned.values()].flatMap((planned) =>
    Array.from(planned.decisions(loaded.at))
      .filter((decision) => isAskedFor(context, planned, decision.object))
      .map((decision) => ({
        decision: planned.followsNamespaces ? blockUnknown(decision, loaded.doubt) : decision,
        planned,
      })),
  );
