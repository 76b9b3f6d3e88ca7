import type { Client } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';

/** How far our clock is ahead of the API server's. */
export interface ServerClock {
  /** Milliseconds; below 0: behind. Asks the server where what is known is old, or looks wrong. @throws KubeApiError */
  skewMs(): Promise<number>;
}

/** Clocks drift by little in so long. */
const FRESH_MS = 10 * 60_000;
/** The server tells whole seconds. Whatever is further off is soon looked at again: one of the two may have been put right. */
const PRECISION_MS = 2000;
const FRESH_WHEN_OFF_MS = 10_000;

interface Reading {
  /** What the server's clock shows at `monotonic` 0. */
  readonly origin: number;
  readonly takenAt: number;
}

/**
 * Reads the `Date` of the server's answers. It is compared by the monotonic clock from then on, so that a clock that is set
 * in the meantime is seen at once.
 */
export const createServerClock = (client: Pick<Client, 'request'>, clock: Clock): ServerClock => {
  let reading: Reading | undefined;
  let asking: Promise<Reading> | undefined;

  const ask = async (): Promise<Reading> => {
    const sentAt = clock.monotonic();
    const { headers } = await client.request({ method: 'GET', path: '/version' });
    const takenAt = clock.monotonic();
    const date = Date.parse(headers.date ?? '');
    if (Number.isNaN(date)) throw new Error('the API server does not tell the time: its answers have no Date');
    return { origin: date - (sentAt + takenAt) / 2, takenAt };
  };
  const skewBy = ({ origin }: Reading): number => clock.now() - (origin + clock.monotonic());
  const isFresh = (known: Reading): boolean => {
    const isOff = Math.abs(skewBy(known)) > PRECISION_MS;
    return clock.monotonic() - known.takenAt < (isOff ? FRESH_WHEN_OFF_MS : FRESH_MS);
  };

  return {
    async skewMs() {
      if (!reading || !isFresh(reading)) reading = await (asking ??= ask().finally(() => (asking = undefined)));
      return skewBy(reading);
    },
  };
};
