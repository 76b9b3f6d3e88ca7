import {
  CliError,
  EXIT,
  boolean,
  choice,
  createProgress,
  defineCommand,
  defineOptions,
  duration,
  text,
  type OptionValues,
} from '@kube-steward/cli';
import type { OldTool } from '@kube-steward/downscaler';
import { matchesLabels } from '@kube-steward/kube';
import { DAY_MS, systemClock } from '@kube-steward/schedule';
import { apiFailure } from '../api-failure.ts';
import { downscalerPolicy } from '../downscaler-planner.ts';
import { askedNamespace, settingsOf, type ScopeContext } from '../load.ts';
import { tellManifests } from '../tell-manifests.ts';
import { compare, type MigrationCheck } from '../migrate/check.ts';
import { namedManagers } from '../migrate/gitops.ts';
import { worldOfCluster, worldOfManifests, type OldWorld } from '../migrate/old-world.ts';
import { JANITOR_RENDERERS } from '../migrate/kube-janitor/render.ts';
import { checkJanitor } from '../migrate/kube-janitor/run-check.ts';
import { CHECK_FORMATS, CHECK_RENDERERS, type CheckLayout } from '../migrate/render-check.ts';
import { oldRules, startedWith, withOldSettings } from '../migrate/started-with.ts';
import { CLUSTER_OPTIONS, OUTPUT_GROUP, OUTPUT_OPTIONS, PATH, SCOPE_OPTIONS, outputOption } from '../options.ts';
import { SECTIONS_OF_PLANNERS } from '../planners.ts';
import { NO_DOUBT, doubtOf, type Doubt } from '../unknown-namespaces.ts';
import { shownZone } from '../zone.ts';

const { from: _manifests, ...scope } = SCOPE_OPTIONS;

const TOOLS = choice(['py', 'go', 'kube-green', 'kube-janitor']);

/** The tools' own names, in lower case. */
const TOOL_NAMES: Readonly<Record<string, string>> = {
  'kube-downscaler': 'py',
  'py-kube-downscaler': 'py',
  gokubedownscaler: 'go',
  'go-kube-downscaler': 'go',
};

const OPTIONS = defineOptions({
  from: {
    type: { ...TOOLS, parse: (written: string) => TOOLS.parse(TOOL_NAMES[written.toLowerCase()] ?? written) },
    required: true,
    description:
      'The tool you come from: py-kube-downscaler (or kube-downscaler), GoKubeDownscaler, kube-green, kube-janitor.',
  },
  for: { type: duration, default: 14 * DAY_MS, description: 'How far ahead to compare.' },
  oldArgs: {
    type: { ...text, placeholder: 'flags' },
    description: "The old tool's flags, as one text; those of its Deployment when left out, else its defaults.",
  },
  oldRules: {
    type: PATH,
    complete: 'files',
    description: "kube-janitor's file of rules; that of the ConfigMap it mounts when left out.",
  },
  ...CLUSTER_OPTIONS,
  ...scope,
  manifests: {
    type: PATH,
    complete: 'files',
    group: 'What is looked at',
    description: 'Read manifests instead of a cluster: a file, a folder, or - for standard input.',
  },
  output: outputOption(CHECK_FORMATS),
  ...OUTPUT_OPTIONS,
  detailedExitcode: {
    type: boolean,
    default: false,
    group: OUTPUT_GROUP,
    description: 'Exit with 2 when something would be different.',
  },
});

/** What would be different here, object by object, for the coming days. */
export const migrateCheckCommand = defineCommand({
  name: 'check',
  summary: 'Show what would be different here, and the setting that makes it equal.',
  examples: [
    ['steward migrate check --from py', 'the cluster of the current context, against the Deployment found there'],
    ["steward migrate check --from go --old-args='--default-uptime=always' --manifests manifests/", 'manifests'],
    ['steward migrate check --from kube-janitor', 'the rules of the ConfigMap that it mounts included'],
  ],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  async run(context) {
    const { options, terminal, sections, env } = context;
    const { from: tool } = options;
    if (options.oldRules !== undefined && tool !== 'kube-janitor') throw new CliError([RULES_OF_ANOTHER]);
    const scoped = { ...context, options: { ...options, from: options.manifests } } as ScopeContext;
    const layout = {
      zone: shownZone(sections.downscaler.defaultTimezone, env),
      noHeaders: options.noHeaders,
      width: terminal.width,
    };
    const {
      text: shown,
      differing,
      incomplete,
    } = tool === 'kube-janitor'
      ? await checkedJanitor(scoped, options, layout)
      : await checkedDownscaler(scoped, tool, options, layout);
    terminal.out(shown);
    if (incomplete) return EXIT.error;
    return options.detailedExitcode && differing > 0 ? EXIT.changes : EXIT.ok;
  },
});

const RULES_OF_ANOTHER = {
  kind: 'invalid',
  where: '--old-rules',
  message: 'only kube-janitor has rules (allowed with --from kube-janitor)',
} as const;

type Options = OptionValues<typeof OPTIONS>;

/** An answer as it is shown. */
interface Shown {
  readonly text: string;
  /** How many differences there are. */
  readonly differing: number;
  readonly incomplete: boolean;
}

const checkedJanitor = async (context: ScopeContext, options: Options, layout: CheckLayout): Promise<Shown> => {
  const { check, incomplete } = await checkJanitor(context, options);
  return { text: JANITOR_RENDERERS[options.output](check, layout), differing: check.differences.length, incomplete };
};

const checkedDownscaler = async (
  context: ScopeContext,
  tool: OldTool,
  options: Options,
  layout: CheckLayout,
): Promise<Shown> => {
  const { world, ...read } = await open(context);
  try {
    const check = await checked(context, tool, { ...read, world, for: options.for, oldArgs: options.oldArgs });
    const shown = CHECK_RENDERERS[options.output](check, layout);
    return { text: shown, differing: check.differences.length, incomplete: read.incomplete };
  } catch (error) {
    throw read.context === undefined ? error : apiFailure(error, read.context);
  } finally {
    read.close();
  }
};

/** Where the objects come from. */
interface Opened {
  readonly world: OldWorld;
  readonly context?: string;
  readonly source: string;
  readonly incomplete: boolean;
  readonly doubt: Doubt;
  close(): void;
}

const open = (context: ScopeContext): Promise<Opened> =>
  context.options.from === undefined ? openCluster(context) : openManifests(context, context.options.from);

const openManifests = async ({ terminal }: ScopeContext, from: string): Promise<Opened> => {
  const { manifests, source } = await tellManifests(terminal, from);
  return {
    world: worldOfManifests(manifests),
    source,
    incomplete: manifests.problems.length > 0,
    doubt: doubtOf(manifests),
    close: () => undefined,
  };
};

const openCluster = async ({ terminal, options, env }: ScopeContext): Promise<Opened> => {
  const { openReader } = await import('../reader.ts');
  const reader = await openReader({ cluster: options, env, onNotice: (notice) => terminal.err(notice) });
  const progress = createProgress(terminal, systemClock, { label: `${reader.context}: objects read` });
  const close = (): void => {
    progress.done();
    reader.close();
  };
  try {
    const world = await worldOfCluster({
      client: reader.client,
      onNotice: (notice) => terminal.err(`notice: ${notice}`),
      onProgress: (count) => progress.add(count),
    });
    return { world, context: reader.context, source: 'cluster', incomplete: false, doubt: NO_DOUBT, close };
  } catch (error) {
    close();
    throw apiFailure(error, reader.context);
  }
};

interface Asked extends Omit<Opened, 'close'> {
  readonly for: number;
  readonly oldArgs?: string | undefined;
}

const checked = async (context: ScopeContext, tool: OldTool, asked: Asked): Promise<MigrationCheck> => {
  const { world, doubt } = asked;
  const { terminal, options } = context;
  const found = world.tools.filter((each) => each.tool === tool);
  const started = await startedWith(asked.oldArgs, found[0], world);
  const settings = withOldSettings(settingsOf(context, 'downscaler'), tool, started);
  const definitions = await world.definitions((settings.values['scaleTarget'] ?? []) as readonly string[]);
  const policy = downscalerPolicy(settings, definitions);
  const objects = await world.objects(policy);
  const rules = oldRules(tool, started, objects, (message) => terminal.err(`warning: ${message}`));
  const at = options.at ?? systemClock.now();
  const span = { from: at, to: at + asked.for };
  const namespace = askedNamespace(context);
  const { selector } = options;
  const compared = compare(
    objects,
    policy,
    rules,
    span,
    (object, labels) =>
      (namespace === undefined || object.namespace === namespace) &&
      (selector === undefined || matchesLabels(selector, labels)) &&
      doubt(object) === undefined,
  );
  return {
    tool,
    ...(asked.context !== undefined && { context: asked.context }),
    source: asked.source,
    span,
    found,
    managers: await namedManagers(tool, objects, world),
    ...compared,
  };
};
