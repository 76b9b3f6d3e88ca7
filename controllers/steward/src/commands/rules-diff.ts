import { EXIT, boolean, defineCommand, defineOptions, renderTable, type CommandContext } from '@kube-steward/cli';
import type { RuleSet } from '@kube-steward/janitor';
import { PLAN_API_VERSION } from '@kube-steward/plan';
import { formatTimestamp } from '@kube-steward/schedule';
import { janitorPlanner } from '../janitor-planner.ts';
import { decisionsOf, load, type Loaded } from '../load.ts';
import { CLUSTER_OPTIONS, OUTPUT_GROUP, OUTPUT_OPTIONS, SCOPE_OPTIONS, outputOption } from '../options.ts';
import { SECTIONS_OF_PLANNERS } from '../planners.ts';
import { differencesBetween, type RuleDifference, type RuleVerdict } from '../rules/diff.ts';
import { readRulesFile, rulesOf } from '../rules/rules-file.ts';

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  output: outputOption(['table', 'json']),
  ...OUTPUT_OPTIONS,
  detailedExitcode: {
    type: boolean,
    default: false,
    group: OUTPUT_GROUP,
    description: 'Exit with 2 when the change would delete something else now.',
  },
});

type Context = CommandContext<typeof OPTIONS, typeof SECTIONS_OF_PLANNERS>;

/** What another file of rules would delete now, and what it would not any more. */
export const rulesDiffCommand = defineCommand({
  name: 'diff',
  summary: 'Show what a change of janitor rules would delete now. Changes nothing.',
  examples: [
    ['steward rules diff old.yaml new.yaml', 'on the cluster of the current context'],
    ['steward rules diff old.yaml new.yaml --from manifests/', 'on manifests'],
  ],
  arguments: [
    { name: 'OLD', required: true, complete: 'files' },
    { name: 'NEW', required: true, complete: 'files' },
  ],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  async run(context) {
    const { options, terminal } = context;
    const [before, after] = await Promise.all(
      context.arguments.map(async (path) => rulesOf(await readRulesFile(path))),
    );
    if (!before || !after) throw new Error('two files are required');
    // Both read the same: whatever there is to say of that is said once.
    const old = await decided({ ...context, terminal: { ...terminal, err: () => undefined } }, before);
    const now = await decided(context, after);
    const differences = differencesBetween(old.decisions, now.decisions);
    const { loaded } = now;
    terminal.out(
      options.output === 'json'
        ? documentOf(differences, loaded)
        : tableOf(differences, options.noHeaders, terminal.width),
    );
    for (const sentence of heldOf(loaded)) terminal.err(`warning: with the new rules: ${sentence}`);
    if (old.loaded.incomplete || loaded.incomplete) return EXIT.error;
    return options.detailedExitcode && differences.length > 0 ? EXIT.changes : EXIT.ok;
  },
});

/** What the janitor decides by these rules. */
const decided = async (context: Context, rules: RuleSet) => {
  const sections = { ...context.sections, janitor: { ...context.sections.janitor, rules, rulesFile: undefined } };
  const scoped = { ...context, sections };
  const loaded = await load(scoped, [janitorPlanner]);
  return { loaded, decisions: decisionsOf(scoped, loaded).map(({ decision }) => decision) };
};

const documentOf = (differences: readonly RuleDifference[], loaded: Loaded): string => {
  const { context, source, at } = loaded;
  return JSON.stringify(
    {
      apiVersion: PLAN_API_VERSION,
      kind: 'RulesDiff',
      metadata: { ...(context !== undefined && { context }), at: formatTimestamp(at), source },
      differences,
      ...(heldOf(loaded).length > 0 && { wouldTrip: true, held: heldOf(loaded) }),
    },
    undefined,
    2,
  );
};

/** What a controller with the new rules would hold back of what they delete, as too much at once. */
const heldOf = ({ planned, at }: Loaded): readonly string[] => [...planned.values()].flatMap((each) => each.held(at));

const MARKS = { added: '+', removed: '-', changed: '~' } as const;

const told = ({ action, reason, rule }: RuleVerdict): string =>
  `${action} (${reason}${rule === undefined ? '' : `, rule ${rule}`})`;

const tableOf = (differences: readonly RuleDifference[], noHeaders: boolean, width: number | undefined): string => {
  if (differences.length === 0) return 'Nothing else is deleted now, and nothing less.';
  const rows = differences.map(({ change, object, old, new: ours }) => [
    MARKS[change],
    object.namespace ?? '',
    `${object.kind}/${object.name}`,
    told(old),
    told(ours),
  ]);
  const counted = (change: RuleDifference['change']): number =>
    differences.filter((difference) => difference.change === change).length;
  return `${renderTable(['', 'namespace', 'object', 'old', 'new'], rows, { noHeaders, width })}
${counted('added')} more would go now, ${counted('removed')} fewer, ${counted('changed')} otherwise.`;
};
