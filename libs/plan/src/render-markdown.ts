import { printable } from '@kube-steward/cli';
import { UTC, formatLocal } from '@kube-steward/schedule';

import type { Decision } from './decision.ts';
import { describeChange } from './describe.ts';
import { plansOf, selectDecisions } from './plan.ts';
import type { Advice, Plan, PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';
import { formatSavings } from './savings.ts';
import { describeSummary } from './summary.ts';

/** A heading, a table and a summary a plan, for a merge request or a chat. */
export const renderMarkdown = (document: PlanDocument, options: RenderOptions = {}): string => {
  const plans = plansOf(selectDecisions(document, options.show ?? 'changes')).map((plan) => renderPlan(plan, options));
  const failures = document.kind === 'PlanList' ? document.errors : [];
  const failed = failures.map(({ context, message }) => `**${escapeText(context)}** failed: ${escapeText(message)}\n`);
  return [...plans, ...failed].join('\n');
};

const renderPlan = (plan: Plan, { show = 'changes', zone = UTC, savings, prices }: RenderOptions): string => {
  const { metadata, decisions, summary, held = [] } = plan;
  const now = Date.parse(metadata.at);
  const title = `### Plan for ${escapeText(metadata.context ?? metadata.source)} at ${formatLocal(now, zone)}\n`;
  const head = '| Namespace | Object | Action | Change | Reason | Why |\n| --- | --- | --- | --- | --- | --- |\n';
  const table = decisions.length > 0 ? [head + decisions.map(row).join('')] : [];
  const saved = savings?.(metadata.context);
  const frees = saved ? [`Frees ${formatSavings(saved, { now, zone, prices })}\n`] : [];
  const trips = held.map((sentence) => `**${escapeText(sentence)}**\n`);
  const advice = (plan.advice ?? []).map(adviceBlock);
  return [title, ...table, `${escapeText(describeSummary(summary, show))}\n`, ...trips, ...frees, ...advice].join('\n');
};

const adviceBlock = ({ message, snippet }: Advice): string =>
  `${escapeText(message)}\n\n\`\`\`yaml\n${snippet.split('\n').map(printable).join('\n')}\`\`\`\n`;

const row = (decision: Decision): string => {
  const { object, action, reason, message } = decision;
  const cells = [
    object.namespace ?? '',
    `${object.kind}/${object.name}`,
    action,
    describeChange(decision),
    reason,
    message,
  ];
  return `| ${cells.map(escapeText).join(' | ')} |\n`;
};

/** Text that stays text: no markup, no link, no cell border out of an annotation. */
const escapeText = (text: string): string =>
  printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]|~@]/g, '\\$&');
