/** Builds the programs of a cluster that are not there yet. Arguments: names of groups; none: all of them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf, missingOf } from './binaries.ts';
import { groupsOf, type Group } from './groups.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const fail = (text: string, code: number): never => {
  say(text);
  process.exit(code);
};

const build = (group: Group, file: string): void => {
  const folder = folderOf(group);
  mkdirSync(folder, { recursive: true });
  const flags = ['-trimpath', '-ldflags', `-s -w ${group.ldflags ?? ''}`, '-o', join(folder, file)];
  const { status, error } = spawnSync('go', ['build', ...flags, group.programs[file] ?? ''], {
    cwd: fileURLToPath(new URL(`go/${group.folder}`, import.meta.url)),
    env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error)
    fail(`go: ${error.message}: install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with ${file}`, 1);
  if (status !== 0) fail(`${file} ${group.version} could not be built`, 1);
};

const asked = process.argv.slice(2);
const groups = groupsOf();
const unknown = asked.filter((name) => !groups.some((group) => group.name === name));
if (unknown.length > 0)
  fail(`no group ${unknown.join(', ')}; there are: ${groups.map(({ name }) => name).join(', ')}`, 64);

for (const group of groups.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const missing = missingOf(group);
  if (missing.length === 0) say(`${group.name} ${group.version}: there`);
  for (const [index, file] of missing.entries()) {
    say(
      `${group.name} ${group.version}: building ${file} (${index + 1} of ${missing.length}; about ${group.buildMinutes} minutes in all)`,
    );
    const begun = performance.now();
    build(group, file);
    say(`${group.name} ${group.version}: ${file} built in ${Math.round((performance.now() - begun) / 1000)} s`);
  }
}
