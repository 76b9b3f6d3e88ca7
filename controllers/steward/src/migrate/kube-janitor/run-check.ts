import { readFileSync } from 'node:fs';
import { CliError, flagName, loadConfigText, messageOf, resolveOptions, type ConfigValue } from '@kube-steward/cli';
import { JANITOR_OPTIONS, type RuleSet } from '@kube-steward/janitor';
import { matchesLabels } from '@kube-steward/kube';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import { systemClock } from '@kube-steward/schedule';
import { janitorPlanner } from '../../janitor-planner.ts';
import { askedNamespace, settingsOf, type ScopeContext } from '../../load.ts';
import { parseDocuments } from '../../manifest-text.ts';
import type { Planned, Settings } from '../../planners.ts';
import { rulesIn, rulesOf } from '../../rules/rules-file.ts';
import { BadOldValue } from '../old-rules.ts';
import { readOldSettings } from '../old-settings.ts';
import { startedWith, type StartedWith } from '../started-with.ts';
import { compareJanitors, type Subject } from './check.ts';
import { janitorOf, rulesPlace, type FoundJanitor } from './found.ts';
import { kubeJanitor, type Listed, type OldJanitor } from './kube-janitor.ts';
import type { JanitorCheck } from './render.ts';
import { oldRulesOf } from './rules.ts';
import { JANITOR_FLAGS, type JanitorSettings } from './settings.ts';
import { configMapIn, readWorld, type JanitorWorld } from './world.ts';

/** What the command line says of kube-janitor. */
export interface AskedCheck {
  readonly for: number;
  readonly oldArgs?: string | undefined;
  /** A file with its rules. */
  readonly oldRules?: string | undefined;
}

/** A comparison, and whether something could not be read. */
export interface CheckResult {
  readonly check: JanitorCheck;
  readonly incomplete: boolean;
}

/**
 * Decides everything by kube-janitor's rules and by the janitor's.
 *
 * @throws CliError (exit code 3) for flags or rules that one of the two cannot read
 */
export const checkJanitor = async (context: ScopeContext, asked: AskedCheck): Promise<CheckResult> => {
  const world = await readWorld(context);
  const found = world.manifests.objects.flatMap((object) => janitorOf(object) ?? []);
  const started = await startedWith(asked.oldArgs, found[0], {
    configMap: (namespace, name) => Promise.resolve(configMapIn(world, namespace, name)),
  });
  const old = readOldSettings(JANITOR_FLAGS, started.args, started.env);
  const text = oldRulesText(asked, old, found[0], world);
  if (old.values['resource-context-hook'] !== undefined)
    context.terminal.err('warning: its --resource-context-hook is left out: rules that ask for more are not compared');
  const planned = janitorPlanner.fromManifests(world.manifests, settingsFor(context, started, text));
  const at = context.options.at ?? systemClock.now();
  const span = { from: at, to: at + asked.for };
  const check: JanitorCheck = {
    ...(world.context !== undefined && { context: world.context }),
    source: world.source,
    span,
    found,
    ...compareJanitors(subjectsIn(context, world, planned, at), oldJanitor(old, text, world.listed), span),
  };
  return { check, incomplete: world.manifests.problems.length > 0 };
};

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

/** A text, and what to call it in a message. */
interface NamedText {
  readonly text: string;
  readonly path: string;
}

/** kube-janitor's rules as they are written: in the file that was named, else in the ConfigMap that it mounts. */
const oldRulesText = (
  { oldRules }: AskedCheck,
  { values }: JanitorSettings,
  found: FoundJanitor | undefined,
  world: JanitorWorld,
): NamedText | undefined => {
  if (oldRules !== undefined) return { text: read(oldRules), path: oldRules };
  const file = values['rules-file'];
  if (file === undefined) return undefined;
  const place = found && rulesPlace(found, values);
  if (!place)
    throw bad(`where ${file} of kube-janitor comes from is not known: --old-rules names a file with its rules`);
  const path = `ConfigMap ${found.namespace}/${place.configMap}`;
  const map = configMapIn(world, found.namespace, place.configMap) as ConfigMap | undefined;
  const text = map?.data?.[place.key];
  if (text === undefined) throw bad(`${path} with ${place.key} is not there: --old-rules names a file with its rules`);
  return { text, path: `${path} ${place.key}` };
};

const bad = (message: string): CliError => new CliError([{ kind: 'invalid', where: '--old-rules', message }]);

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw bad(`${path} cannot be read: ${messageOf(cause)}`);
  }
};

/** With rules that it does not start with it deletes nothing. */
const oldJanitor = (old: JanitorSettings, text: NamedText | undefined, listed: readonly Listed[]): OldJanitor => {
  try {
    return kubeJanitor(old, text ? oldRulesOf(parseDocuments(text.text)[0]) : [], listed);
  } catch (error) {
    const reason = messageOf(error);
    if (!(error instanceof BadOldValue)) throw error;
    return { fate: () => ({ rule: 'RefusesToStart', reason }) };
  }
};

/** The janitor's settings, where nobody chose others: kube-janitor's, whose flags, environment and rules keep working. */
const settingsFor = (context: ScopeContext, { args, env }: StartedWith, text: NamedText | undefined): Settings => {
  const { values, sources } = settingsOf(context, 'janitor');
  const { flags } = readOldSettings<string>(JANITOR_FLAGS, args, env);
  const argv = flags.filter((flag) => TAKEN.has(flag.slice(2, flag.indexOf('='))));
  const old = resolveOptions(JANITOR_OPTIONS, { argv, env: { ...env, RULES_FILE: undefined } });
  const merged = { values: { ...values }, sources: { ...sources } };
  for (const [name, source] of Object.entries(old.sources)) {
    if (source.from === 'default' || (sources[name]?.from ?? 'default') !== 'default') continue;
    merged.values[name] = (old.values as Readonly<Record<string, unknown>>)[name];
    merged.sources[name] = source;
  }
  if (values['rules'] === undefined && values['rulesFile'] === undefined && text)
    merged.values['rules'] = ourRules(text);
  return merged;
};

/** Those flags of kube-janitor's that mean something here too; its rules are read apart from it. */
const TAKEN = new Set(
  Object.entries(JANITOR_OPTIONS).flatMap(([name, spec]) =>
    'deprecated' in spec || 'refused' in spec || name === 'rulesFile' ? [] : [flagName(name)],
  ),
);

const ourRules = ({ text, path }: NamedText): RuleSet => {
  const rules: ConfigValue | undefined = loadConfigText(text, { path }).section('janitor')?.values.get('rules');
  if (!rules) throw bad(`there are no rules in ${path}`);
  return rulesOf(rulesIn(rules, path));
};

/** Every object asked for, with the janitor's decisions on it. */
const subjectsIn = (context: ScopeContext, world: JanitorWorld, planned: Planned, at: number): Subject[] => {
  const listed = new Map(world.listed.map((each) => [idOfListed(each), each]));
  const subjects = new Map<string, Subject>();
  for (const decision of planned.decisions(at)) {
    const id = idOf(decision.object);
    const one = listed.get(id);
    if (one) subjects.set(id, subjectOf(one, decision, planned, { at, subjects }));
  }
  const namespace = askedNamespace(context);
  const { selector } = context.options;
  return [...subjects.values()].filter(
    ({ object, listed: { object: whole } }) =>
      (namespace === undefined || (object.namespace ?? object.name) === namespace) &&
      (selector === undefined || matchesLabels(selector, whole.metadata.labels ?? {})),
  );
};

const subjectOf = (
  listed: Listed,
  first: Decision,
  planned: Planned,
  { at, subjects }: { readonly at: number; readonly subjects: ReadonlyMap<string, Subject> },
): Subject => ({
  listed,
  object: first.object,
  decide: (now) => (now === at ? first : planned.explain(first.object, now).decision),
  get owner() {
    const owner = listed.object.metadata.ownerReferences?.find(({ controller }) => controller === true);
    const { namespace } = first.object;
    return (
      owner &&
      (subjects.get(idOf({ ...owner, ...(namespace !== undefined && { namespace }) })) ?? subjects.get(idOf(owner)))
    );
  },
});

/** Versions of a kind are the same kind. */
const idOf = ({ apiVersion, kind, namespace, name }: ObjectReference): string =>
  id(apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', kind, namespace, name);

const idOfListed = ({ object: { kind = '', metadata }, group, namespaced }: Listed): string =>
  id(group, kind, namespaced ? (metadata.namespace ?? 'default') : undefined, metadata.name);

const id = (group: string, kind: string, namespace: string | undefined, name: string): string =>
  `${group} ${kind} ${namespace ?? ''}/${name}`;
