import { EXIT, defineCommand, defineOptions, duration } from '@kube-steward/cli';
import { describeObject } from '@kube-steward/plan';
import { DAY_MS } from '@kube-steward/schedule';
import { calendarDocument, calendarTable } from '../calendar.ts';
import { isAskedFor, load, type Loaded, type ScopeContext } from '../load.ts';
import { CLUSTER_OPTIONS, OUTPUT_OPTIONS, SCOPE_OPTIONS, outputOption } from '../options.ts';
import { SCHEDULED_PLANNERS, SECTIONS_OF_SCHEDULED, type PlannedTransition } from '../planners.ts';
import { shownZone } from '../zone.ts';
import { scheduleTestCommand } from './schedule-test.ts';

const OPTIONS = defineOptions({
  ...CLUSTER_OPTIONS,
  ...SCOPE_OPTIONS,
  for: { type: duration, default: 7 * DAY_MS, description: 'How far ahead to look.' },
  output: outputOption(['table', 'json']),
  ...OUTPUT_OPTIONS,
});

/** The calendar of coming transitions. */
export const scheduleCommand = defineCommand({
  name: 'schedule',
  summary: 'Show when workloads go down and come up next: the calendar of the downscaler.',
  examples: [
    ['steward schedule --for 2d', 'the transitions of the next two days'],
    ["steward schedule test 'Mon-Fri 08:00-20:00 Europe/Berlin'", 'check a window'],
  ],
  options: OPTIONS,
  sections: SECTIONS_OF_SCHEDULED,
  commands: [scheduleTestCommand],
  async run(context) {
    const { options, terminal, sections, env } = context;
    const loaded = await load(context, SCHEDULED_PLANNERS);
    const transitions = transitionsOf(context, loaded);
    const calendar = { ...loaded, until: loaded.at + options.for, transitions };
    terminal.out(
      options.output === 'json'
        ? calendarDocument(calendar)
        : calendarTable(calendar, {
            zone: shownZone(sections.downscaler.defaultTimezone, env),
            noHeaders: options.noHeaders,
            width: terminal.width,
          }),
    );
    return loaded.incomplete ? EXIT.error : EXIT.ok;
  },
});

/** Of what is asked for and known, in the order of time. */
const transitionsOf = (context: ScopeContext & { readonly options: { readonly for: number } }, loaded: Loaded) =>
  [...loaded.planned.values()]
    .flatMap((planned): PlannedTransition[] =>
      Array.from(planned.transitions(loaded.at, loaded.at + context.options.for)).filter(
        ({ object }) => isAskedFor(context, planned, object) && loaded.doubt(object) === undefined,
      ),
    )
    .sort((a, b) => a.at - b.at || compareText(idOf(a), idOf(b)));

const idOf = ({ object }: PlannedTransition): string => describeObject(object);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
