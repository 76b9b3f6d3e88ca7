import { getPointer, ownersWithin, type KubeObject, type Unstructured } from '@kube-steward/kube';
import { earliest } from './awake.ts';
import { pick, type Desired, type Layers } from './desired.ts';
import { wakeManagerOf } from './field-manager.ts';
import type { KindRow } from './kinds.ts';
import type { Policy } from './policy.ts';
import type { Workload } from './workload.ts';

/** The last change by whoever else writes the pod template. */
export interface Deploy {
  readonly manager: string;
  /** Milliseconds since the epoch, in whole seconds. */
  readonly at: number;
}

/**
 * The last deploy, as far as it can be told: managers other than ours that own something of the pod template, and when each
 * last changed anything. (`managedFields` keep no times of single fields: a new label by the same manager counts as well.)
 */
export const lastDeploy = (row: KindRow, { metadata }: KubeObject, ours: ReadonlySet<string>): Deploy | undefined => {
  let last: Deploy | undefined;
  if (row.podTemplate === undefined) return last;
  for (const { manager, time = '', subresource } of ownersWithin(metadata.managedFields, row.podTemplate)) {
    const at = Date.parse(time);
    if (subresource === undefined && !isOurs(manager, ours) && at > (last?.at ?? -Infinity)) last = { manager, at };
  }
  return last;
};

const isOurs = (manager: string, ours: ReadonlySet<string>): boolean =>
  ours.has(manager) || [...ours].some((name) => manager === wakeManagerOf(name));

/** Tells pod templates apart; what puts the kind to sleep is no part of it. `undefined` for kinds without pods of their own. */
export const templateHash = ({ podTemplate, size }: KindRow, object: KubeObject): number | undefined => {
  const template = podTemplate === undefined ? undefined : getPointer(object, podTemplate);
  if (template === undefined) return undefined;
  return hashOf(size.form === 'selector' ? withoutKeys(template as Unstructured, size.keys) : template, BASIS) >>> 1;
};

const withoutKeys = (template: Unstructured, keys: readonly string[]): object => {
  const { nodeSelector = {}, ...spec } = (template['spec'] ?? {}) as { nodeSelector?: Record<string, unknown> };
  const kept = Object.entries(nodeSelector).filter(([key]) => !keys.includes(key));
  return { ...template, spec: [kept, spec] };
};

/** FNV-1a of all keys and values in their order: half the time of hashing the JSON, and every event of a workload pays it. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

const hashOf = (value: unknown, hash: number): number => {
  if (typeof value !== 'object' || value === null) return hashOfText(String(value), hash);
  let all = Math.imul(hash ^ OPEN, PRIME);
  if (Array.isArray(value)) for (const item of value) all = hashOf(item, all);
  else for (const key in value) all = hashOf((value as Record<string, unknown>)[key], hashOfText(key, all));
  return Math.imul(all ^ CLOSE, PRIME);
};

/** What no character of a text is. */
const [OPEN, CLOSE, END] = [0x10000, 0x10001, 0x10002];

const hashOfText = (text: string, hash: number): number => {
  let all = hash;
  for (let i = 0; i < text.length; i += 1) all = Math.imul(all ^ text.charCodeAt(i), PRIME);
  return Math.imul(all ^ END, PRIME);
};

/**
 * A deploy keeps awake what should be down, for as long as `awake-after-deploy` says.
 *
 * | the workload | the evidence of a deploy |
 * | --- | --- |
 * | is awake | somebody else's change of the pod template within that time |
 * | sleeps | the same, and the template is not the one that was put to sleep (somebody who only sets the size back, again and again, deploys nothing) |
 * | sleeps, and nobody remembers the template it was put to sleep with | the same, and we were the last to set the size, before the change |
 *
 * Nothing but the time of the change keeps it awake then: woken, it carries no original any more, and gets it again when it
 * goes down.
 */
export const awakeAfterDeploy = (
  workload: Workload,
  layers: Layers,
  desired: Desired,
  { fieldManagers }: Pick<Policy, 'fieldManagers'>,
  now: number,
): Desired => {
  const { deploy } = workload;
  if (!deploy || desired.state !== 'down' || desired.reason === 'ForcedDown') return desired;
  const entry = pick(layers, 'awakeAfterDeploy');
  if (!entry) return desired;
  if (entry.problem !== undefined) return { state: 'invalid', entry, until: desired.until };
  const end = deploy.at + entry.value;
  if (now >= end || !isNews(workload, deploy, fieldManagers)) return desired;
  return {
    state: 'up',
    reason: 'AwakeAfterDeploy',
    decidedBy: entry.writtenAs,
    by: deploy.manager,
    since: deploy.at,
    until: earliest(end, desired.until),
    schedule: desired.schedule,
  };
};

const isNews = (workload: Workload, { at }: Deploy, ours: ReadonlySet<string>): boolean => {
  const { original, originalTemplate, sizeOwners } = workload;
  if (original === undefined) return true;
  if (originalTemplate !== undefined) return originalTemplate !== String(workload.template);
  const sleptAt = sizeOwners.find(({ manager }) => ours.has(manager))?.at;
  return sleptAt !== undefined && sleptAt < at;
};
