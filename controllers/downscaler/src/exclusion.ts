import { matchesLabels } from '@kube-steward/kube';
import type { DecidedBy } from '@kube-steward/plan';
import type { Entry, Layer } from './annotations.ts';
import { earliest } from './awake.ts';
import { inForce } from './exceptions.ts';
import { isKnownOwner, type Observation } from './observe.ts';
import { isIncluded, matchesAny, type NamePatterns, type Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

/** Why a workload is not the downscaler's business just now. */
export interface Exclusion {
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
  /** When this may end by itself. */
  readonly until?: number | undefined;
}

/** A reason, or a value that cannot be read, or nothing but the next moment an exclusion may begin. */
export interface ExclusionCheck {
  readonly excluded?: Exclusion;
  readonly invalid?: Entry<unknown>;
  readonly until?: number | undefined;
}

const byConfig = (key: string): DecidedBy => ({ source: 'config', key });
const byDefault = (key: string): DecidedBy => ({ source: 'default', key });

/** Namespaces and names that are never touched, not even to restore. */
export const untouchable = (o: Observation, policy: Policy): Exclusion | undefined => {
  const { name, namespace = '' } = o.workload.reference;
  const fixed = protectedNamespace(namespace, policy);
  if (fixed) return fixed;
  if (!matchesAny(policy.workloads.exclude, name)) return undefined;
  return { reason: 'Excluded', message: `${name} is excluded by name`, decidedBy: byConfig('excludeWorkloads') };
};

/** Whether nothing in a namespace is ever touched. */
export const protectedNamespace = (namespace: string, policy: Policy): Exclusion | undefined => {
  if (policy.namespaces.protected.has(namespace)) {
    const message = `namespace ${namespace} is always protected`;
    return { reason: 'ProtectedNamespace', message, decidedBy: byDefault('excludeNamespaces') };
  }
  if (!matchesAny(policy.namespaces.exclude, namespace)) return undefined;
  return {
    reason: 'ExcludedNamespace',
    message: `namespace ${namespace} is excluded`,
    decidedBy: byConfig('excludeNamespaces'),
  };
};

/**
 * Whether the workload is excluded now, by what it is or by what somebody wrote.
 *
 * | asked in this order | |
 * | --- | --- |
 * | what it is: part of kube-steward, of the system, behind a webhook or an aggregated API | unless it is named in `sleepProtected` |
 * | its owner is of a known kind | the owner is scaled |
 * | selectors: namespaces and workloads by name, label, selector | |
 * | `exclude-until` and `exclude` on it or its namespace | either of them is enough |
 * | `explicitInclude`, and nobody said `exclude: "false"` | |
 */
export const exclusionOf = (o: Observation, policy: Policy, now: number): ExclusionCheck => {
  const fixed = protection(o, policy) ?? owned(o, policy) ?? unselected(o, policy);
  return fixed ? { excluded: fixed } : annotated(o.workload.layer, o.namespace?.layer, policy, now);
};

const protection = (o: Observation, policy: Policy): Exclusion | undefined => {
  const found = reasonToProtect(o);
  const { namespace, name } = o.workload.metadata;
  if (!found || policy.sleepProtected.has(`${namespace}/${name}`)) return undefined;
  const [reason, what] = found;
  const message = `${what}: never put to sleep unless named in sleepProtected`;
  return { reason, message, decidedBy: byDefault('sleepProtected') };
};

const reasonToProtect = ({ workload, serves }: Observation): readonly [Reason, string] | undefined => {
  const { isOurs, priorityClass } = workload;
  if (isOurs) return ['OwnWorkload', 'part of kube-steward itself'];
  if (priorityClass?.startsWith('system-')) return ['SystemPriority', `priority class ${priorityClass}`];
  return serves === undefined ? undefined : ['ServesApiServer', `serves ${serves}`];
};

/** A child of a kind we know is left to its owner. */
export const owned = ({ workload }: Observation, policy: Policy): Exclusion | undefined => {
  if (!workload.owner || !isKnownOwner(policy, workload)) return undefined;
  const message = `owned by ${workload.owner.kind}/${workload.owner.name}, which is scaled instead`;
  return { reason: 'OwnedByManagedKind', message, decidedBy: { source: 'default' } };
};

const unselected = (o: Observation, policy: Policy): Exclusion | undefined => {
  const option = missedOption(o, policy);
  if (option === undefined) return undefined;
  return { reason: 'Excluded', message: `not chosen by ${option}`, decidedBy: byConfig(option) };
};

/** The first option that would have to choose the workload and does not. */
const missedOption = ({ workload, namespace }: Observation, { namespaces, workloads }: Policy): string | undefined => {
  if (!isIncluded(namespaces.include, workload.metadata.namespace)) return 'includeNamespaces';
  if (namespaces.selector && !matchesLabels(namespaces.selector, namespace?.labels)) return 'namespaceSelector';
  if (!isIncluded(workloads.include, workload.metadata.name)) return 'includeWorkloads';
  if (workloads.selector && !matchesLabels(workloads.selector, workload.labels)) return 'selector';
  return hasMatchingLabel(workload.labels, workloads.matchingLabels) ? undefined : 'matchingLabels';
};

const hasMatchingLabel = (labels: Readonly<Record<string, string>>, patterns: NamePatterns): boolean =>
  patterns.length === 0 || Object.entries(labels).some(([key, value]) => matchesAny(patterns, `${key}=${value}`));

const NOT_EXCLUDED: ExclusionCheck = {};

const annotated = (object: Layer, namespace: Layer | undefined, policy: Policy, now: number): ExclusionCheck => {
  const own = excludedBy(object, now);
  if (own && isAnswer(own)) return own;
  const around = namespace && excludedBy(namespace, now);
  if (around && isAnswer(around)) return around;
  if (policy.explicitInclude && !speaksOfExclusion(object, now) && !(namespace && speaksOfExclusion(namespace, now)))
    return {
      excluded: {
        reason: 'Excluded',
        message: 'nothing says exclude: "false", and only what does is included',
        decidedBy: byConfig('explicitInclude'),
      },
    };
  const until = earliest(own?.until, around?.until);
  return until === undefined ? NOT_EXCLUDED : { until };
};

const speaksOfExclusion = ({ entries }: Layer, now: number): boolean =>
  inForce('exclude', entries.exclude, now) !== undefined;

const isAnswer = ({ excluded, invalid }: ExclusionCheck): boolean => (excluded ?? invalid) !== undefined;

/** What the annotations of one layer say. */
export const excludedBy = ({ entries }: Layer, now: number): ExclusionCheck | undefined => {
  const { exclude, excludeUntil } = entries;
  if (exclude?.problem !== undefined) return { invalid: exclude };
  if (excludeUntil?.problem !== undefined) return { invalid: excludeUntil };
  if (excludeUntil && now < excludeUntil.value)
    return excludedAs(`excluded until ${excludeUntil.writtenAs.value}`, excludeUntil, excludeUntil.value);
  const window = exclude?.value.schedule.at(now);
  if (exclude && window?.matches)
    return excludedAs(exclude.value.warning ?? 'excluded by annotation', exclude, window.until);
  return window?.until === undefined ? undefined : { until: window.until };
};

const excludedAs = (message: string, { writtenAs }: Entry<unknown>, until: number | undefined): ExclusionCheck => ({
  excluded: { reason: 'Excluded', message, decidedBy: writtenAs, until },
});

/**
 * Whether an excluded workload that carries an original is brought back: yes, unless configured or annotated otherwise. `true`
 * on the object, its namespace or in the configuration beats `false` on any of them: what is awake harms nobody.
 */
export const restoresExcluded = (o: Observation, policy: Policy): boolean => {
  const said = [o.workload.layer, o.namespace?.layer, policy.config].map(
    (layer) => layer?.entries.upscaleExcluded?.value,
  );
  if (said.includes(true)) return true;
  return !policy.upscaleTargetOnly && !said.includes(false);
};
