import { renderTable, type Style } from '@kube-steward/cli';
import type { Cluster } from '@kube-steward/sandbox';
import type { Notice } from './journal.ts';
import type { Morning } from './log.ts';
import { HOME, cityOf, dayOf, timeIn, zoneOf } from './places.ts';
import type { Remarks } from './remarks.ts';
import { describeTransition, transitionsOf, type Transition } from './transitions.ts';
import type { Day } from './week.ts';

/** A day that lacks at most this part of an earlier one, and has nothing else, is told by what it lacks. */
const SMALL_PART = 1 / 4;

/** Lines that belong to a moment of the day. */
interface Entry {
  readonly at: number;
  readonly lines: readonly string[];
}

interface Told {
  readonly weekday: string;
  readonly lines: readonly string[];
}

/** Writes days as lines of text. What has been told once is not told again. */
export class DayTexts {
  readonly #cluster: Cluster;
  readonly #style: Style;
  readonly #remarks: Remarks;
  readonly #said = new Set<string>();
  #model: Told | undefined;

  constructor(cluster: Cluster, style: Style, remarks: Remarks) {
    this.#cluster = cluster;
    this.#style = style;
    this.#remarks = remarks;
  }

  linesOf({ start, end, moves, notices, mornings }: Day): string[] {
    const transitions = transitionsOf(moves);
    const lines = this.#tableOf(transitions, end);
    const entries = [
      ...notices.filter(({ reason, object }) => this.#isNew(`${reason} ${object}`)).map(this.#warning),
      ...mornings.filter(({ incomplete }) => this.#isNew(`morning ${incomplete.join()}`)).map(this.#morning),
    ];
    const shortened = this.#likeBefore(lines);
    if (shortened) return [...shortened, ...entries.flatMap((entry) => entry.lines)];
    if (lines.length > 0) this.#model = { weekday: dayOf(start).split(' ')[0] ?? '', lines };
    for (const [index, transition] of transitions.entries()) {
      const remarks = this.#remarks.on(transition.moves).map((remark) => this.#style('dim', `             ${remark}`));
      entries.push({ at: transition.at, lines: [lines[index] ?? '', ...remarks] });
    }
    return entries.sort((a, b) => a.at - b.at).flatMap((entry) => entry.lines);
  }

  #likeBefore(lines: readonly string[]): string[] | undefined {
    if (!this.#model) return undefined;
    const { weekday, lines: before } = this.#model;
    const [known, now] = [new Set(before.map(plain)), new Set(lines.map(plain))];
    const missing = before.filter((line) => !now.has(plain(line)));
    if (lines.some((line) => !known.has(plain(line))) || missing.length > before.length * SMALL_PART) return undefined;
    if (missing.length === 0) return [`  as on ${weekday}: ${lines.length} transitions`];
    return [`  as on ${weekday}, without`, ...missing.map((line) => this.#style('dim', `  ${line}`))];
  }

  #isNew(what: string): boolean {
    return !this.#said.has(what) && this.#said.add(what).size > 0;
  }

  readonly #warning = ({ at, reason, object, note }: Notice): Entry => ({
    at,
    lines: [this.#style('yellow', `  ${timeIn(HOME, at)}   Warning ${reason} on ${object}:`), `             ${note}`],
  });

  readonly #morning = ({ at, message }: Morning): Entry => ({
    at,
    lines: [this.#style('green', `  ${timeIn(HOME, at)}   The log says how that went:`), `             ${message}`],
  });

  #tableOf(transitions: readonly Transition[], now: number): string[] {
    const rows = transitions.map((transition) => [
      timeIn(HOME, transition.at),
      this.#timeThere(transition),
      transition.namespace,
      describeTransition(transition, now),
    ]);
    const table = renderTable(['', '', '', ''], rows, { noHeaders: true });
    return table
      .split('\n')
      .slice(0, -1)
      .map((line) => `  ${line}`);
  }

  #timeThere({ at, moves }: Transition): string {
    const zone = moves[0] ? zoneOf(this.#cluster, moves[0].object) : HOME;
    return zone === HOME ? '' : `${timeIn(zone, at)} ${cityOf(zone)}`;
  }
}

/** Without the blanks that only fill columns. */
const plain = (line: string): string => line.replace(/\s+/g, ' ');
