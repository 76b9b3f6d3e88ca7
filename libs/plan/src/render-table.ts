import { displayWidth, printable, truncate } from '@kube-steward/cli';
import type { Style, StyleName } from '@kube-steward/cli';
import { UTC, formatDuration, formatLocal } from '@kube-steward/schedule';

import { isChange } from './decision.ts';
import type { Action, DecidedBy, Decision } from './decision.ts';
import { describeChange } from './describe.ts';
import { selectDecisions } from './plan.ts';
import type { Plan, PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';
import { formatSavings } from './savings.ts';
import { describeSummary } from './summary.ts';

/** The mark in front of a line carries its meaning without colour. */
const MARKS: Record<Action, readonly [mark: string, style: StyleName]> = {
  none: ['=', 'dim'],
  scaleDown: ['-', 'yellow'],
  suspend: ['-', 'yellow'],
  scaleUp: ['+', 'green'],
  resume: ['+', 'green'],
  setPriority: ['~', 'cyan'],
  recommend: ['~', 'cyan'],
  annotate: ['~', 'cyan'],
  notify: ['~', 'cyan'],
  quarantine: ['x', 'red'],
  delete: ['x', 'red'],
  invalid: ['!', 'magenta'],
  blocked: ['!', 'magenta'],
};

/** Names longer than this stick out instead of pushing every line to the right. */
const OBJECT_COLUMN_LIMIT = 50;
const CLUSTER_GROUP = '(cluster)';
const PLAIN: Style = (_, text) => text;

/** The plan for a person: grouped by namespace, one line a decision, a summary at the end. */
export const renderTable = (document: PlanDocument, options: RenderOptions = {}): string => {
  const selected = selectDecisions(document, options.show ?? 'changes');
  if (selected.kind === 'Plan') return renderPlan(selected, options);
  const failures = selected.errors.map(
    ({ context, message }) => `Context ${printable(context)}  failed: ${printable(message)}\n`,
  );
  return [...selected.items.map((plan) => renderPlan(plan, options)), failures.join('')].filter(Boolean).join('\n');
};

const renderPlan = (plan: Plan, options: RenderOptions): string => {
  const style = options.style ?? PLAIN;
  const lines = plan.decisions.map((decision) => ({ decision, cells: cellsOf(decision, plan) }));
  const widths = {
    object: Math.min(OBJECT_COLUMN_LIMIT, Math.max(0, ...lines.map(({ cells }) => displayWidth(cells.object)))),
    change: Math.max(0, ...lines.map(({ cells }) => displayWidth(cells.change))),
  };
  const groups = new Map<string, typeof lines>();
  for (const line of lines) {
    const group = groupOf(line.decision);
    const members = groups.get(group);
    if (members) members.push(line);
    else groups.set(group, [line]);
  }
  const blocks = [...groups]
    .sort(([a], [b]) => compareGroups(a, b))
    .map(([name, members]) => {
      const note = groupNote(members.map(({ decision }) => decision));
      const body = members.map(({ decision, cells }) => renderLine(decision, cells, widths, options));
      return [`${style('bold', printable(name))}${note && `   ${printable(note)}`}`, ...body].join('\n');
    });
  const header = options.noHeaders ? [] : [headerLine(plan, options), ''];
  return `${[...header, ...blocks, ...(blocks.length > 0 ? [''] : []), ...footer(plan, options), ...adviceLines(plan)].join('\n')}\n`;
};

const headerLine = ({ metadata }: Plan, { zone = UTC, serverVersion, style = PLAIN }: RenderOptions): string => {
  const version = serverVersion?.(metadata.context);
  const where = metadata.context === undefined ? sourceName(metadata.source) : `Context ${metadata.context}`;
  const at = formatLocal(Date.parse(metadata.at), zone);
  return [
    style('bold', printable(where)) + (version === undefined ? '' : ` (${printable(version)})`),
    `at ${at}`,
    'read-only, nothing will be changed',
  ].join('  ');
};

const sourceName = (source: string): string => (source === 'cluster' ? 'Cluster' : `Manifests ${source}`);

/** A Namespace stands with what is in it. */
const groupOf = ({ object }: Decision): string =>
  object.namespace ?? (object.kind === 'Namespace' ? object.name : CLUSTER_GROUP);

const compareGroups = (a: string, b: string): number => {
  if ((a === CLUSTER_GROUP) !== (b === CLUSTER_GROUP)) return a === CLUSTER_GROUP ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
};

/** What decided for the whole group, if it was one value of the namespace or one rule. */
const groupNote = (decisions: readonly Decision[]): string => {
  const notes = new Set(decisions.filter(isChange).map(({ decidedBy }) => (decidedBy ? sharedNote(decidedBy) : '')));
  notes.delete('');
  return notes.size === 1 ? [...notes].join() : '';
};

const sharedNote = ({ source, key = '', value = '' }: DecidedBy): string => {
  const setting = `${key.slice(key.indexOf('/') + 1)} ${value}`.trim();
  if (source.startsWith('namespace/')) return `${setting} (namespace annotation)`;
  return source.startsWith('rule/') ? `rule ${source.slice('rule/'.length)}: ${setting}` : '';
};

interface Cells {
  readonly object: string;
  readonly change: string;
  readonly text: string;
}

const cellsOf = (decision: Decision, { metadata }: Plan): Cells => {
  const { object, nextTransition, reason, message } = decision;
  const left = nextTransition === undefined ? 0 : Date.parse(nextTransition) - Date.parse(metadata.at);
  const isRefused = decision.action === 'invalid' || decision.action === 'blocked';
  return {
    object: printable(`${object.kind}/${object.name}`),
    change: printable(describeChange(decision)),
    text: printable(
      `${isRefused ? `${reason}: ` : ''}${message}${left > 0 && isChange(decision) ? ` (${formatDuration(left)})` : ''}`,
    ),
  };
};

const renderLine = (
  { action }: Decision,
  { object, change, text }: Cells,
  widths: { readonly object: number; readonly change: number },
  { style = PLAIN, width }: RenderOptions,
): string => {
  const [mark, color] = MARKS[action];
  const head = `  ${mark}  ${pad(object, widths.object)}   ${pad(change, widths.change)}   `;
  const room = width === undefined ? Infinity : Math.max(20, width - displayWidth(head));
  return `  ${style(color, mark)}${`${head.slice(3)}${truncate(text, room)}`.trimEnd()}`;
};

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)));

const footer = (
  { metadata, summary, held = [] }: Plan,
  { show = 'changes', savings, prices, zone, style = PLAIN }: RenderOptions,
): string[] => {
  const lines = [`${style('bold', 'Plan:')} ${describeSummary(summary, show)}`];
  lines.push(...held.map((sentence) => style('red', printable(sentence))));
  const saved = savings?.(metadata.context);
  if (saved && (saved.requests.cpuCores > 0 || saved.requests.memoryBytes > 0)) {
    lines.push(`Frees ${formatSavings(saved, { now: Date.parse(metadata.at), zone, prices })}`);
  }
  return lines;
};

/** Below everything else, as it is to be copied: nothing of it is cut. */
const adviceLines = ({ advice = [] }: Plan): string[] =>
  advice.flatMap(({ message, snippet }) => [
    '',
    printable(message),
    '',
    ...snippet
      .trimEnd()
      .split('\n')
      .map((line) => `    ${printable(line)}`),
  ]);
