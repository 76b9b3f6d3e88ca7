import { runController } from '@kube-steward/controller';
import { systemClock } from '@kube-steward/schedule';
import { JANITOR } from './controller.ts';

const { argv, env, stdout, stderr } = process;
const host = { argv: argv.slice(2), env, stdout, stderr, clock: systemClock, signals: process };
process.exit(await runController(JANITOR, host).done);
