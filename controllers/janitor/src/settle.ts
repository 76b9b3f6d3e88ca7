import type { Informer, StoredObject } from '@kube-steward/kube';
import type { Clock } from '@kube-steward/schedule';
import { isUnavailable } from './watch.ts';

type AnyInformer = Informer<StoredObject>;

/**
 * Resolves when each informer has read everything, or is known not to be able to for now; at the latest after a while: one kind
 * whose server does not answer holds nobody up for longer.
 */
export const settle = async (
  informers: Iterable<AnyInformer>,
  { clock, signal, limitMs }: { readonly clock: Clock; readonly signal: AbortSignal; readonly limitMs: number },
): Promise<void> => {
  const forgets: (() => void)[] = [];
  const all = Promise.all(Array.from(informers, (informer) => settled(informer, (forget) => forgets.push(forget))));
  const late = new Promise<void>((resolve) => {
    forgets.push(clock.setTimer(limitMs, resolve));
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort);
    forgets.push(() => signal.removeEventListener('abort', onAbort));
  });
  await Promise.race([all, late]);
  for (const forget of forgets) forget();
};

const settled = (informer: AnyInformer, onForget: (forget: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    if (informer.hasSynced() || isUnavailable(informer)) {
      resolve();
      return;
    }
    onForget(informer.addHandler({ synced: resolve }));
    onForget(
      informer.onStatus(() => {
        if (isUnavailable(informer)) resolve();
      }),
    );
  });
