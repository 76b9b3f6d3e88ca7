import type { Clock } from '@kube-steward/schedule';

/** Waits for a time, or until the signal is aborted, whichever comes first. Leaves no timer and no listener behind. */
export const sleep = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(ms, end);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end);
  });
