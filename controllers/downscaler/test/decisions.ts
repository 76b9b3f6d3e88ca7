import { resolveOptions } from '@kube-steward/cli';
import type { KubeObject } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import { decideAll } from '../src/decide-all.ts';
import { policyOf } from '../src/configure.ts';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import type { Policy } from '../src/policy.ts';
import { viewOfManifests } from '../src/view.ts';

/** A Friday evening, 20:41 in Berlin. */
export const FRIDAY_EVENING = '2026-11-20T19:41:00Z';
/** The Friday noon before it. */
export const FRIDAY_NOON = '2026-11-20T11:00:00Z';
export const OFFICE_HOURS = 'Mon-Fri 07:30-20:30 Europe/Berlin';

/** The policy of a command line. */
export const policy = (...argv: string[]): Policy => policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv, env: {} }));

/** All decisions on these manifests, by `Kind/name`. */
export const decisionsOn = (
  objects: readonly KubeObject[],
  { argv = [], at = FRIDAY_EVENING }: { argv?: readonly string[]; at?: string } = {},
): Map<string, Decision> => {
  const configured = policy(...argv);
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
