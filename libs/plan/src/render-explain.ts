import { displayWidth, printable } from '@kube-steward/cli';
import type { Style } from '@kube-steward/cli';
import { UTC, formatDuration, formatLocal } from '@kube-steward/schedule';

import type { ControllerName, DecidedBy, Decision } from './decision.ts';
import { actionName, describeChange } from './describe.ts';
import type { Plan } from './plan.ts';
import type { RenderOptions } from './render.ts';
import type { Considered, TraceEntry } from './trace.ts';

/** What a controller calls the value that decided. */
const DECIDER: Record<ControllerName, string> = {
  downscaler: 'Schedule',
  janitor: 'Rule',
  prioritizer: 'Pool',
  recommender: 'Profile',
};

/**
 * One object for a person: what was decided, by which value, what else was considered, which checks were made, and what
 * comes next. Several controllers' decisions stand one below the other.
 */
export const renderExplain = (plan: Plan, options: RenderOptions = {}): string => {
  const blocks = plan.decisions.map((decision) => explainDecision(decision, plan, options));
  return blocks.map((rows) => rows.map(formatRow).join('')).join('\n');
};

/** A heading, and lines that stand beside and below it. */
type Row = readonly [heading: string, lines: readonly string[]];

const PLAIN: Style = (_, text) => text;
const HEADING_WIDTH = 12;

const formatRow = ([heading, lines]: Row): string =>
  lines.map((line, index) => `${(index === 0 ? heading : '').padEnd(HEADING_WIDTH)}${line}`.trimEnd() + '\n').join('');

const explainDecision = (decision: Decision, plan: Plan, options: RenderOptions): Row[] => {
  const { style = PLAIN } = options;
  const trace = (plan.trace ?? []).filter(
    ({ controller }) => (controller ?? decision.controller) === decision.controller,
  );
  const change = describeChange(decision);
  const what = `${actionName(decision.action)}${change === '-' || change === decision.action ? '' : ` ${change}`}`;
  const rows: Row[] = [
    [
      'Object',
      [
        printable(
          `${decision.object.kind} ${decision.object.namespace ?? ''}/${decision.object.name}`.replace(' /', ' '),
        ),
      ],
    ],
    ['Decision', [`${style('bold', what)}${' '.repeat(Math.max(2, 24 - what.length))}Reason ${decision.reason}`]],
    ['Because', [printable(decision.message)]],
    [decision.action === 'invalid' ? 'Value' : DECIDER[decision.controller], deciderLines(decision.decidedBy)],
    ['Considered', consideredLines(trace, decision)],
    ['Checks', checkLines(trace)],
    ['Next', [nextLine(decision, trace, plan, options)]],
  ];
  return rows.filter(([, lines]) => lines.length > 0);
};

const deciderLines = (decidedBy: DecidedBy | undefined): string[] => {
  if (!decidedBy) return [];
  const { source, key, value } = decidedBy;
  const from = key === undefined ? source : `${source}, ${key}`;
  return [printable(value === undefined ? `from ${from}` : `${value}       from ${from}`)];
};

const consideredLines = (trace: readonly TraceEntry[], decision: Decision): string[] => {
  const entries = trace.filter((entry) => entry.kind === 'considered');
  const cells = entries.map(
    (entry) => [layerName(entry.source, decision), printable(consideredText(entry)), entry.used] as const,
  );
  const layerWidth = Math.max(0, ...cells.map(([layer]) => displayWidth(layer)));
  return cells.map(([layer, text, used]) => `${layer.padEnd(layerWidth)}  ${text}${used ? '     <- used' : ''}`);
};

const layerName = (source: string, { controller }: Decision): string => {
  if (source === 'object') return controller === 'downscaler' ? 'workload annotation' : 'own annotation';
  return source.startsWith('namespace/') ? 'namespace' : printable(source.replace('/', ' '));
};

const consideredText = ({ source, key, value }: Considered): string => {
  if (key === undefined) return 'none';
  if (source === 'config' || source === 'default') return `${flagOf(key)}=${value ?? ''}`;
  return `${key.slice(key.indexOf('/') + 1)} "${value ?? ''}"`;
};

/** `defaultUptime` → `--default-uptime` */
const flagOf = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const checkLines = (trace: readonly TraceEntry[]): string[] => {
  const checks = trace.filter((entry) => entry.kind === 'check');
  const texts = checks.map(({ name, result, passed }) => printable(`${passed ? '' : '! '}${name}: ${result}`));
  return texts.length > 0 ? [texts.join(' | ')] : [];
};

const nextLine = (
  { action, nextTransition }: Decision,
  trace: readonly TraceEntry[],
  { metadata }: Plan,
  { zone = UTC }: RenderOptions,
): string => {
  if (action === 'delete') return 'nothing more: it is gone then';
  if (nextTransition === undefined) return 'nothing, until an object or the configuration changes';
  const next = trace.find((entry) => entry.kind === 'next');
  const what = next
    ? `${actionName(next.action)}${next.message === undefined ? '' : ` ${next.message}`}`
    : 'looked at again';
  const at = Date.parse(nextTransition);
  return printable(`${what} on ${formatLocal(at, zone)} (in ${formatDuration(at - Date.parse(metadata.at))})`);
};
