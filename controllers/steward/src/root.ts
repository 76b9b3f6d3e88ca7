import { defineCommand, type Command } from '@kube-steward/cli';
import { backtestCommand } from './commands/backtest.ts';
import { completionCommand } from './commands/completion.ts';
import { sleepCommand, wakeCommand } from './commands/exceptions.ts';
import { explainCommand } from './commands/explain.ts';
import { janitorCommand } from './commands/janitor.ts';
import { migrateCommand } from './commands/migrate.ts';
import { planCommand } from './commands/plan.ts';
import { downscalerCommand } from './commands/restore.ts';
import { rulesCommand } from './commands/rules.ts';
import { sandboxCommand } from './commands/sandbox.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { versionCommand } from './commands/version.ts';

/** The whole command line. */
export const rootCommand: Command = defineCommand({
  name: 'steward',
  summary:
    'Show what the controllers of kube-steward would do on a cluster, and why. Writes nothing but with wake, sleep, restore and ack, which ask first.',
  commands: [
    planCommand,
    explainCommand,
    scheduleCommand,
    wakeCommand,
    sleepCommand,
    downscalerCommand,
    janitorCommand,
    rulesCommand,
    migrateCommand,
    backtestCommand,
    sandboxCommand,
    completionCommand,
    versionCommand,
  ],
});
