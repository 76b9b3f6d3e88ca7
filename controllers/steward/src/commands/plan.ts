import { readFileSync } from 'node:fs';
import { EXIT, boolean, choice, defineCommand, defineOptions, text } from '@kube-steward/cli';
import {
  OUTPUT_FORMATS,
  RENDERERS,
  createPlan,
  isChange,
  parsePrices,
  savingsOf,
  type Freed,
} from '@kube-steward/plan';
import { CLUSTER_OPTIONS, OUTPUT_OPTIONS, SCOPE_OPTIONS } from '../cluster-options.ts';
import { decisionsOf, load } from '../load.ts';
import { PLANNERS, SECTIONS_OF_PLANNERS } from '../planners.ts';

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  ...OUTPUT_OPTIONS,
  output: { type: choice(OUTPUT_FORMATS), default: 'table', short: 'o', description: 'How the plan is printed.' },
  show: {
    type: choice(['changes', 'all']),
    default: 'changes',
    description: 'Whether objects that stay as they are are shown too.',
  },
  onlyChanges: {
    type: boolean,
    default: true,
    description: 'Hide objects that stay as they are; the same as --show changes.',
  },
  detailedExitcode: { type: boolean, default: false, description: 'Exit with 2 when something would change.' },
  prices: { type: text, complete: 'files', description: 'Price table, to tell savings in money.' },
});

const NAMES = PLANNERS.map(({ name }) => name);

/** One read-only pass: what would change now, and why. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Show what would change now, and why. Changes nothing.',
  examples: [
    ['steward plan', 'the cluster of the current context'],
    ['steward plan downscaler --from manifests/ --at 2026-11-20T21:00:00Z', 'manifests, at another time'],
    ['steward plan -o json', 'the plan as a document'],
  ],
  arguments: [{ name: 'CONTROLLER', variadic: true, choices: NAMES }],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  async run(context) {
    const { options, terminal } = context;
    const prices =
      options.prices === undefined
        ? undefined
        : parsePrices(readFileSync(options.prices, 'utf8'), { path: options.prices });
    const asked = PLANNERS.filter(({ name }) => context.arguments.length === 0 || context.arguments.includes(name));
    const loaded = await load(context, asked);
    const found = decisionsOf(context, loaded);
    const plan = createPlan(
      found.map(({ decision }) => decision),
      { context: loaded.context, at: loaded.at, source: loaded.source },
    );
    const freed = found
      .map(({ decision, planned }) => planned.freed(decision))
      .filter((one): one is Freed => one !== undefined);
    terminal.out(
      RENDERERS[options.output](plan, {
        show: options.show === 'all' || !options.onlyChanges ? 'all' : 'changes',
        style: terminal.style,
        width: terminal.width,
        noHeaders: options.noHeaders,
        serverVersion: () => loaded.serverVersion,
        savings: () => (freed.length > 0 ? savingsOf(freed, loaded.at) : undefined),
        prices,
      }),
    );
    if (loaded.incomplete) return EXIT.error;
    return options.detailedExitcode && found.some(({ decision }) => isChange(decision)) ? EXIT.changes : EXIT.ok;
  },
});
