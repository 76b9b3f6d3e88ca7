import type { Decision } from './decision.ts';
import { plansOf, selectDecisions } from './plan.ts';
import type { PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';

const COLUMNS: readonly [header: string, value: (decision: Decision) => string | undefined][] = [
  ['controller', ({ controller }) => controller],
  ['apiVersion', ({ object }) => object.apiVersion],
  ['kind', ({ object }) => object.kind],
  ['namespace', ({ object }) => object.namespace],
  ['name', ({ object }) => object.name],
  ['action', ({ action }) => action],
  ['reason', ({ reason }) => reason],
  ['message', ({ message }) => message],
  ['source', ({ decidedBy }) => decidedBy?.source],
  ['key', ({ decidedBy }) => decidedBy?.key],
  ['value', ({ decidedBy }) => decidedBy?.value],
  ['changes', ({ changes }) => (changes.length > 0 ? JSON.stringify(changes) : undefined)],
  ['nextTransition', ({ nextTransition }) => nextTransition],
];

/** One decision a record (RFC 4180), the context first; the changes are JSON in one field. */
export const renderCsv = (
  document: PlanDocument,
  { show = 'changes', noHeaders = false }: RenderOptions = {},
): string => {
  const records = plansOf(selectDecisions(document, show)).flatMap(({ metadata, decisions }) =>
    decisions.map((decision) => [metadata.context ?? '', ...COLUMNS.map(([, value]) => value(decision) ?? '')]),
  );
  const header = ['context', ...COLUMNS.map(([name]) => name)];
  return formatCsv(noHeaders ? records : [header, ...records]);
};

/** Records as RFC 4180 has them: CRLF ends each, a field with a comma, quote or line break stands in quotes. */
export const formatCsv = (records: readonly (readonly string[])[]): string =>
  records.map((fields) => `${fields.map(quoteField).join(',')}\r\n`).join('');

const quoteField = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
