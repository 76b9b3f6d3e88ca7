import type { Lease } from '@kube-steward/controller';
import { RESOURCES, isForbidden, isNotFound, type Client } from '@kube-steward/kube';
import { NAME } from './names.ts';

/** A downscaler that runs, as its Lease shows. */
export interface LeaseHolder {
  readonly namespace: string;
  readonly identity: string;
}

/**
 * Every downscaler that runs in the cluster: the holders of unexpired Leases of its name.
 *
 * @param home where to look for whoever may not look everywhere
 * @returns `undefined` where Leases may not be read
 */
export const leaseHolders = async (
  client: Client,
  { now, home }: { readonly now: number; readonly home?: string | undefined },
): Promise<readonly LeaseHolder[] | undefined> => {
  const leases =
    (await allowed(() => everywhere(client))) ?? (home && (await allowed(() => inNamespace(client, home))));
  return leases ? leases.filter((lease) => isHeld(lease, now)).map(holderOf) : undefined;
};

const LEASE = `kube-steward-${NAME}`;

const everywhere = async (client: Client): Promise<readonly Lease[]> =>
  (await client.list<Lease>(RESOURCES.leases, { fieldSelector: `metadata.name=${LEASE}` })).items;

const inNamespace = async (client: Client, namespace: string): Promise<readonly Lease[]> => {
  try {
    return [await client.get<Lease>(RESOURCES.leases, { namespace, name: LEASE })];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
};

const allowed = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
};

const isHeld = ({ spec }: Lease, now: number): boolean => {
  const { holderIdentity, leaseDurationSeconds = 0, renewTime = '' } = spec ?? {};
  return Boolean(holderIdentity) && Date.parse(renewTime) + leaseDurationSeconds * 1000 > now;
};

const holderOf = ({ metadata, spec }: Lease): LeaseHolder => ({
  namespace: metadata.namespace ?? '',
  identity: spec?.holderIdentity ?? '',
});
