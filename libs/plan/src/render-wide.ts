import { printable, renderTable } from '@kube-steward/cli';

import type { Decision } from './decision.ts';
import { describeChange } from './describe.ts';
import { plansOf, selectDecisions } from './plan.ts';
import type { PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';

const COLUMNS = ['namespace', 'object', 'controller', 'action', 'change', 'reason', 'decided by', 'next', 'message'];

/** One flat table of everything, for a wide terminal or a pipe. */
export const renderWide = (
  document: PlanDocument,
  { show = 'changes', width, noHeaders = false }: RenderOptions = {},
): string => {
  const isList = document.kind === 'PlanList';
  const rows = plansOf(selectDecisions(document, show)).flatMap(({ metadata, decisions }) =>
    decisions.map((decision) => [...(isList ? [metadata.context ?? ''] : []), ...cellsOf(decision)]),
  );
  const columns = isList ? ['context', ...COLUMNS] : COLUMNS;
  return renderTable(columns, rows, { noHeaders, width });
};

const cellsOf = (decision: Decision): string[] =>
  [
    decision.object.namespace ?? '-',
    `${decision.object.kind}/${decision.object.name}`,
    decision.controller,
    decision.action,
    describeChange(decision),
    decision.reason,
    [decision.decidedBy?.source, decision.decidedBy?.key].filter((part) => part !== undefined).join(', ') || '-',
    decision.nextTransition ?? '-',
    decision.message,
  ].map(printable);
