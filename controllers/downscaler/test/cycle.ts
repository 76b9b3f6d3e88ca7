import type { Test } from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { customObject } from '@kube-steward/sandbox';
import { FRIDAY_NOON, OFFICE_HOURS, carriedOut, decisionsOn, inShort } from './decisions.ts';

/** An object of any kind, called `api`. */
export const custom = (
  apiVersion: string,
  kind: string,
  spec: Record<string, unknown>,
  annotations?: Record<string, string>,
): KubeObject =>
  customObject({ apiVersion, kind, name: 'api', namespace: 'default', spec, ...(annotations && { annotations }) });

/** Where the stored original is. */
export const ORIGINAL = 'downscaler/original-replicas';
/** Where a ScaledObject is paused. */
export const PAUSED = 'autoscaling.keda.sh/paused-replicas';
export const originalOf = (object: KubeObject | undefined): string | undefined =>
  object?.metadata.annotations?.[ORIGINAL];
export const idOf = (object: KubeObject): string => `${object.kind ?? ''}/${object.metadata.name}`;

/** An object, and what a night does to it. */
export interface Cycle {
  readonly include?: string;
  readonly object: KubeObject;
  readonly argv?: readonly string[];
  readonly down: string;
  readonly original: string;
  readonly up: string;
}

/** Down in the evening, nothing more to do at night, and byte for byte what it was the next morning. */
export const goesRound = (t: Test, { include, object, argv = [], down, original, up }: Cycle): void => {
  const options = {
    argv: [`--default-uptime=${OFFICE_HOURS}`, ...(include ? [`--include-resources=${include}`] : []), ...argv],
  };
  const id = idOf(object);
  t.equal(inShort(decisionsOn([object], options).get(id)), down, `${id} goes down`);
  const [asleep] = carriedOut([object], options);
  t.equal(originalOf(asleep), original, `${id} stores its original`);
  t.equal(decisionsOn([asleep as KubeObject], options).get(id)?.action, 'none', `${id} stays down`);
  const morning = { ...options, at: FRIDAY_NOON };
  t.equal(inShort(decisionsOn([asleep as KubeObject], morning).get(id)), up, `${id} comes up`);
  t.strictSame(carriedOut([asleep as KubeObject], morning), [object], `${id} is what it was`);
};
