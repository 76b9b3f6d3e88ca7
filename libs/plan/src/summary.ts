import { ACTIONS } from './decision.ts';
import type { Action } from './decision.ts';
import type { PlanSummary, Show } from './plan.ts';

/** What one decision, and what several of an action are called. */
const WORDS: Record<Exclude<Action, 'none'>, readonly [one: string, many: string]> = {
  scaleDown: ['scale down', 'scale down'],
  scaleUp: ['scale up', 'scale up'],
  suspend: ['suspend', 'suspend'],
  resume: ['resume', 'resume'],
  delete: ['delete', 'delete'],
  notify: ['notification', 'notifications'],
  quarantine: ['quarantine', 'quarantine'],
  annotate: ['annotation', 'annotations'],
  setPriority: ['priority change', 'priority changes'],
  recommend: ['recommendation', 'recommendations'],
  invalid: ['invalid', 'invalid'],
  blocked: ['blocked', 'blocked'],
};

/** `1 scale down, 2 suspend, 1 invalid; 212 unchanged (--show all)` */
export const describeSummary = (summary: PlanSummary, show: Show): string => {
  const counts = ACTIONS.flatMap((action) => {
    const count = summary[action] ?? 0;
    if (action === 'none' || count === 0) return [];
    return [`${count} ${WORDS[action][count === 1 ? 0 : 1]}`];
  });
  const unchanged = summary.none ?? 0;
  const rest = unchanged === 0 ? '' : `; ${unchanged} unchanged${show === 'all' ? '' : ' (--show all)'}`;
  return `${counts.join(', ') || 'no changes'}${rest}`;
};
