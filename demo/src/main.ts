import { EXIT, createTerminal } from '@kube-steward/cli';
import { runDemo } from './demo.ts';
import { runJanitorDemo } from './janitor/demo.ts';

const { stdout, stderr, env } = process;
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});
const terminal = createTerminal({ stdout, stderr, env });
try {
  const janitor = await runJanitorDemo({ terminal });
  terminal.out('\n\n');
  const { exitCode } = await runDemo({ terminal });
  process.exitCode = Math.max(janitor.exitCode, exitCode);
} catch (error) {
  terminal.err(`The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = EXIT.error;
}
