import { CliError, defineCommand, defineOptions, duration, type CommandContext } from '@kube-steward/cli';
import { requestException, rowOfKind, discoverDefinitions, type ExceptionRequest } from '@kube-steward/downscaler';
import { RESOURCES, apiVersionOf, type Resource } from '@kube-steward/kube';
import type { ObjectReference } from '@kube-steward/plan';
import { DAY_MS, formatDuration, formatLocal, systemClock } from '@kube-steward/schedule';
import { apiFailure } from '../api-failure.ts';
import { downscalerPlanner, downscalerPolicy } from '../downscaler-planner.ts';
import { findObject, kindNames, splitName, type AskedName, type FoundObject } from '../find-object.ts';
import { load, settingsOf, type ScopeContext } from '../load.ts';
import { CLUSTER_OPTIONS, SCOPE_OPTIONS, WRITING_OPTIONS, moment } from '../options.ts';
import { SECTIONS_OF_SCHEDULED } from '../planners.ts';
import { openWriter } from '../reader.ts';
import { write } from '../writer.ts';
import { shownZone } from '../zone.ts';

const { namespace, allNamespaces, config, showConfig } = SCOPE_OPTIONS;

const OPTIONS = defineOptions({
  for: { type: duration, description: 'How long, such as 2h.' },
  until: { type: moment, description: 'Until when, RFC 3339.' },
  ...WRITING_OPTIONS,
  ...CLUSTER_OPTIONS,
  ...{ namespace, allNamespaces, config, showConfig },
});
type Context = CommandContext<typeof OPTIONS, typeof SECTIONS_OF_SCHEDULED>;

const ARGUMENTS = [
  { name: 'KIND/NAME', required: true, complete: () => Promise.resolve([...kindNames(), 'namespace/']) },
] as const;

/** Keeps a workload, or all of a namespace, up for a while. */
export const wakeCommand = defineCommand({
  name: 'wake',
  summary: 'Keep a workload or a namespace up for a while. Writes an annotation; asks first.',
  description:
    'Keeps a workload, or with namespace/NAME everything in a namespace, up for a while: writes force-uptime, which ends by itself. Without --for and --until a workload is up until its next transition.',
  examples: [
    ['steward wake deploy/checkout -n team-shop --for 2h', 'checkout is up for two hours'],
    ['steward wake ns/team-shop --for 2h --yes', 'the whole namespace, without asking'],
  ],
  arguments: ARGUMENTS,
  options: OPTIONS,
  sections: SECTIONS_OF_SCHEDULED,
  run: (context) => makeException(context, 'up'),
});

/** Puts a workload, or all of a namespace, to sleep for a while. */
export const sleepCommand = defineCommand({
  name: 'sleep',
  summary: 'Put a workload or a namespace to sleep for a while. Writes an annotation; asks first.',
  description:
    'Puts a workload, or with namespace/NAME everything in a namespace, to sleep for a while: writes force-downtime, which ends by itself. Without --for and --until a workload sleeps until its next transition.',
  examples: [['steward sleep deploy/checkout -n team-shop', 'until its schedule takes over']],
  arguments: ARGUMENTS,
  options: OPTIONS,
  sections: SECTIONS_OF_SCHEDULED,
  run: (context) => makeException(context, 'down'),
});

type State = ExceptionRequest['state'];

const makeException = async (context: Context, state: State): Promise<number> => {
  const { options, terminal, env, sections } = context;
  const asked = splitName(context.arguments[0] ?? '');
  if (!asked) throw new CliError([{ kind: 'usage', message: SHAPE }], { hint: 'see steward wake --help' });
  const now = systemClock.now();
  const wanted = askedEnd(options, now);
  const target = NAMESPACE_NAMES.includes(asked.kind)
    ? {
        object: namespaceCalled(asked.name),
        until: wanted ?? refuse('how long is not said: a namespace needs --for or --until'),
        isLeftAlone: false,
      }
    : await workloadCalled(context, asked, state, wanted);
  const zone = shownZone(sections.downscaler.defaultTimezone, env);
  const until = `until ${formatLocal(target.until, zone)} (${formatDuration(target.until - now)})`;
  const effect = target.isLeftAlone
    ? `Written ${until}, without effect as long as the downscaler leaves it as it is.`
    : `Kept ${state} ${until}, then as scheduled.`;
  const writer = await openWriter({ cluster: options, env, onNotice: (notice) => terminal.err(notice) }, options);
  try {
    const settings = settingsOf(context, 'downscaler');
    const targets = (settings.values['scaleTarget'] ?? []) as readonly string[];
    const policy = downscalerPolicy(settings, await discoverDefinitions(writer.client, targets));
    const { object } = target;
    const resource = resourceOf(object, rowOfKind(policy.known, object.apiVersion, object.kind)?.resource);
    const { reader, prefix } = policy;
    const writing = {
      client: writer.client,
      ...{ resource, object, effect },
      decide: ({ metadata }: { metadata: { annotations?: Record<string, string> } }) =>
        requestException(object, reader.layer('object', metadata.annotations), { state, until: target.until }, prefix),
    };
    return await write(writing, options, terminal);
  } catch (error) {
    throw apiFailure(error, writer.context);
  } finally {
    writer.close();
  }
};

const SHAPE = 'KIND/NAME names one object: deploy/checkout, cronjob/report, namespace/team-shop';
const NAMESPACE_NAMES = ['ns', 'namespace', 'namespaces'];

const refuse = (message: string, where = '--for'): never => {
  throw new CliError([{ kind: 'invalid', where, message }]);
};

const askedEnd = (options: { readonly for?: number | undefined; readonly until?: number | undefined }, now: number) => {
  if (options.for !== undefined && options.until !== undefined)
    throw new CliError([{ kind: 'usage', message: '--for and --until say the same: one is enough' }]);
  if (options.for === 0) return refuse('no time at all (example: 2h)');
  if (options.until !== undefined && options.until <= now) return refuse('that is over already', '--until');
  return options.until ?? (options.for === undefined ? undefined : now + options.for);
};

const namespaceCalled = (name: string): ObjectReference => ({
  apiVersion: apiVersionOf(RESOURCES.namespaces),
  kind: RESOURCES.namespaces.kind,
  name,
});

const resourceOf = ({ kind }: ObjectReference, known: Resource | undefined): Resource =>
  kind === RESOURCES.namespaces.kind || !known ? RESOURCES.namespaces : known;

/** What is written on, and until when it is to hold. */
interface Target {
  readonly object: ObjectReference;
  readonly until: number;
  /** Whatever is written there, the downscaler does not act by it. */
  readonly isLeftAlone: boolean;
}

const workloadCalled = async (
  context: Context,
  asked: AskedName,
  state: State,
  wanted: number | undefined,
): Promise<Target> => {
  const scope: ScopeContext = {
    ...context,
    options: { ...context.options, selector: undefined, from: undefined, at: undefined },
  };
  const loaded = await load(scope, [downscalerPlanner]);
  const found = findObject(scope, loaded, asked);
  const isLeftAlone = warnIfLeftAlone(found, loaded.at, context);
  return { object: found.reference, until: wanted ?? nextTransition(found, loaded.at, state), isLeftAlone };
};

/** Of these, no annotation makes a difference. */
const LEFT_ALONE = new Set([
  'Excluded',
  'ExcludedNamespace',
  'ProtectedNamespace',
  'NotIncluded',
  'OwnWorkload',
  'SystemPriority',
  'ServesApiServer',
  'OwnedByManagedKind',
]);

const warnIfLeftAlone = ({ of, reference }: FoundObject, at: number, { terminal }: Context): boolean => {
  const reasons = of
    .map((planned) => planned.explain(reference, at).decision)
    .filter(({ action, reason }) => action === 'invalid' || LEFT_ALONE.has(reason));
  for (const { message } of reasons)
    terminal.err(`warning: the downscaler leaves it as it is, whatever is written now: ${message}`);
  return reasons.length > 0;
};

const YEAR_MS = 366 * DAY_MS;

/** Without a time it lasts until the schedule takes over, which makes no sense where that wants the same or nothing. */
const nextTransition = ({ of, reference }: FoundObject, at: number, state: State): number => {
  for (const planned of of)
    for (const coming of planned.transitions(at, at + YEAR_MS)) {
      const { object } = coming;
      if (object.name !== reference.name || object.namespace !== reference.namespace || object.kind !== reference.kind)
        continue;
      const opposite = state === 'up' ? 'down' : 'up';
      if (coming.state !== opposite) return coming.at;
      return refuse(
        `how long is not said, and it is ${state} already until its next transition: --for or --until tells`,
      );
    }
  return refuse('how long is not said, and no transition is coming: --for or --until tells');
};
