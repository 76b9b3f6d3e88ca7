import {
  clockJumps,
  type Controller,
  type ControllerContext,
  type ControllerDefinition,
  type OnceResult,
} from '@kube-steward/controller';
import { EXIT } from '@kube-steward/cli';
import type { Resource } from '@kube-steward/kube';
import { RENDERERS, createPlan } from '@kube-steward/plan';
import { adviceOn } from './advice.ts';
import { createMemory } from './circumstances.ts';
import { policyOf } from './configure.ts';
import { decideAll } from './decide-all.ts';
import { discoverDefinitions } from './discover-definitions.ts';
import { createFollower } from './follow.ts';
import { allKeys } from './keys.ts';
import { fieldsOfKey } from './log-fields.ts';
import { createDownscalerMetrics, createWakeMetrics } from './metrics.ts';
import { NAME } from './names.ts';
import { sourcesOf, type Sources, type View } from './observe.ts';
import { DOWNSCALER_OPTIONS } from './options.ts';
import type { Policy } from './policy.ts';
import { pollNamespaces } from './poll-namespaces.ts';
import type { Reason } from './reasons.ts';
import { createReconcile } from './reconcile.ts';
import { warnOfHeld } from './tell.ts';
import { VERSION } from './version.ts';
import { actingToolIn, describeActing } from './waits-for-old-tool.ts';
import { watch } from './watch.ts';

type Context = ControllerContext<typeof DOWNSCALER_OPTIONS>;

/** How many objects are worked on at once: patches overlap, up to the limit of `--qps`. */
const CONCURRENCY = 16;

const setup = async (context: Context): Promise<Controller> => {
  const { options, client, clock, log, informers } = context;
  const definitions = await discoverDefinitions(client, options.scaleTarget);
  const policy = policyOf({ values: options, sources: context.optionSources }, context.ownNamespace, definitions);
  const sources = sourcesOf(policy);
  const names = policy.namespaces.only;
  const polled =
    names.length > 0 ? pollNamespaces({ client, clock, log, names, project: sources.namespaces.project }) : undefined;
  if (polled) log.info('webhooks and aggregated APIs are not looked at with --namespace: exclude what serves them');
  const { view, keySources } = watch(informers, sources, policy, polled);
  const { events: recorder, queue } = context;
  const metrics = createDownscalerMetrics(context.metrics, options.dryRun);
  // A dry run beside the old tool is how the two are compared.
  const oldTool = options.ignoreOldDownscaler || options.dryRun ? () => undefined : () => actingToolIn(view);
  const describeOldTool = (): string | undefined => {
    const found = oldTool();
    return found === undefined ? undefined : describeActing(found);
  };
  const memory = createMemory({
    oldTool,
    view,
    policy,
    agreed: options.yes,
    onHeld(held, { namespace }) {
      log.warn({ reason: 'MassSleepHeld' satisfies Reason, namespace: namespace?.metadata.name }, held.message);
      warnOfHeld({ recorder, dryRun: options.dryRun }, held, namespace);
    },
    onHolding: (count) => metrics.holding(count),
    onLeft: (manager) => metrics.leftTo(manager),
  });
  const follower = options.dryRun
    ? undefined
    : createFollower({ policy, clock, client, recorder, queue, metrics: createWakeMetrics(context.metrics) });
  return {
    sources: [...keySources, clockJumps(clock, () => allKeys(view))],
    reconcile: createReconcile({
      view,
      policy,
      clock,
      client,
      recorder,
      metrics,
      memory,
      follower,
      dryRun: options.dryRun,
    }),
    describe: (key) => fieldsOfKey(view, key),
    isOptional: (resource) => isOptional(sources, resource),
    readyz: [{ name: 'old-downscaler', check: describeOldTool }],
    async onSynced() {
      await polled?.known(context.signal);
      const held = describeOldTool();
      if (held !== undefined) log.warn({ reason: 'OldDownscalerRuns' satisfies Reason }, held);
    },
    onOnce: (result) => report(context, view, policy, result),
  };
};

/** A kind that is not installed just now, or a companion that may not be read, is no reason not to be ready. */
const isOptional = (
  { workloads, awakePods, callers, services, namespaces, configMaps }: Sources,
  { group, plural }: Resource,
): boolean =>
  [...workloads.values(), awakePods, ...callers, services, namespaces, ...configMaps].some(
    ({ resource, optional }) => optional && resource.plural === plural && resource.group === group,
  );

/** With `--once --dry-run` the plan is the output. */
const report = (
  { options, endpoint, clock, stdout, log }: Context,
  view: View,
  policy: Policy,
  result: OnceResult,
): number => {
  for (const unread of result.unread) log.warn(`not read: ${unread}`);
  if (options.dryRun) {
    const now = clock.now();
    const decisions = [...decideAll(view, policy, now)];
    const advice = adviceOn(view, policy, decisions);
    const plan = createPlan(decisions, { context: endpoint.contextName, at: now, advice });
    stdout.write(RENDERERS.json(plan));
  }
  return result.failures > 0 ? EXIT.error : EXIT.ok;
};

/** The downscaler, as `runController` takes it. */
export const DOWNSCALER: ControllerDefinition<typeof DOWNSCALER_OPTIONS> = {
  name: NAME,
  version: VERSION,
  description: 'Puts workloads to sleep outside their uptime, and brings them back to what they were.',
  options: DOWNSCALER_OPTIONS,
  concurrency: CONCURRENCY,
  setup,
};
