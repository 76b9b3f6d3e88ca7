import { resolveOptions } from '@kube-steward/cli';
import { applyMergePatch, parsePointer, type KubeObject, type ManagedFieldsEntry } from '@kube-steward/kube';
import { isChange, patchOf, type Decision } from '@kube-steward/plan';
import { decideAll } from '../src/decide-all.ts';
import { definitionsIn } from '../src/kind-definitions.ts';
import { policyOf } from '../src/configure.ts';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import type { Policy } from '../src/policy.ts';
import { viewOfManifests } from '../src/view.ts';

/** A Friday evening, 20:41 in Berlin. */
export const FRIDAY_EVENING = '2026-11-20T19:41:00Z';
/** The Friday noon before it. */
export const FRIDAY_NOON = '2026-11-20T11:00:00Z';
export const OFFICE_HOURS = 'Mon-Fri 07:30-20:30 Europe/Berlin';

/** The policy of a command line, on a cluster with these objects. */
export const policy = (argv: readonly string[] = [], objects: readonly KubeObject[] = []): Policy =>
  policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv, env: {} }), undefined, definitionsIn(objects));

/** All decisions on these manifests, by `Kind/name`. */
export const decisionsOn = (
  objects: readonly KubeObject[],
  { argv = [], at = FRIDAY_EVENING }: { argv?: readonly string[]; at?: string } = {},
): Map<string, Decision> => {
  const configured = policy(argv, objects);
  const decisions = decideAll(viewOfManifests(objects, configured), configured, Date.parse(at));
  return new Map([...decisions].map((decision) => [`${decision.object.kind}/${decision.object.name}`, decision]));
};

/** `scaleDown OutsideUptime 3→0`: what a table row says of a decision; changes of annotations are left out. */
export const inShort = (decision: Decision | undefined): string => {
  if (!decision) return 'no decision';
  const sizes = decision.changes
    .filter(({ path }) => !path.startsWith('/metadata/annotations/downscaler'))
    .map(({ from, to }) => `${String(from ?? '-')}→${String(to ?? '-')}`);
  return [decision.action, decision.reason, ...sizes].join(' ');
};

/** These manifests after every change that is decided on them; empty maps are dropped, as the API server drops them. */
export const carriedOut = (
  objects: readonly KubeObject[],
  options: { argv?: readonly string[]; at?: string } = {},
): KubeObject[] => {
  const decisions = decisionsOn(objects, options);
  return objects.map((object) => {
    const decision = decisions.get(`${object.kind ?? ''}/${object.metadata.name}`);
    if (!decision || !isChange(decision)) return object;
    return withoutEmptyMaps(applyMergePatch(object, patchOf(decision, {}))) as KubeObject;
  });
};

const EMPTY_WHERE = ['annotations', 'nodeSelector'];

const withoutEmptyMaps = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) => !(EMPTY_WHERE.includes(key) && JSON.stringify(item) === '{}'),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmptyMaps(item)]));
};

/** Annotations with our prefix before each key. */
export const prefixed = (annotations: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`downscaler/${key}`, value]));

/** A managedFields entry whose manager owns one field. */
export const ownerOf = (
  pointer: string,
  manager: string,
  { time = FRIDAY_NOON, operation = 'Update' }: { time?: string; operation?: 'Update' | 'Apply' } = {},
): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: parsePointer(pointer).reduceRight<Record<string, unknown>>((inner, key) => ({ [`f:${key}`]: inner }), {}),
});
