import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { groupsOf, type Group } from './groups.ts';

/** Where the programs of a group are kept: outside the checkout, so that a fresh clone starts warm. */
export const folderOf = ({ name, version }: Group, env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kube-steward', `${name}-${version}`);

/** The names of its programs, and of the files that go with them. */
const filesOf = ({ programs, files }: Group): string[] => [
  ...Object.keys(programs),
  ...(files?.paths ?? []).map((path) => basename(path)),
];

const pathOf = (group: Group, file: string, env: NodeJS.ProcessEnv): string | undefined => {
  const assets = env['KUBEBUILDER_ASSETS'];
  const places = [...(assets ? [assets] : []), folderOf(group, env)];
  return places.map((folder) => join(folder, file)).find((path) => existsSync(path));
};

/** What of a group is nowhere to be found. */
export const missingOf = (group: Group, env: NodeJS.ProcessEnv = process.env): string[] =>
  filesOf(group).filter((file) => pathOf(group, file, env) === undefined);

/**
 * The path of a program, or of a file that goes with one: from `KUBEBUILDER_ASSETS`, else from the cache that
 * `npm run cluster:setup` fills.
 *
 * @throws Error that says how to get it
 */
export const findFile = (file: string, env: NodeJS.ProcessEnv = process.env): string => {
  const group = groupsOf(env).find((each) => filesOf(each).includes(file));
  if (!group) throw new Error(`no group of programs has ${file}`);
  const path = pathOf(group, file, env);
  if (path !== undefined) return path;
  throw new Error(
    `${file} ${group.version} is not there: run "npm run cluster:setup ${group.name}" (needs Go, builds about ${group.buildMinutes} minutes), ` +
      'or set KUBEBUILDER_ASSETS to a folder that has it',
  );
};
