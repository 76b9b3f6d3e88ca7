import type { Terminal } from '@kube-steward/cli';
import { STDIN } from './manifest-files.ts';
import { readManifests, type Manifests } from './manifests.ts';

/** Reads what `--from` names, and tells on standard error what is odd or wrong about it. */
export const tellManifests = async (
  terminal: Pick<Terminal, 'err' | 'errStyle'>,
  from: string,
): Promise<{ readonly manifests: Manifests; readonly source: string }> => {
  const manifests = await readManifests(from);
  for (const notice of manifests.notices) terminal.err(`notice: ${notice}`);
  for (const { where, message } of manifests.problems)
    terminal.err(`${terminal.errStyle('red', 'error')}: ${where}: ${message}`);
  return { manifests, source: from === '-' ? STDIN : from };
};
