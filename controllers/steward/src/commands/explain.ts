import { CliError, EXIT, defineCommand, defineOptions } from '@kube-steward/cli';
import { RENDERERS, createPlan, renderExplain, type Decision, type TraceEntry } from '@kube-steward/plan';
import { findObject, kindNames, splitName, type FoundObject } from '../find-object.ts';
import { load } from '../load.ts';
import { CLUSTER_OPTIONS, OUTPUT_OPTIONS, SCOPE_OPTIONS, outputOption } from '../options.ts';
import { PLANNERS, SECTIONS_OF_PLANNERS, type Planned } from '../planners.ts';
import { NO_DOUBT, blockUnknown } from '../unknown-namespaces.ts';
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
    const speaking = withSomethingToSay(object);
    for (const planned of speaking) {
      const explained = planned.explain(object.reference, loaded.at);
      decisions.push(blockUnknown(explained.decision, planned.followsNamespaces ? loaded.doubt : NO_DOUBT));
      const { controller } = explained.decision;
      trace.push(...explained.trace.map((entry) => (speaking.length > 1 ? { ...entry, controller } : entry)));
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

/** A controller that has nothing to say about the object is heard only where no other has. */
const withSomethingToSay = ({ of, reference }: FoundObject): readonly Planned[] => {
  const speaking = of.filter((planned) => !planned.isSilentOn(reference));
  return speaking.length > 0 ? speaking : of;
};

const SHAPE = 'KIND/NAME names one object: deploy/checkout, cronjob/report, statefulset.apps/db';
