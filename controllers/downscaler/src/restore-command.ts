import { defineCommand, defineOptions, type Command, type CommandContext } from '@kube-steward/cli';
import { runtimeOptions } from '@kube-steward/controller';
import { createClient, createTransport, loadEndpoint, userAgentOf, type Client } from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';
import { policyOf, type DownscalerSettings } from './configure.ts';
import { discoverDefinitions } from './discover-definitions.ts';
import { leaseHolders } from './lease-holder.ts';
import { NAME } from './names.ts';
import { DOWNSCALER_OPTIONS } from './options.ts';
import { ALL, requireAll, restoreFound, showFound, warnOfHolders } from './restore-report.ts';
import { findAsleep } from './restore.ts';
import { VERSION } from './version.ts';

const { config, kubeconfig, context, qps, burst, requestTimeout, dryRun, showConfig } = runtimeOptions({
  name: NAME,
  concurrency: 1,
});

const OPTIONS = defineOptions({
  all: ALL,
  dryRun: { ...dryRun, description: 'Shows what would be brought back, and changes nothing.' },
  ...{ config, kubeconfig, context, qps, burst, requestTimeout, showConfig },
});

type Context = CommandContext<typeof OPTIONS, { readonly downscaler: typeof DOWNSCALER_OPTIONS }>;

/** Brings everything back, without asking anybody: for the moment at which the downscaler is taken away. */
const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Bring back everything that sleeps, before the downscaler is taken away. Asks nobody.',
  examples: [['downscaler restore --all', 'every kind, in the whole cluster']],
  options: OPTIONS,
  sections: { downscaler: DOWNSCALER_OPTIONS },
  async run(given: Context) {
    const { options, env, terminal } = given;
    requireAll(options.all);
    const onNotice = (notice: string): void => terminal.err(`notice: ${notice}`);
    const endpoint = await loadEndpoint({ kubeconfig: options.kubeconfig, context: options.context, env, onNotice });
    const transport = createTransport(endpoint, { qps: options.qps, burst: options.burst });
    const client = createClient(transport, { readOnly: options.dryRun, userAgent: userAgentOf(NAME, VERSION) });
    try {
      return await restore(client, given, env['POD_NAMESPACE'] || endpoint.namespace);
    } finally {
      transport.close();
    }
  },
});

const restore = async (client: Client, given: Context, home: string): Promise<number> => {
  const { options, sections, terminal } = given;
  const { namespace: namespaces, scaleTarget } = sections.downscaler;
  const policy = policyOf(settingsOf(given), undefined, await discoverDefinitions(client, scaleTarget));
  const found = await findAsleep(client, policy, { namespaces, now: systemClock.now() });
  warnOfHolders(await leaseHolders(client, { now: systemClock.now(), home }), terminal);
  return options.dryRun
    ? showFound(found, policy, terminal)
    : restoreFound(found, { client, policy, clock: systemClock, terminal });
};

const settingsOf = ({ sections, sources }: Context): DownscalerSettings => ({
  values: sections.downscaler,
  sources: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name.replace(`${NAME}.`, ''), source])),
});

/** The words the program knows beside running the controller. */
export const WORDS: Command = defineCommand({
  name: NAME,
  summary: 'The downscaler; without a further word it runs the controller.',
  commands: [restoreCommand],
});
