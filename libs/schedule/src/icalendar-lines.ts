import { ScheduleError } from './errors.ts';

/** One unfolded line of an iCalendar file: `NAME;PARAMETER=VALUE:value`. Parameters carry nothing that whole days need. */
export interface ContentLine {
  /** In upper case. */
  readonly name: string;
  readonly value: string;
  /** Where it begins in the file, from 1. */
  readonly number: number;
}

/** Name, parameters (a quoted value may hold colons), then the value. */
const CONTENT_LINE = /^([A-Za-z0-9-]+)(?:;(?:"[^"]*"|[^":])*)?:(.*)$/;

/**
 * The lines of an iCalendar text, with folded lines (continued by a line that starts with a blank) put together.
 *
 * @throws ScheduleError `InvalidCalendar` for a line that has no name and value
 */
export function contentLinesOf(text: string): ContentLine[] {
  const unfolded: { text: string; number: number }[] = [];
  text.split(/\r\n|\n|\r/).forEach((line, index) => {
    const previous = unfolded.at(-1);
    if (/^[ \t]/.test(line) && previous) previous.text += line.slice(1);
    else if (line.trim() !== '') unfolded.push({ text: line, number: index + 1 });
  });
  return unfolded.map(({ text: line, number }) => {
    const [, name, value] = CONTENT_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      const what = `${JSON.stringify(line)} is no iCalendar line (NAME:value)`;
      throw new ScheduleError('InvalidCalendar', `line ${number}: ${what}`, { line: number });
    }
    return { name: name.toUpperCase(), value, number };
  });
}
