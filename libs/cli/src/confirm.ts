import { CliError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/**
 * Whether to go on with what was just shown: yes where `--yes` was given, else what the person at the terminal answers.
 *
 * @throws CliError (exit code 64) without `--yes` where nobody can be asked
 */
export const confirm = async (
  terminal: Terminal,
  question: string,
  { yes }: { readonly yes: boolean },
): Promise<boolean> => {
  if (yes) return true;
  if (!terminal.isInteractive)
    throw new CliError([
      {
        kind: 'usage',
        message: 'nobody can be asked, because standard input is no terminal: --yes goes on without asking',
      },
    ]);
  const answer = await terminal.ask(`${question} [y/N] `);
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
};
