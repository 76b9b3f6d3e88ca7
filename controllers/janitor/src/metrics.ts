import type { Metrics } from '@kube-steward/controller';
import type { Resource } from '@kube-steward/kube';
import { isChange, metricLabelsOf, type Action, type Decision } from '@kube-steward/plan';
import type { Candidate } from './candidate.ts';
import { NAME } from './names.ts';

/** What the janitor publishes of itself, and the figures kube-janitor tells at the end of a run. */
export interface JanitorMetrics {
  /** An object was read, with what is kept of it. */
  readonly seen: (resource: Resource, candidate: Candidate | undefined) => void;
  decided(decision: Decision): void;
  /** A delete was done, or refused by the server. */
  deleted(resource: Resource, outcome: 'done' | 'failed'): void;
  /** The rules in force have been read from a file that could be read, or one that could not be read has been left aside. */
  rulesRead(isGood: boolean): void;
  /** The breakers that hold deletes until somebody acknowledges them. */
  tripped(scopes: readonly string[]): void;
  /** By how much our clock is before that of the API server. */
  clockSkew(ms: number): void;
  /** kube-janitor's counters, by its names: `resources-processed`, `rule-preview-matches`, `deployments-deleted`. */
  summary(): Readonly<Record<string, number>>;
}

const CHANGES = ['delete', 'notify', 'quarantine'] as const satisfies readonly Action[];

export const createJanitorMetrics = (metrics: Metrics, clock: { now(): number }, dryRun: boolean): JanitorMetrics => {
  const counter = <L extends string = never>(name: string, help: string, labels: readonly L[] = []) =>
    metrics.counter({ name: `kube_steward_janitor_${name}`, help, labels });
  const decisions = counter('decisions_total', 'Decisions taken, by what they do and why', [
    'controller',
    'action',
    'reason',
    'dry_run',
  ]);
  const withheld = metrics.counter({
    name: 'dry_run_actions_total',
    help: 'Actions decided on and not taken, because it is a dry run',
    labels: ['controller', 'action'],
  });
  const processed = counter('resources_processed_total', 'Objects read, each change of one counted');
  const matches = counter('rule_matches_total', 'Objects read that a rule matched, due or not', ['rule']);
  const withTtl = counter('with_ttl_total', 'Objects read that have a time to live of their own', ['resource']);
  const withExpiry = counter('with_expiry_total', 'Objects read that expire at a moment', ['resource']);
  const deleted = counter('deleted_total', 'Objects deleted', ['resource']);
  const failed = counter('failed_total', 'Deletes that the API server refused', ['resource']);
  const last = metrics.gauge({
    name: 'kube_steward_janitor_last_delete_timestamp_seconds',
    help: 'When an object of this kind was last deleted',
    labels: ['resource'],
  });
  const rules = metrics.gauge({
    name: 'kube_steward_janitor_rules_file_valid',
    help: 'Whether the rules file as it is now could be read: 1 yes, 0 no, an earlier content is in force',
  });
  const trips = metrics.gauge({
    name: 'kube_steward_janitor_breaker_tripped',
    help: 'Whether deletes are held because there were too many: 1 until somebody acknowledges it',
    labels: ['breaker'],
  });
  const skew = metrics.gauge({
    name: 'kube_steward_janitor_clock_skew_seconds',
    help: 'By how much our clock was before that of the API server at the last delete that was due',
  });
  for (const action of CHANGES) withheld.inc({ controller: NAME, action }, 0);

  const figures: Record<string, number> = {};
  const count = (name: string): void => void (figures[name] = (figures[name] ?? 0) + 1);
  return {
    seen({ plural: resource }, candidate) {
      processed.inc();
      count('resources-processed');
      if (!candidate) return;
      const { ttl, expires } = candidate.layer.entries;
      const match = candidate.answers.find(({ kind }) => kind === 'match');
      if (typeof ttl?.value === 'number' && ttl.value > 0) {
        withTtl.inc({ resource });
        count(`${resource}-with-ttl`);
      }
      if (expires?.value !== undefined) {
        withExpiry.inc({ resource });
        count(`${resource}-with-expiry`);
      }
      if (match) {
        matches.inc({ rule: match.rule.id });
        count(`rule-${match.rule.id}-matches`);
      }
    },
    decided(decision) {
      decisions.inc({ ...metricLabelsOf(decision, { dryRun }) });
      if (dryRun && isChange(decision)) withheld.inc({ controller: NAME, action: decision.action });
    },
    deleted({ plural: resource }, outcome) {
      if (outcome === 'failed') {
        failed.inc({ resource });
        count(`${resource}-failed`);
        return;
      }
      deleted.inc({ resource });
      last.set({ resource }, clock.now() / 1000);
      count(`${resource}-deleted`);
    },
    rulesRead: (isGood) => rules.set(isGood ? 1 : 0),
    tripped(scopes) {
      trips.reset();
      for (const breaker of scopes) trips.set({ breaker }, 1);
    },
    clockSkew: (ms) => skew.set(ms / 1000),
    summary: () => figures,
  };
};
