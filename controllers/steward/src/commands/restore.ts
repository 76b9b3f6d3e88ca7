import { EXIT, confirm, defineCommand, defineOptions, type CommandContext } from '@kube-steward/cli';
import {
  ALL,
  discoverDefinitions,
  findAsleep,
  leaseHolders,
  requireAll,
  restoreFound,
  showFound,
  warnOfHolders,
} from '@kube-steward/downscaler';
import type { Client } from '@kube-steward/kube';
import { systemClock } from '@kube-steward/schedule';
import { apiFailure } from '../api-failure.ts';
import { downscalerPolicy } from '../downscaler-planner.ts';
import { settingsOf } from '../load.ts';
import { CLUSTER_OPTIONS, SCOPE_OPTIONS, WRITING_OPTIONS } from '../options.ts';
import { SECTIONS_OF_SCHEDULED } from '../planners.ts';
import { openWriter } from '../reader.ts';

const { namespace, allNamespaces, config, showConfig } = SCOPE_OPTIONS;

const OPTIONS = defineOptions({
  all: ALL,
  ...WRITING_OPTIONS,
  ...CLUSTER_OPTIONS,
  ...{ namespace, allNamespaces, config, showConfig },
});
type Context = CommandContext<typeof OPTIONS, typeof SECTIONS_OF_SCHEDULED>;

const restoreCommand = defineCommand({
  name: 'restore',
  summary: 'Bring back everything that sleeps, of every kind. Shows it, and asks first.',
  examples: [
    ['steward downscaler restore --all', 'everything that carries an original'],
    ['steward downscaler restore --all -n team-shop --yes', 'in one namespace, without asking'],
  ],
  options: OPTIONS,
  sections: SECTIONS_OF_SCHEDULED,
  async run(context) {
    const { options, env, terminal } = context;
    requireAll(options.all);
    const writer = await openWriter({ cluster: options, env, onNotice: (notice) => terminal.err(notice) }, options);
    try {
      return await restore(context, writer.client);
    } catch (error) {
      throw apiFailure(error, writer.context);
    } finally {
      writer.close();
    }
  },
});

const restore = async (context: Context, client: Client): Promise<number> => {
  const { options, terminal } = context;
  const settings = settingsOf(context, 'downscaler');
  const targets = (settings.values['scaleTarget'] ?? []) as readonly string[];
  const policy = downscalerPolicy(settings, await discoverDefinitions(client, targets));
  const namespaces = options.namespace === undefined || options.allNamespaces ? [] : [options.namespace];
  const now = systemClock.now();
  const found = await findAsleep(client, policy, { namespaces, now });
  const shown = showFound(found, policy, terminal);
  if (found.restorations.length === 0 || options.dryRun) return shown;
  warnOfHolders(await leaseHolders(client, { now }), terminal);
  if (!(await confirm(terminal, 'Bring it back?', options))) {
    terminal.err('nothing was written');
    return EXIT.error;
  }
  const told = { restorations: found.restorations, unread: [] };
  return (await restoreFound(told, { client, policy, clock: systemClock, terminal })) || shown;
};

/** What concerns the downscaler alone. */
export const downscalerCommand = defineCommand({
  name: 'downscaler',
  summary: 'Bring back what the downscaler put to sleep.',
  commands: [restoreCommand],
});
