import type { Environment } from '@kube-steward/cli';
import { UTC, findZone, type Zone } from '@kube-steward/schedule';

/** Whose wall time is shown: the configured default zone, else the laptop's. Documents are in UTC whatever this says. */
export const shownZone = (configured: string | undefined, env: Environment): Zone => {
  const laptop = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const name of [configured, env['TZ'], laptop]) {
    const zone = name === undefined ? undefined : findZone(name);
    if (zone) return zone;
  }
  return UTC;
};
