import { EXIT, choice, custom, defineCommand, defineOptions, messageOf, text } from '@kube-steward/cli';
import {
  formatLocal,
  formatTimestamp,
  parseSchedule,
  parseTimestamp,
  systemClock,
  type Schedule,
} from '@kube-steward/schedule';

const OPTIONS = defineOptions({
  at: {
    type: custom(parseTimestamp, { placeholder: 'time' }),
    description: 'The moment to test, RFC 3339; now when left out.',
  },
  defaultTimezone: { type: text, description: 'Zone of windows that name none.' },
  defaultWeekframe: { type: text, description: 'Weekdays of windows that name none.' },
  output: { type: choice(['table', 'json']), default: 'table', short: 'o', description: 'How it is printed.' },
});

/** Whether a window matches at a moment, and when that changes. */
export const scheduleTestCommand = defineCommand({
  name: 'test',
  summary: 'Check a time window: whether it matches, and when that changes next.',
  examples: [["steward schedule test 'Mon-Fri 08:00-20:00 Europe/Berlin' --at 2026-11-20T19:00:00Z", 'in or out?']],
  arguments: [{ name: 'SPEC', required: true }],
  options: OPTIONS,
  run({ options, terminal, arguments: [spec = ''] }) {
    const { defaultTimezone, defaultWeekframe } = options;
    const at = options.at ?? systemClock.now();
    try {
      const schedule = parseSchedule(spec, { defaultTimezone, defaultWeekframe });
      const state = { valid: true, matches: schedule.matches(at), nextChange: isoOrNull(schedule.nextChange(at)) };
      terminal.out(
        options.output === 'json' ? JSON.stringify({ ...state, ...lintOf(schedule) }) : sentence(schedule, at),
      );
      return EXIT.ok;
    } catch (error) {
      if (options.output === 'json') terminal.out(JSON.stringify({ valid: false, error: messageOf(error) }));
      else terminal.err(`error: ${messageOf(error)}`);
      return EXIT.invalid;
    }
  },
});

const isoOrNull = (at: number | undefined): string | null => (at === undefined ? null : formatTimestamp(at));

const lintOf = ({ lint }: Schedule): { lint?: readonly string[] } => (lint.length > 0 ? { lint } : {});

const sentence = (schedule: Schedule, at: number): string => {
  const next = schedule.nextChange(at);
  const until =
    next === undefined ? 'that never changes' : `until ${formatLocal(next, schedule.zone)} (${formatTimestamp(next)})`;
  const lint = schedule.lint.map((warning) => `\nnote: ${warning}`).join('');
  return `${schedule.matches(at) ? 'matches' : 'does not match'} at ${formatLocal(at, schedule.zone)}; ${until}${lint}`;
};
