import { createTerminal } from '@kube-steward/cli';
import { runDemo } from './demo.ts';

const { stdout, stderr, env } = process;
const { exitCode } = await runDemo({ terminal: createTerminal({ stdout, stderr, env }) });
process.exitCode = exitCode;
