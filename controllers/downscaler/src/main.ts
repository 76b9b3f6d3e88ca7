import { createTerminal, runCommand } from '@kube-steward/cli';
import { runController } from '@kube-steward/controller';
import { systemClock } from '@kube-steward/schedule';
import { DOWNSCALER } from './controller.ts';
import { WORDS } from './restore-command.ts';

const { env, stdout, stderr } = process;
const argv = process.argv.slice(2);
const host = { argv, env, stdout, stderr, clock: systemClock, signals: process };
process.exit(
  argv[0] === 'restore'
    ? await runCommand(WORDS, { argv, env, terminal: createTerminal({ stdout, stderr, env }) })
    : await runController(DOWNSCALER, host).done,
);
