import { CliError, EXIT, defineCommand, defineOptions } from '@kube-steward/cli';
import { RENDERERS, createPlan, renderExplain, type Decision, type TraceEntry } from '@kube-steward/plan';
import { findObject, kindNames, splitName } from '../find-object.ts';
import { load } from '../load.ts';
import { CLUSTER_OPTIONS, OUTPUT_OPTIONS, SCOPE_OPTIONS, outputOption } from '../options.ts';
import { PLANNERS, SECTIONS_OF_PLANNERS } from '../planners.ts';
import { blockUnknown } from '../unknown-namespaces.ts';
import { shownZone } from '../zone.ts';

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  output: outputOption(['table', 'json', 'yaml']),
  ...OUTPUT_OPTIONS,
});

/** One object: which layer decided, what else was considered, which checks were made, what comes next. */
export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Show how the decision on one object comes about.',
  examples: [['steward explain deploy/checkout -n team-shop', 'why checkout is up or down']],
  arguments: [{ name: 'KIND/NAME', required: true, complete: () => Promise.resolve(kindNames()) }],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  async run(context) {
    const { options, terminal, sections, env } = context;
    const asked = splitName(context.arguments[0] ?? '');
    if (!asked) throw new CliError([{ kind: 'usage', message: SHAPE }], { hint: 'see steward explain --help' });
    const loaded = await load(context, PLANNERS);
    const object = findObject(context, loaded, asked);
    const decisions: Decision[] = [];
    const trace: TraceEntry[] = [];
    for (const planned of object.of) {
      const explained = planned.explain(object.reference, loaded.at);
      decisions.push(blockUnknown(explained.decision, loaded.doubt));
      trace.push(...explained.trace);
    }
    const plan = createPlan(decisions, { context: loaded.context, at: loaded.at, source: loaded.source, trace });
    const how = {
      style: terminal.style,
      width: terminal.width,
      show: 'all',
      zone: shownZone(sections.downscaler.defaultTimezone, env),
    } as const;
    terminal.out(options.output === 'table' ? renderExplain(plan, how) : RENDERERS[options.output](plan, how));
    return loaded.incomplete ? EXIT.error : EXIT.ok;
  },
});

const SHAPE = 'KIND/NAME names one object: deploy/checkout, cronjob/report, statefulset.apps/db';
