import { CliError, EXIT, boolean, type Terminal } from '@kube-steward/cli';
import type { Client } from '@kube-steward/kube';
import { RENDERERS, createPlan, describeChange, describeObject, type Decision } from '@kube-steward/plan';
import type { Clock } from '@kube-steward/schedule';
import type { LeaseHolder } from './lease-holder.ts';
import type { Policy } from './policy.ts';
import { restoreAll, type Found, type Outcome, type Restoration } from './restore.ts';

/** What bringing things back is done with, and told on. */
export interface RestoreRun {
  readonly client: Client;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly terminal: Terminal;
}

/** `--all` is said, so that nobody wakes a cluster by a word too many. */
export const ALL = {
  type: boolean,
  default: false,
  description: 'Everything that sleeps, of every kind, whatever is configured.',
} as const;

/** @throws CliError (exit code 64) without `--all` */
export const requireAll = (all: boolean): void => {
  if (!all)
    throw new CliError([{ kind: 'usage', message: '--all is missing: restore brings back everything that sleeps' }]);
};

/** A downscaler that still runs undoes it all. */
export const warnOfHolders = (holders: readonly LeaseHolder[] | undefined, terminal: Terminal): void => {
  const [first] = holders ?? [];
  const label = terminal.errStyle('red', 'warning');
  if (!holders)
    terminal.err(`${label}: whether the downscaler still runs is not known, for want of the right to list leases`);
  if (first)
    terminal.err(
      `${label}: THE DOWNSCALER STILL RUNS (${first.identity} in namespace ${first.namespace}). It will put everything to sleep again; stop it first.`,
    );
};

/** What would be brought back. @returns the exit code */
export const showFound = (found: Found, policy: Policy, terminal: Terminal): number => {
  const decisions = found.restorations.map(({ decision }) => decision);
  const plan = createPlan(decisions, { at: 0 });
  terminal.out(
    decisions.length > 0
      ? RENDERERS.table(plan, { noHeaders: true, style: terminal.style, width: terminal.width })
      : NOTHING,
  );
  return reportUnread(found, policy, terminal) ? EXIT.error : EXIT.ok;
};

/** A kind that is put to sleep here and cannot be read leaves the answer incomplete; another one is a notice. */
const reportUnread = ({ unread }: Found, { included }: Policy, terminal: Terminal): boolean => {
  for (const { row, message } of unread) {
    const label = included.includes(row) ? terminal.errStyle('red', 'error') : 'notice';
    terminal.err(`${label}: ${row.resource.plural} were not looked at: ${message.replaceAll(/\s*\n\s*/g, '; ')}`);
  }
  return unread.some(({ row }) => included.includes(row));
};

const NOTHING = 'Nothing sleeps: there is nothing to bring back.';

/**
 * Brings back everything that was found, and says of each what came of it.
 *
 * @returns the exit code: 1 when something failed or could not be looked at
 */
export const restoreFound = async (found: Found, run: RestoreRun): Promise<number> => {
  const { terminal, policy, clock } = run;
  const isIncomplete = reportUnread(found, policy, terminal);
  const counts = { restored: 0, failed: 0 };
  const onOutcome = ({ decision }: Restoration, outcome: Outcome): void => {
    const name = describeObject(decision.object);
    if (typeof outcome === 'object') {
      counts.failed += 1;
      terminal.err(`${terminal.errStyle('red', 'error')}: ${name}: ${outcome.failure}`);
    } else if (outcome === 'restored') {
      counts.restored += 1;
      terminal.out(`${name}: ${sizeOf(decision)}`);
    }
  };
  await restoreAll(found.restorations, { ...run, now: () => clock.now(), onOutcome });
  terminal.out(found.restorations.length === 0 ? NOTHING : summaryOf(counts));
  return counts.failed > 0 || isIncomplete ? EXIT.error : EXIT.ok;
};

const summaryOf = ({ restored, failed }: { readonly restored: number; readonly failed: number }): string =>
  `${restored} brought back${failed === 0 ? '' : `, ${failed} failed`}.`;

/** What was there already has only its annotation removed. */
const sizeOf = (decision: Decision): string => {
  const isSize = decision.changes.some(
    ({ path, to }) => to !== undefined || !path.startsWith('/metadata/annotations/'),
  );
  return isSize ? describeChange(decision) : 'was back already';
};
