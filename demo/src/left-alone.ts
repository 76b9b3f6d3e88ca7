import { DOWNSCALER_OPTIONS, decideAll, policyOf, readCalendars, viewOfManifests } from '@kube-steward/downscaler';
import { loadConfigText, resolveOptions } from '@kube-steward/cli';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import type { Cluster } from '@kube-steward/sandbox';
import { CONFIG } from './episodes.ts';
import { INCLUDED } from './stage.ts';
import { ROWS } from './sleepers.ts';

/** Workloads that nothing was done to, for one reason. */
export interface LeftAlone {
  readonly reason: string;
  readonly message: string;
  /** Where it is written; empty where the message says so. */
  readonly decidedBy: string;
  readonly workloads: readonly string[];
}

/**
 * Why what did not move did not, by the plan that `steward` would print. Only what has a reason of its own: an autoscaler
 * that is left to its target has none.
 */
export const leftAlone = (cluster: Cluster, now: number, hasMoved: (title: string) => boolean): LeftAlone[] => {
  const argv = [`--include-resources=${INCLUDED.join(',')}`];
  const config = loadConfigText(CONFIG, { path: 'config.yaml' }).section('downscaler');
  const policy = policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv, ...(config && { config }) }));
  const { namespaces, configMaps } = RESOURCES;
  const objects = [...ROWS.map(({ resource }) => resource), namespaces, configMaps].flatMap((r) => cluster.list(r));
  const view = viewOfManifests(objects, policy);
  readCalendars(view, policy);
  const groups = new Map<string, LeftAlone>();
  for (const decision of decideAll(view, policy, now)) {
    const title = `${decision.object.kind} ${decision.object.namespace ?? ''}/${decision.object.name}`;
    if (decision.object.kind === 'HorizontalPodAutoscaler' || hasMoved(title)) continue;
    const { reason, message } = decision;
    const decidedBy = describeSource(decision);
    const key = [reason, message, decidedBy].join();
    const workloads = [...(groups.get(key)?.workloads ?? []), nameOf(decision)];
    groups.set(key, { reason, message, decidedBy, workloads });
  }
  return [...groups.values()].sort((a, b) => a.reason.localeCompare(b.reason));
};

const describeSource = ({ message, decidedBy: { source, key = '' } = { source: 'default' } }: Decision): string => {
  if (source === 'default') return 'by default';
  if (message.startsWith(key)) return '';
  return `${key} on ${source === 'object' ? 'the workload' : source}`;
};

const nameOf = ({ object }: Decision): string => `${object.namespace ?? ''}/${object.name}`;

/** All that is loaded, by what it is. */
export const countOf = (manifests: readonly Unstructured[], kind: string): number =>
  manifests.filter((object) => object.kind === kind).length;
