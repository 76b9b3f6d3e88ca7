import { EXIT, choice, defineCommand, defineOptions } from '@kube-steward/cli';
import {
  createPlan,
  renderExplain,
  RENDERERS,
  type Decision,
  type ObjectReference,
  type TraceEntry,
} from '@kube-steward/plan';
import { CLUSTER_OPTIONS, OUTPUT_OPTIONS, SCOPE_OPTIONS } from '../cluster-options.ts';
import { StewardError } from '../errors.ts';
import { isAskedFor, load } from '../load.ts';
import { PLANNERS, SECTIONS_OF_PLANNERS } from '../planners.ts';

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  ...OUTPUT_OPTIONS,
  output: { type: choice(['table', 'json', 'yaml']), default: 'table', short: 'o', description: 'How it is printed.' },
});

/** One object: which layer decided, what else was considered, which checks were made, what comes next. */
export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Show how the decision on one object comes about.',
  examples: [['steward explain deploy/checkout -n team-shop', 'why checkout is up or down']],
  arguments: [{ name: 'KIND/NAME', required: true }],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  async run(context) {
    const { options, terminal } = context;
    const [kind, name] = kindAndName(context.arguments[0] ?? '');
    const loaded = await load(context, PLANNERS);
    const decisions: Decision[] = [];
    const trace: TraceEntry[] = [];
    const found = new Set<string>();
    for (const planned of loaded.planned.values()) {
      for (const object of planned.find(kind, name).filter((each) => isAskedFor(context, planned, each))) {
        const explained = planned.explain(object, loaded.at);
        found.add(nameOf(object));
        decisions.push(explained.decision);
        trace.push(...explained.trace);
      }
    }
    requireOne(`${kind}/${name}`, found);
    const plan = createPlan(decisions, { context: loaded.context, at: loaded.at, source: loaded.source, trace });
    const style = { style: terminal.style, width: terminal.width, show: 'all' } as const;
    terminal.out(options.output === 'table' ? renderExplain(plan, style) : RENDERERS[options.output](plan, style));
    return loaded.incomplete ? EXIT.error : EXIT.ok;
  },
});

const kindAndName = (argument: string): [string, string] => {
  const [kind, name, ...rest] = argument.split('/');
  if (kind && name && rest.length === 0) return [kind, name];
  throw new StewardError('NotFound', `"${argument}" names no object (write KIND/NAME, such as deploy/checkout)`);
};

const nameOf = ({ kind, namespace, name }: ObjectReference): string => `${kind} ${namespace ?? ''}/${name}`;

const requireOne = (asked: string, found: ReadonlySet<string>): void => {
  if (found.size === 1) return;
  if (found.size > 1)
    throw new StewardError(
      'Ambiguous',
      `${asked} is in several namespaces: ${[...found].sort().join(', ')}; choose one with -n`,
    );
  throw new StewardError('NotFound', `no ${asked} among the objects that are looked at (see --include-resources)`);
};
