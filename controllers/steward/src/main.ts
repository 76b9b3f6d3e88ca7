import { EXIT, createTerminal, runCommand } from '@kube-steward/cli';
import { rootCommand } from './root.ts';

const { stdout, stderr, env, argv } = process;
const terminal = createTerminal({ stdout, stderr, env });
if (argv[2] !== 'sandbox') process.once('SIGINT', () => process.exit(EXIT.interrupted));
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});
process.exitCode = await runCommand(rootCommand, { argv: argv.slice(2), env, terminal, onlyOwnEnv: true });
