import { matchesLabels } from '@kube-steward/kube';
import type { DecidedBy } from '@kube-steward/plan';
import { decidedBy, earliest, type Picked } from './desired.ts';
import type { Layer } from './annotations.ts';
import { isKnownOwner, type Observation } from './observe.ts';
import { isIncluded, matchesAny, type Policy } from './policy.ts';
import type { Reason } from './reasons.ts';

/** Why a workload is not the downscaler's business just now. */
export interface Exclusion {
  readonly reason: Reason;
  readonly message: string;
  readonly decidedBy: DecidedBy;
  /** When this may end by itself. */
  readonly until?: number | undefined;
}

/** Either a reason, or a value that cannot be read, or nothing but the next moment an exclusion may begin. */
export type ExclusionCheck =
  { readonly excluded: Exclusion } | { readonly invalid: Picked<unknown> } | { readonly until?: number | undefined };

const CONFIG = (key: string): DecidedBy => ({ source: 'config', key });

/** Namespaces and names that are never touched, not even to restore. */
export const untouchable = (o: Observation, policy: Policy): Exclusion | undefined => {
  const { name, namespace } = o.workload.metadata;
  if (policy.namespaces.protected.has(namespace))
    return {
      reason: 'ProtectedNamespace',
      message: `namespace ${namespace} is always protected`,
      decidedBy: { source: 'default', key: 'excludeNamespaces' },
    };
  if (matchesAny(policy.namespaces.exclude, namespace))
    return {
      reason: 'ExcludedNamespace',
      message: `namespace ${namespace} is excluded`,
      decidedBy: CONFIG('excludeNamespaces'),
    };
  if (matchesAny(policy.workloads.exclude, name))
    return { reason: 'Excluded', message: `${name} is excluded by name`, decidedBy: CONFIG('excludeWorkloads') };
  return undefined;
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
  if (fixed) return { excluded: fixed };
  return annotated([o.workload.layer, ...(o.namespace ? [o.namespace.layer] : [])], policy, now);
};

const OWN_LABEL = 'app.kubernetes.io/part-of';

const protection = ({ workload, serves }: Observation, policy: Policy): Exclusion | undefined => {
  const { namespace, name } = workload.metadata;
  const reasons: readonly (readonly [boolean, Reason, string])[] = [
    [workload.labels[OWN_LABEL] === 'kube-steward', 'OwnWorkload', 'part of kube-steward itself'],
    [
      workload.priorityClass?.startsWith('system-') ?? false,
      'SystemPriority',
      `priority class ${workload.priorityClass ?? ''}`,
    ],
    [serves !== undefined, 'ServesApiServer', `serves ${serves ?? ''}`],
  ];
  const found = reasons.find(([applies]) => applies);
  if (!found || policy.sleepProtected.has(`${namespace}/${name}`)) return undefined;
  const [, reason, what] = found;
  return {
    reason,
    message: `${what}: never put to sleep unless named in sleepProtected`,
    decidedBy: { source: 'default', key: 'sleepProtected' },
  };
};

const owned = ({ workload }: Observation, policy: Policy): Exclusion | undefined => {
  if (!workload.owner || !isKnownOwner(policy, workload)) return undefined;
  const owner = `${workload.owner.kind}/${workload.owner.name}`;
  return {
    reason: 'OwnedByManagedKind',
    message: `owned by ${owner}, which is scaled instead`,
    decidedBy: { source: 'default' },
  };
};

const unselected = ({ workload, namespace }: Observation, policy: Policy): Exclusion | undefined => {
  const { namespaces, workloads } = policy;
  const labels = Object.entries(workload.labels).map(([key, value]) => `${key}=${value}`);
  const misses: readonly (readonly [boolean, string])[] = [
    [!isIncluded(namespaces.include, workload.metadata.namespace), 'includeNamespaces'],
    [
      namespaces.selector !== undefined && !matchesLabels(namespaces.selector, namespace?.labels ?? {}),
      'namespaceSelector',
    ],
    [!isIncluded(workloads.include, workload.metadata.name), 'includeWorkloads'],
    [workloads.selector !== undefined && !matchesLabels(workloads.selector, workload.labels), 'selector'],
    [
      workloads.matchingLabels.length > 0 && !labels.some((label) => matchesAny(workloads.matchingLabels, label)),
      'matchingLabels',
    ],
  ];
  const miss = misses.find(([missed]) => missed);
  return miss && { reason: 'Excluded', message: `not chosen by ${miss[1]}`, decidedBy: CONFIG(miss[1]) };
};

const annotated = (layers: readonly Layer[], policy: Policy, now: number): ExclusionCheck => {
  let until: number | undefined;
  let included = false;
  for (const layer of layers) {
    const { exclude, excludeUntil } = layer.entries;
    const bad = [exclude, excludeUntil].find((entry) => entry?.problem !== undefined);
    if (bad) return { invalid: { entry: bad, source: layer.source } };
    if (excludeUntil && now < (excludeUntil.value ?? now))
      return {
        excluded: {
          reason: 'Excluded',
          message: `excluded until ${excludeUntil.text}`,
          decidedBy: decidedBy({ entry: excludeUntil, source: layer.source }),
          until: excludeUntil.value,
        },
      };
    const window = exclude?.value?.schedule.at(now);
    if (exclude && window?.matches)
      return {
        excluded: {
          reason: 'Excluded',
          message: exclude.value?.warning ?? 'excluded by annotation',
          decidedBy: decidedBy({ entry: exclude, source: layer.source }),
          until: window.until,
        },
      };
    if (exclude) included = true;
    until = earliest(until, window?.until);
  }
  if (policy.explicitInclude && !included)
    return {
      excluded: {
        reason: 'Excluded',
        message: 'nothing says exclude: "false", and only what does is included',
        decidedBy: CONFIG('explicitInclude'),
      },
    };
  return { until };
};

/** Whether an excluded workload that carries an original is brought back: yes, unless configured or annotated otherwise. */
export const restoresExcluded = (o: Observation, policy: Policy): boolean => {
  const said = [o.workload.layer, o.namespace?.layer, policy.config].map(
    (layer) => layer?.entries.upscaleExcluded?.value,
  );
  if (said.includes(true)) return true;
  return !policy.upscaleTargetOnly && !said.includes(false);
};
