import { EXIT, createTerminal, runCommand } from '@kube-steward/cli';
import { rootCommand } from './root.ts';

const { stdin, stdout, stderr, env, argv } = process;
const terminal = createTerminal({ stdin, stdout, stderr, env });

// The sandbox runs until it is interrupted, and ends by itself.
if (argv[2] !== 'sandbox') {
  process.once('SIGINT', () => {
    terminal.status('');
    process.exit(EXIT.interrupted);
  });
}
// Whoever reads the first lines only (`| head`) has got what he wanted.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
}
process.exitCode = await runCommand(rootCommand, { argv: argv.slice(2), env, terminal, onlyOwnEnv: true });
