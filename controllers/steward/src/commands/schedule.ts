import { EXIT, choice, defineCommand, defineOptions, duration, renderTable } from '@kube-steward/cli';
import { UTC, findZone, formatLocal, formatTimestamp } from '@kube-steward/schedule';
import { CLUSTER_OPTIONS, OUTPUT_OPTIONS, SCOPE_OPTIONS } from '../cluster-options.ts';
import { isAskedFor, load } from '../load.ts';
import { PLANNERS, SECTIONS_OF_PLANNERS, type PlannedTransition } from '../planners.ts';
import { scheduleTestCommand } from './schedule-test.ts';

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  ...OUTPUT_OPTIONS,
  for: { type: duration, default: 7 * 86_400_000, description: 'How far ahead to look.' },
  output: { type: choice(['table', 'json']), default: 'table', short: 'o', description: 'How it is printed.' },
});

/** The calendar of coming transitions. */
export const scheduleCommand = defineCommand({
  name: 'schedule',
  summary: 'Show when workloads go down and come up next.',
  examples: [
    ['steward schedule --for 2d', 'the transitions of the next two days'],
    ["steward schedule test 'Mon-Fri 08:00-20:00 Europe/Berlin'", 'check a window'],
  ],
  options: OPTIONS,
  sections: SECTIONS_OF_PLANNERS,
  commands: [scheduleTestCommand],
  async run(context) {
    const { options, terminal } = context;
    const loaded = await load(context, PLANNERS);
    const transitions = [...loaded.planned.values()]
      .flatMap((planned) =>
        [...planned.transitions(loaded.at, loaded.at + options.for)].filter(({ object }) =>
          isAskedFor(context, planned, object),
        ),
      )
      .sort((a, b) => a.at - b.at);
    if (options.output === 'json') terminal.out(JSON.stringify(transitions.map(documentOf), undefined, 2));
    else
      terminal.out(
        calendar(transitions, context.sections.downscaler.defaultTimezone, options.noHeaders, terminal.width),
      );
    return loaded.incomplete ? EXIT.error : EXIT.ok;
  },
});

const documentOf = ({ at, ...rest }: PlannedTransition): object => ({ at: formatTimestamp(at), ...rest });

/** One row a moment, namespace and direction: the objects that change together. */
const calendar = (
  transitions: readonly PlannedTransition[],
  timezone: string | undefined,
  noHeaders: boolean,
  width: number | undefined,
): string => {
  const zone = (timezone === undefined ? undefined : findZone(timezone)) ?? UTC;
  const rows = new Map<string, PlannedTransition[]>();
  for (const transition of transitions) {
    const key = [transition.at, transition.object.namespace, transition.state].join(' ');
    const row = rows.get(key);
    if (row) row.push(transition);
    else rows.set(key, [transition]);
  }
  const columns = ['time', 'namespace', 'what', 'objects', 'which'];
  const lines = [...rows.values()].map(([first, ...others]) => [
    first ? formatLocal(first.at, zone) : '',
    first?.object.namespace ?? '',
    first ? WHAT[first.state] : '',
    String(1 + others.length),
    [first, ...others].map((each) => (each ? `${each.object.kind}/${each.object.name}` : '')).join(', '),
  ]);
  return lines.length === 0 ? 'Nothing changes in that time.' : renderTable(columns, lines, { noHeaders, width });
};

const WHAT = { up: 'up', down: 'down', ignore: 'as it is' } as const;
