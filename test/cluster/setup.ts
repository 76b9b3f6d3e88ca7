/** Makes the programs of a cluster that are not there yet. Arguments: names of groups; none: all of them. */
import { EXIT, createProgress, createTerminal, messageOf, type ExitCode } from '@kube-steward/cli';
import { systemClock } from '@kube-steward/schedule';
import { findKubectl } from '../tools/kubectl.ts';
import { missingOf } from './binaries.ts';
import { make } from './build.ts';
import { groupsOf, type Group } from './groups.ts';

const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env });

/** Fetched as it is; everything else is built. */
const KUBECTL = 'kubectl';

const main = async (asked: readonly string[]): Promise<ExitCode> => {
  const groups = groupsOf();
  const names = [...groups.map(({ name }) => name), KUBECTL];
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    terminal.err(`no group ${unknown.join(', ')}; there are: ${names.join(', ')}`);
    return EXIT.usage;
  }
  const wanted = asked.length > 0 ? asked : names;
  for (const group of groups.filter(({ name }) => wanted.includes(name))) await complete(group);
  if (wanted.includes(KUBECTL)) terminal.err(`${KUBECTL}: ${await findKubectl()}`);
  return EXIT.ok;
};

const complete = async (group: Group): Promise<void> => {
  const title = `${group.name} ${group.version}`;
  const missing = missingOf(group);
  if (missing.length === 0) terminal.err(`${title}: there`);
  for (const [index, file] of missing.entries()) {
    const built = group.programs[file] !== undefined;
    const place = `${file} (${index + 1} of ${missing.length})`;
    if (built) terminal.err(`${title}: building ${place}; about ${group.buildMinutes} minutes for all of it`);
    const progress = createProgress(terminal, systemClock, { label: `${place}, packages` });
    const begun = performance.now();
    await make(group, file, () => progress.add(1)).finally(() => progress.done());
    if (built) terminal.err(`${title}: ${file} built in ${Math.round((performance.now() - begun) / 1000)} s`);
    else terminal.err(`${title}: ${file} copied`);
  }
};

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  terminal.err(messageOf(error));
  return EXIT.error;
});
