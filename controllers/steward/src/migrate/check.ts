import {
  observeAll,
  readCalendars,
  viewOfManifests,
  type FoundTool,
  type OldTool,
  type Policy,
} from '@kube-steward/downscaler';
import type { KubeObject } from '@kube-steward/kube';
import type { ObjectReference } from '@kube-steward/plan';
import { differencesOf, type Difference } from './differences.ts';
import type { NamedManager } from './gitops.ts';
import type { OldRules } from './old-rules.ts';
import { subjectsIn } from './subjects.ts';
import { oldTimeline, ourTimeline, standingOf, type Span } from './timelines.ts';

/** What a migration would change, and what stands in its way. */
export interface MigrationCheck {
  readonly tool: OldTool;
  readonly context?: string;
  readonly source: string;
  readonly span: Span;
  /** The old tool, where it was found. */
  readonly found: readonly FoundTool[];
  readonly managers: readonly NamedManager[];
  /** How many workloads were decided by both. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** Decides every workload by both rules over a span, and keeps what differs, in the order of the table of kinds. */
export const compare = (
  objects: readonly KubeObject[],
  policy: Policy,
  rules: OldRules,
  span: Span,
  isAskedFor: (object: ObjectReference, labels: Readonly<Record<string, string>>) => boolean,
): Pick<MigrationCheck, 'compared' | 'differences'> => {
  const view = viewOfManifests(objects, policy, () => undefined);
  readCalendars(view, policy);
  const subjectOf = subjectsIn(objects);
  const differences: Difference[] = [];
  let compared = 0;
  for (const o of observeAll(view, policy)) {
    const { reference, labels } = o.workload;
    // Kinds that are only brought back have no night here.
    if (o.workload.row.size.form === 'name' || !isAskedFor(reference, labels)) continue;
    const subject = subjectOf(o);
    if (!subject) continue;
    compared += 1;
    const old = oldTimeline(subject, rules, standingOf(o.workload), span);
    differences.push(...differencesOf(rules.tool, subject, reference, old, ourTimeline(o, policy, span), span));
  }
  return { compared, differences };
};
