import type { KubeObject } from '@kube-steward/kube';
import { formatMicroTime } from './micro-time.ts';

/** `coordination.k8s.io/v1` Lease, as leader election uses it. */
export interface Lease extends KubeObject {
  spec?: LeaseSpec;
}

export interface LeaseSpec {
  /** Absent, null or empty: the last holder has given the lease back. */
  holderIdentity?: string | null;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

/** Who holds the lease; empty when it is free. */
export const holderOf = (lease: Lease): string => lease.spec?.holderIdentity ?? '';

/** The spec by which `identity` takes the lease, or renews it if it is the holder already (client-go's record). */
export const heldBy = (
  identity: string,
  { now, durationMs, previous }: { now: number; durationMs: number; previous?: Lease | undefined },
): LeaseSpec => {
  const renewTime = formatMicroTime(now);
  const record = { holderIdentity: identity, leaseDurationSeconds: Math.ceil(durationMs / 1000), renewTime };
  if (previous === undefined) return { ...record, acquireTime: renewTime, leaseTransitions: 0 };
  const { acquireTime = renewTime, leaseTransitions = 0 } = previous.spec ?? {};
  return holderOf(previous) === identity
    ? { ...record, acquireTime, leaseTransitions }
    : { ...record, acquireTime: renewTime, leaseTransitions: leaseTransitions + 1 };
};

/** The spec by which the holder gives the lease back: free at once for the next. */
export const released = (previous: Lease, now: number): LeaseSpec => ({
  holderIdentity: null,
  leaseDurationSeconds: 1,
  acquireTime: formatMicroTime(now),
  renewTime: formatMicroTime(now),
  leaseTransitions: previous.spec?.leaseTransitions ?? 0,
});
