import { EXIT, createTerminal } from '@kube-steward/cli';
import { runDemo } from './demo.ts';

const { stdout, stderr, env } = process;
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});
const terminal = createTerminal({ stdout, stderr, env });
try {
  const { exitCode } = await runDemo({ terminal });
  process.exitCode = exitCode;
} catch (error) {
  terminal.err(`The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = EXIT.error;
}
