import { resolveOptions, flagName } from '@kube-steward/cli';
import { DOWNSCALER_OPTIONS, type FoundTool, type OldTool } from '@kube-steward/downscaler';
import type { KubeObject } from '@kube-steward/kube';
import type { Settings } from '../planners.ts';
import { goRules } from './go.ts';
import { kubeGreenRules } from './kube-green.ts';
import { GO_FLAGS, PY_FLAGS, readOldSettings, wordsOf } from './old-settings.ts';
import type { OldRules } from './old-rules.ts';
import type { OldWorld } from './old-world.ts';
import { pyRules } from './py.ts';

/** What an old tool is started with. */
export interface StartedWith {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What `--old-args` says, else what the Deployment that was found is started with, else nothing but its defaults. */
export const startedWith = async (
  oldArgs: string | undefined,
  tool: FoundTool<string> | undefined,
  world: Pick<OldWorld, 'configMap'>,
): Promise<StartedWith> => {
  const env = tool ? await environmentOf(tool, world) : {};
  return { args: oldArgs === undefined ? (tool?.args ?? []) : wordsOf(oldArgs), env };
};

const environmentOf = async (
  { namespace, env, envFrom }: FoundTool<string>,
  world: Pick<OldWorld, 'configMap'>,
): Promise<Record<string, string | undefined>> => {
  const dataOf = async (name: string): Promise<Readonly<Record<string, string>>> =>
    ((await world.configMap(namespace, name)) as { data?: Record<string, string> } | undefined)?.data ?? {};
  const variables: Record<string, string | undefined> = {};
  for (const name of envFrom) Object.assign(variables, await dataOf(name));
  for (const { name, value, configMap } of env)
    variables[name] = configMap ? (await dataOf(configMap.name))[configMap.key] : value;
  return variables;
};

/** The rules of an old tool that is started so. @throws CliError naming every flag that it does not know */
export const oldRules = (
  tool: OldTool,
  { args, env }: StartedWith,
  objects: readonly KubeObject[],
  bad: (message: string) => void,
): OldRules => {
  switch (tool) {
    case 'py':
      return pyRules(readOldSettings(PY_FLAGS, args, env));
    case 'go':
      return goRules(readOldSettings(GO_FLAGS, args, env));
    case 'kube-green':
      return kubeGreenRules(objects, bad);
  }
};

const FLAGS = { py: PY_FLAGS, go: GO_FLAGS } as const;

/** Flags the downscaler takes as well. */
const TAKEN = new Set(
  Object.entries(DOWNSCALER_OPTIONS).flatMap(([name, spec]) => [
    flagName(name),
    ...('aliases' in spec ? spec.aliases : []),
  ]),
);

/**
 * The downscaler's settings, where nobody chose others: those of the old tool, whose flags and environment keep working.
 *
 * @throws CliError for a value that is not taken here
 */
export const withOldSettings = (settings: Settings, tool: OldTool, { args, env }: StartedWith): Settings => {
  if (tool === 'kube-green') return settings;
  const { flags } = readOldSettings<string>(FLAGS[tool], args, env);
  const argv = flags.filter((flag) => TAKEN.has(flag.slice(2, flag.indexOf('='))));
  const old = resolveOptions(DOWNSCALER_OPTIONS, { argv, env });
  const values: Record<string, unknown> = { ...settings.values };
  const sources: Record<string, Settings['sources'][string]> = { ...settings.sources };
  for (const [name, source] of Object.entries(old.sources)) {
    const own = OWN_NAMES[name] ?? name;
    if (source.from === 'default' || (settings.sources[own]?.from ?? 'default') !== 'default') continue;
    values[own] = (old.values as Readonly<Record<string, unknown>>)[name];
    sources[own] = source;
  }
  return { values, sources };
};

/** On this command's line these two choose what is shown; the controller's own go by other names. */
const OWN_NAMES: Readonly<Record<string, string>> = { namespace: 'ownNamespaces', selector: 'ownSelector' };
