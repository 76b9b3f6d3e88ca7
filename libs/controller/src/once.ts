import { EXIT } from '@kube-steward/cli';
import type { Runtime } from './runtime.ts';

/** How long a `--once` run waits for its caches. */
const SYNC_LIMIT_MS = 120_000;
const FLUSH_LIMIT_MS = 10_000;

/** Fills the caches, reconciles each key once (failures are not retried, requeues not waited for), and lets the controller report. */
export const runOnce = async (runtime: Runtime, signal: AbortSignal): Promise<number> => {
  const { caches, controller, loop, queue, recorder } = runtime;
  const isStopped = (): boolean => signal.aborted;
  const connected = controller.sources.map((source) => source.connect((key, options) => queue.add(key, options)));
  caches.informers.start(signal);
  await caches.settled(signal, SYNC_LIMIT_MS);
  if (isStopped()) return EXIT.interrupted;
  await controller.onSynced?.();
  for (const disconnect of connected) disconnect();
  const drained = queue.shutdown({ drain: true });
  await loop.run(signal);
  if (isStopped()) return EXIT.interrupted;
  await drained;
  await controller.onStop?.();
  await recorder.flush(FLUSH_LIMIT_MS);
  const result = { failures: loop.failures, unread: caches.unread() };
  if (controller.onOnce) return controller.onOnce(result);
  return result.failures + result.unread.length > 0 ? EXIT.error : EXIT.ok;
};
