import { readFileSync } from 'node:fs';
import { CliError, EXIT, boolean, choice, defineCommand, defineOptions, messageOf } from '@kube-steward/cli';
import {
  OUTPUT_FORMATS,
  RENDERERS,
  createPlan,
  describeObject,
  isChange,
  parsePrices,
  savingsOf,
  type Advice,
  type Decision,
  type PriceTable,
  type Savings,
} from '@kube-steward/plan';
import {
  askedNamespace,
  decisionsOf,
  isAskedFor,
  load,
  type Loaded,
  type PlannedDecision,
  type ScopeContext,
} from '../load.ts';
import { CLUSTER_OPTIONS, OUTPUT_GROUP, OUTPUT_OPTIONS, PATH, SCOPE_OPTIONS, outputOption } from '../options.ts';
import { PLANNERS, SECTIONS_OF_PLANNERS, type Planned } from '../planners.ts';
import { oddOptions } from '../shared-flags.ts';
import { shownZone } from '../zone.ts';

const group = OUTPUT_GROUP;

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  output: outputOption(OUTPUT_FORMATS),
  ...OUTPUT_OPTIONS,
  show: {
    type: choice(['changes', 'all']),
    default: 'changes',
    group,
    description: 'Whether objects that stay as they are are shown too.',
  },
  onlyChanges: {
    type: boolean,
    default: true,
    group,
    description: 'Hide objects that stay as they are; the same as --show changes.',
  },
  detailedExitcode: {
    type: boolean,
    default: false,
    group,
    description: 'Exit with 2 when something would change.',
  },
  prices: {
    type: PATH,
    complete: 'files',
    group,
    description: 'Price table, to tell savings in money: {currency: EUR, perVcpuHour: 0.03, perGibHour: 0.004}',
  },
});

/** One read-only pass: what would change now, and why. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Show what would change now, and why. Changes nothing.',
  examples: [
    ['steward plan', 'the cluster of the current context'],
    ['steward plan --from manifests/ --at 2026-11-20T21:00:00Z', 'manifests, at another time'],
    ['steward plan downscaler -n team-shop -o json', 'the plan for one namespace as a document'],
  ],
  description: `Without CONTROLLER all of them are asked: ${PLANNERS.map(({ name }) => name).join(', ')}. Beside others, a controller is heard only on objects of which something is said to it.`,
  arguments: [{ name: 'CONTROLLER', variadic: true, choices: PLANNERS.map(({ name }) => name) }],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  async run(context) {
    const { options, terminal, sections, env } = context;
    const prices = options.prices === undefined ? undefined : readPrices(options.prices);
    const asked = PLANNERS.filter(({ name }) => context.arguments.length === 0 || context.arguments.includes(name));
    for (const notice of oddOptions(context, asked)) terminal.err(`notice: ${notice}`);
    const loaded = await load(context, asked);
    const isAskedByName = context.arguments.length > 0;
    const found = decisionsOf(context, loaded).filter(
      ({ decision, planned }) => isAskedByName || !planned.isSilentOn(decision.object),
    );
    const plan = createPlan(
      found.map(({ decision }) => decision),
      {
        context: loaded.context,
        at: loaded.at,
        source: loaded.source,
        held: [...loaded.planned.values()].flatMap((planned) =>
          planned.held(
            loaded.at,
            found.flatMap((each) => (each.planned === planned ? [each.decision] : [])),
          ),
        ),
        advice: adviceOn(found),
      },
    );
    terminal.out(
      RENDERERS[options.output](plan, {
        show: options.show === 'all' || !options.onlyChanges ? 'all' : 'changes',
        style: terminal.style,
        width: terminal.width,
        noHeaders: options.noHeaders,
        zone: shownZone(sections.downscaler.defaultTimezone, env),
        serverVersion: () => loaded.serverVersion,
        savings: () => savedBy(found, loaded.at),
        prices,
      }),
    );
    notice(context, loaded, found);
    warn(context, loaded);
    const namespace = askedNamespace(context);
    if (found.length === 0 && namespace !== undefined)
      terminal.err(`notice: nothing in namespace ${namespace} is looked at, or there is no such namespace`);
    if (loaded.incomplete) return EXIT.error;
    return options.detailedExitcode && found.some(({ decision }) => isChange(decision)) ? EXIT.changes : EXIT.ok;
  },
});

const notice = ({ terminal }: ScopeContext, loaded: Loaded, found: readonly PlannedDecision[]): void => {
  for (const planned of loaded.planned.values()) {
    const own = found.flatMap((each) => (each.planned === planned ? [each.decision] : []));
    for (const sentence of planned.notices(own)) terminal.err(`notice: ${sentence}`);
  }
};

/** Beside the plan, on standard error: what is acted on, and surely not meant as it stands. */
const warn = (context: ScopeContext, loaded: Loaded): void => {
  for (const planned of loaded.planned.values())
    for (const { object, message } of planned.warnings(loaded.at))
      if (isAskedFor(context, planned, object)) context.terminal.err(`warning: ${describeObject(object)}: ${message}`);
};

const savedBy = (found: readonly PlannedDecision[], at: number): Savings | undefined => {
  const freed = found.flatMap(({ decision, planned }) => planned.freed(decision) ?? []);
  return freed.length > 0 ? savingsOf(freed, at) : undefined;
};

const adviceOn = (found: readonly PlannedDecision[]): Advice[] => {
  const decisionsOf = (planned: Planned): Decision[] =>
    found.flatMap((each) => (each.planned === planned ? [each.decision] : []));
  return [...new Set(found.map(({ planned }) => planned))].flatMap((planned) => planned.advice(decisionsOf(planned)));
};

const readPrices = (path: string): PriceTable => {
  try {
    return parsePrices(readFileSync(path, 'utf8'), { path });
  } catch (cause) {
    throw new CliError([{ kind: 'invalid', where: '--prices', message: messageOf(cause) }], { cause });
  }
};
