import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import type { Cluster } from '@kube-steward/sandbox';
import { findZone, formatLocal, UTC, zoneAbbreviation, type Zone } from '@kube-steward/schedule';

/** The story is told in the time of the head office. */
export const HOME: Zone = findZone('Europe/Berlin') ?? UTC;

/** `New York` */
export const cityOf = ({ name }: Zone): string => name.slice(name.indexOf('/') + 1).replaceAll('_', ' ');

/** `07:30`; a moment that is no whole minute is a little later than it says. */
export const timeIn = (zone: Zone, at: number): string => formatLocal(at, zone, at);

/** `Monday 16 November` */
export const dayOf = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: HOME.name, weekday: 'long', day: 'numeric', month: 'long' }).format(at);

/** `Monday 16 November 2026, 06:00 CET` */
export const momentOf = (at: number): string =>
  `${dayOf(at)} ${new Date(HOME.localAt(at)).getUTCFullYear()}, ${timeIn(HOME, at)} ${zoneAbbreviation(at, HOME)}`;

/** The zone in which people at a workload live: the one their annotations name, else home. */
export const zoneOf = (cluster: Cluster, { metadata: { namespace = '', annotations } }: Unstructured): Zone => {
  const around = cluster.get(RESOURCES.namespaces, { name: namespace })?.metadata.annotations;
  for (const value of [...Object.values(annotations ?? {}), ...Object.values(around ?? {})]) {
    const zone = findZone(/[A-Z][a-z]+\/[A-Z][A-Za-z_]+/.exec(value)?.[0] ?? '');
    if (zone) return zone;
  }
  return HOME;
};
