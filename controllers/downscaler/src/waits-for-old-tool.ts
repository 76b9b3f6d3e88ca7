import { RESOURCES } from '@kube-steward/kube';
import { ACTS } from './old-tool.ts';
import { holdBack, type Guard } from './objection.ts';
import type { View } from './observe.ts';

/** How long until it is looked again whether the old tool is gone. */
export const LOOK_AGAIN_MS = 30_000;

/** `namespace/name` of a Deployment of an old tool that acts just now, where Deployments are read. */
export const actingToolIn = ({ workloads }: View): string | undefined => {
  const { plural, group } = RESOURCES.deployments;
  for (const [{ resource }, store] of workloads) {
    if (resource.plural !== plural || resource.group !== group) continue;
    const [found] = store.byIndex('oldTool', ACTS);
    if (found) return `${found.metadata.namespace}/${found.metadata.name}`;
  }
  return undefined;
};

/** One sentence for the log, for `/readyz` and for what is held back. */
export const describeActing = (tool: string): string =>
  `${tool} puts workloads to sleep as well: nothing is changed until it is stopped, or with --ignore-old-downscaler`;

/** Two downscalers with different rules would undo each other's work, and overwrite each other's originals. */
export const waitsForOldTool: Guard = (decision, { circumstances: { oldTool }, now }) =>
  oldTool === undefined
    ? undefined
    : holdBack(decision, {
        reason: 'OldDownscalerRuns',
        message: describeActing(oldTool),
        until: now + LOOK_AGAIN_MS,
      });
