import { UTC, formatLocal } from '@kube-steward/schedule';

import type { Decision } from './decision.ts';
import { describeChange } from './describe.ts';
import { plansOf, selectDecisions } from './plan.ts';
import type { Advice, Plan, PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';
import { formatSavings } from './savings.ts';
import { describeSummary } from './summary.ts';

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c2024; background: #fff; }
  table { border-collapse: collapse; margin: 1rem 0; }
  th, td { text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #d9dde1; vertical-align: top; }
  td:nth-child(-n + 4) { white-space: nowrap; }
  .delete, .quarantine { color: #b3261e; } .scaleDown, .suspend { color: #8a5a00; }
  .scaleUp, .resume { color: #1b6e3c; } .invalid, .blocked { color: #7b1fa2; } .none { color: #6b7278; }
  @media (prefers-color-scheme: dark) { body { color: #e6e8ea; background: #16181b; } th, td { border-color: #33383d; }
    .delete, .quarantine { color: #ff897d; } .scaleDown, .suspend { color: #ffb951; } .scaleUp, .resume { color: #7bdc9a; }
    .invalid, .blocked { color: #dba8ff; } }`;

/** One page that needs nothing else: no script, no font, no image, no request. */
export const renderHtml = (document: PlanDocument, options: RenderOptions = {}): string => {
  const plans = plansOf(selectDecisions(document, options.show ?? 'changes'));
  const failures = document.kind === 'PlanList' ? document.errors : [];
  const failed = failures.map(
    ({ context, message }) => `<p class="delete">${escapeHtml(context)} failed: ${escapeHtml(message)}</p>\n`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kube-steward plan</title>
<style>${STYLE}
</style>
</head>
<body>
${plans.map((plan) => planSection(plan, options)).join('')}${failed.join('')}</body>
</html>
`;
};

const planSection = (plan: Plan, { show = 'changes', zone = UTC, savings, prices }: RenderOptions): string => {
  const { metadata, decisions, summary, held = [] } = plan;
  const now = Date.parse(metadata.at);
  const saved = savings?.(metadata.context);
  const frees = saved ? `<p>Frees ${escapeHtml(formatSavings(saved, { now, zone, prices }))}</p>\n` : '';
  const trips = held.map((sentence) => `<p class="delete">${escapeHtml(sentence)}</p>\n`).join('');
  const advice = (plan.advice ?? []).map(adviceBlock).join('');
  const head = ['Namespace', 'Object', 'Action', 'Change', 'Reason', 'Why'].map((name) => `<th>${name}</th>`).join('');
  const table = `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${decisions.map(row).join('')}</tbody>\n</table>\n`;
  return `<h1>${escapeHtml(metadata.context ?? metadata.source)}</h1>
<p>${escapeHtml(formatLocal(now, zone))}: ${escapeHtml(describeSummary(summary, show))}</p>
${trips}${frees}${decisions.length > 0 ? table : ''}${advice}`;
};

const adviceBlock = ({ message, snippet }: Advice): string =>
  `<p>${escapeHtml(message)}</p>\n<pre>${escapeHtml(snippet)}</pre>\n`;

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
  return `<tr class="${action}">${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>\n`;
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
