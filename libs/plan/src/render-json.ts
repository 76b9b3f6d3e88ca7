import { plansOf, selectDecisions } from './plan.ts';
import type { PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';

/** The document itself, indented by two. */
export const renderJson = (document: PlanDocument, { show = 'changes' }: RenderOptions = {}): string =>
  `${JSON.stringify(selectDecisions(document, show), null, 2)}\n`;

/** One decision a line; in a list of plans each begins with its context. */
export const renderJsonLines = (document: PlanDocument, { show = 'changes' }: RenderOptions = {}): string =>
  plansOf(selectDecisions(document, show))
    .flatMap(({ metadata, decisions }) => {
      const context = document.kind === 'PlanList' ? { context: metadata.context } : {};
      return decisions.map((decision) => `${JSON.stringify({ ...context, ...decision })}\n`);
    })
    .join('');
