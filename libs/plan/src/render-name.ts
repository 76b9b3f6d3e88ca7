import { isChange } from './decision.ts';
import { plansOf, selectDecisions } from './plan.ts';
import type { PlanDocument } from './plan.ts';
import type { RenderOptions } from './render.ts';

/** `deployment.apps/checkout` a line, as kubectl prints names, of what changes: not of what cannot be decided. An object that several controllers decide on is named once. */
export const renderName = (document: PlanDocument, { show = 'changes' }: RenderOptions = {}): string => {
  const lines = plansOf(selectDecisions(document, show)).flatMap(({ metadata, decisions }) =>
    decisions
      .filter((decision) => show === 'all' || isChange(decision))
      .map(({ object }) => {
        const slash = object.apiVersion.indexOf('/');
        const group = slash < 0 ? '' : `.${object.apiVersion.slice(0, slash)}`;
        const name = `${object.kind.toLowerCase()}${group}/${object.name}`;
        return { name, id: [metadata.context, object.namespace, name].join(' ') };
      }),
  );
  return [...new Map(lines.map(({ id, name }) => [id, `${name}\n`])).values()].join('');
};
