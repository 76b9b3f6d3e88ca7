import { renderTable } from '@kube-steward/cli';
import { PLAN_API_VERSION, describeObject } from '@kube-steward/plan';
import { formatLocal, formatTimestamp, type Zone } from '@kube-steward/schedule';
import { dump } from 'js-yaml';
import type { CheckFormat, CheckLayout } from '../render-check.ts';
import type { Span } from '../timelines.ts';
import type { Comparison, Side } from './check.ts';
import type { FoundJanitor } from './found.ts';

/** What a migration from kube-janitor would change, and what stands in its way. */
export interface JanitorCheck extends Comparison {
  readonly context?: string;
  readonly source: string;
  readonly span: Span;
  /** kube-janitor, where it was found. */
  readonly found: readonly FoundJanitor[];
}

const documentOf = (check: JanitorCheck) => ({
  apiVersion: PLAN_API_VERSION,
  kind: 'MigrationCheck',
  metadata: {
    ...(check.context !== undefined && { context: check.context }),
    source: check.source,
    from: 'kube-janitor',
    at: formatTimestamp(check.span.from),
    until: formatTimestamp(check.span.to),
  },
  found: check.found.map(({ tool, namespace, name, acts }) => ({ tool, namespace, name, acts })),
  runEnds: check.runEnds,
  differences: check.differences.map(({ object, id, old, new: ours, what, remedy }) => ({
    object,
    kind: id,
    old: sideOf(old),
    new: sideOf(ours),
    what,
    remedy,
  })),
  summary: { compared: check.compared, differing: check.differences.length },
});

const sideOf = ({ at, reason }: Side) => ({
  fate: at === undefined ? 'kept' : 'deleted',
  ...(at !== undefined && { at: formatTimestamp(at) }),
  reason,
});

const table = (check: JanitorCheck, { zone, noHeaders, width }: CheckLayout): string => {
  const rows = check.differences.map(({ object, old, new: ours, remedy }) => [
    object.namespace ?? '',
    `${object.kind}/${object.name}`,
    told(old, old.reason, zone, check.span),
    told(ours, ours.reason.split(':')[0] ?? '', zone, check.span),
    remedy,
  ]);
  const lines = [
    ...check.found.map(({ namespace, name, acts }) =>
      acts ? `${namespace}/${name} still runs: stop it first` : `${namespace}/${name} is there, and does not act`,
    ),
    ...check.runEnds.map(({ object, reason }) => `kube-janitor at ${describeObject(object)}: ${reason}`),
  ];
  const head = lines.length > 0 ? `${lines.join('\n')}\n\n` : '';
  const headings = ['namespace', 'object', 'kube-janitor', 'here', 'equal with'];
  const body = rows.length > 0 ? `${renderTable(headings, rows, { noHeaders, width })}\n` : '';
  return `${head}${body}${summaryOf(check)}`;
};

const told = ({ at }: Side, reason: string, zone: Zone, { from }: Span): string => {
  if (at === undefined) return `kept (${reason})`;
  return `${at <= from ? 'deleted now' : `deleted ${formatLocal(at, zone)}`} (${reason})`;
};

const summaryOf = ({ compared, differences: { length } }: JanitorCheck): string =>
  length === 0 ? `Nothing differs: ${compared} compared.` : `${length} of ${compared} would be treated differently.`;

/** Every format, by its name. */
export const JANITOR_RENDERERS: Readonly<Record<CheckFormat, (check: JanitorCheck, layout: CheckLayout) => string>> = {
  table,
  json: (check) => JSON.stringify(documentOf(check), undefined, 2),
  yaml: (check) => dump(documentOf(check), { lineWidth: -1, noRefs: true }),
};
