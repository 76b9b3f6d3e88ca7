import { EXIT, defineCommand, defineOptions, messageOf, type SectionSpecs } from '@kube-steward/cli';
import { formatLocal, formatTimestamp, systemClock, type Schedule } from '@kube-steward/schedule';
import { DOWNSCALER_SECTION, downscalerPolicy } from '../downscaler-planner.ts';
import { settingsOf } from '../load.ts';
import { OUTPUT_OPTIONS, SCOPE_OPTIONS, moment, outputOption } from '../options.ts';
import type { SECTIONS_OF_SCHEDULED } from '../planners.ts';

const { color } = OUTPUT_OPTIONS;
const { config } = SCOPE_OPTIONS;
const { defaultTimezone, defaultWeekframe } = DOWNSCALER_SECTION;

const OPTIONS = defineOptions({
  at: { type: moment, description: 'The moment to test, RFC 3339; now when left out.' },
  config: { ...config, group: 'Options', description: 'Where calendars are named, and the defaults of windows.' },
  output: { ...outputOption(['table', 'json']), group: 'Options' },
  color: { ...color, group: 'Options' },
});

/** Of the controller's own options, only what a window is read with is a flag here. */
const SECTION = {
  ...Object.fromEntries(
    Object.entries(DOWNSCALER_SECTION).map(([name, spec]) => [name, { ...spec, configOnly: true, hidden: true }]),
  ),
  defaultTimezone,
  defaultWeekframe,
} as unknown as typeof DOWNSCALER_SECTION;

const SECTIONS: typeof SECTIONS_OF_SCHEDULED & SectionSpecs = { downscaler: SECTION };

/** Whether a window matches at a moment, and when that changes. */
export const scheduleTestCommand = defineCommand({
  name: 'test',
  summary: 'Check a time window: whether it matches, and when that changes next.',
  examples: [["steward schedule test 'Mon-Fri 08:00-20:00 Europe/Berlin' --at 2026-11-20T19:00:00Z", 'in or out?']],
  arguments: [{ name: 'SPEC', required: true }],
  options: OPTIONS,
  sections: SECTIONS,
  run(context) {
    const { options, terminal } = context;
    const at = options.at ?? systemClock.now();
    const read = readWindow(context.arguments[0] ?? '', () => downscalerPolicy(settingsOf(context, 'downscaler')));
    if ('error' in read) {
      if (options.output === 'json') terminal.out(JSON.stringify({ valid: false, error: read.error }));
      else terminal.err(`${terminal.errStyle('red', 'error')}: ${read.error}`);
      return EXIT.invalid;
    }
    terminal.out(options.output === 'json' ? document(read.schedule, at) : sentence(read.schedule, at));
    return EXIT.ok;
  },
});

type Window = { readonly schedule: Schedule } | { readonly error: string };

/** Read as an annotation would be: by the controller's own rules, with its calendars and defaults. */
const readWindow = (text: string, policy: () => ReturnType<typeof downscalerPolicy>): Window => {
  try {
    const entry = policy().reader.entry('uptime', { source: 'config', key: 'uptime', value: text });
    return entry.problem === undefined ? { schedule: entry.value } : { error: entry.problem };
  } catch (error) {
    return { error: messageOf(error) };
  }
};

const document = (schedule: Schedule, at: number): string => {
  const next = schedule.nextChange(at);
  return JSON.stringify({
    valid: true,
    matches: schedule.matches(at),
    nextChange: next === undefined ? null : formatTimestamp(next),
    ...(schedule.lint.length > 0 && { lint: schedule.lint }),
  });
};

const sentence = (schedule: Schedule, at: number): string => {
  const { zone } = schedule;
  const next = schedule.nextChange(at);
  const until =
    next === undefined ? 'that never changes' : `until ${formatLocal(next, zone)} (${formatTimestamp(next)})`;
  const lint = schedule.lint.map((warning) => `\nnote: ${warning}`).join('');
  return `${schedule.matches(at) ? 'matches' : 'does not match'} at ${formatLocal(at, zone)}; ${until}${lint}`;
};
