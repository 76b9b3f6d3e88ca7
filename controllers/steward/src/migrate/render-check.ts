import { renderTable } from '@kube-steward/cli';
import { FIELD_MANAGER } from '@kube-steward/downscaler';
import { PLAN_API_VERSION, type ObjectReference } from '@kube-steward/plan';
import { formatLocal, formatTimestamp, type Zone } from '@kube-steward/schedule';
import { dump } from 'js-yaml';
import type { MigrationCheck } from './check.ts';
import type { Difference } from './differences.ts';
import { NONE_NEEDED } from './kinds-of-difference.ts';

export interface CheckLayout {
  readonly zone: Zone;
  readonly noHeaders: boolean;
  readonly width: number | undefined;
}

type Render = (check: MigrationCheck, layout: CheckLayout) => string;

const documentOf = (check: MigrationCheck) => ({
  apiVersion: PLAN_API_VERSION,
  kind: 'MigrationCheck',
  metadata: {
    ...(check.context !== undefined && { context: check.context }),
    source: check.source,
    from: check.tool,
    at: formatTimestamp(check.span.from),
    until: formatTimestamp(check.span.to),
  },
  found: check.found.map(({ tool, namespace, name, acts }) => ({ tool, namespace, name, acts })),
  managedFieldsManagers: check.managers,
  differences: check.differences.map(({ object, kind, from, until, ...rest }) => ({
    object,
    kind,
    from: formatTimestamp(from),
    ...(until !== undefined && { until: formatTimestamp(until) }),
    ...rest,
  })),
  summary: { compared: check.compared, differing: differing(check) },
});

/** Workloads for which something is to be done. */
const differing = ({ differences }: MigrationCheck): number =>
  new Set(differences.filter(needsRemedy).map(({ object }) => nameOf(object))).size;

const needsRemedy = ({ remedy }: Difference): boolean => !remedy.startsWith(NONE_NEEDED);

const nameOf = ({ kind, namespace = '', name }: ObjectReference): string => `${namespace} ${kind}/${name}`;

const table: Render = (check, { zone, noHeaders, width }) => {
  const rows = check.differences.map(({ object, from, until, count, old, new: ours, remedy }) => [
    object.namespace ?? '',
    `${object.kind}/${object.name}`,
    formatLocal(from, zone),
    until === undefined ? '' : formatLocal(until, zone),
    String(count),
    `${old.state} (${old.reason})`,
    `${ours.state} (${ours.reason.split(':')[0] ?? ''})`,
    remedy,
  ]);
  const headings = ['namespace', 'object', 'from', 'until', 'times', check.tool, 'here', 'equal with'];
  const lines = [
    ...check.found.map(({ namespace, name, acts }) =>
      acts ? `${namespace}/${name} still runs: stop it first` : `${namespace}/${name} is there, and does not act`,
    ),
    ...check.managers.map(
      ({ where, manager }) => `${where} ignores fields of ${manager}: name ${FIELD_MANAGER} there too`,
    ),
  ];
  const head = lines.length > 0 ? `${lines.join('\n')}\n\n` : '';
  const body = rows.length > 0 ? `${renderTable(headings, rows, { noHeaders, width })}\n` : '';
  return `${head}${body}${summaryOf(check)}`;
};

const summaryOf = (check: MigrationCheck): string => {
  const { compared, differences } = check;
  if (differences.length === 0) return `Nothing differs: ${compared} compared.`;
  const harmless = differences.filter((each) => !needsRemedy(each)).length;
  const rest = harmless === 0 ? '' : ` Rows with nothing to do: ${harmless}.`;
  return `${differing(check)} of ${compared} would be treated differently.${rest}`;
};

/** Every format, by its name. */
export const CHECK_FORMATS = ['table', 'json', 'yaml'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];
export const CHECK_RENDERERS: Readonly<Record<CheckFormat, Render>> = {
  table,
  json: (check) => JSON.stringify(documentOf(check), undefined, 2),
  yaml: (check) => dump(documentOf(check), { lineWidth: -1, noRefs: true }),
};
