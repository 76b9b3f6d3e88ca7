import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunningController } from '@kube-steward/controller';
import type { Sandbox } from '@kube-steward/sandbox';
import type { Followed } from '@kube-steward/sandbox';

/** Between whom quiet is waited for. */
export interface Parties {
  readonly sandbox: Pick<Sandbox, 'inFlight' | 'watches'>;
  readonly controller: Pick<RunningController, 'idle'>;
  readonly followed: Followed;
}

/** What is waited for is on its way over loopback: it takes milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Waits until nothing but time can make anything happen, so that the virtual clock may move on: a request is answered, a
 * change seen and acted on at the moment it belongs to.
 *
 * | what | how it is known |
 * | --- | --- |
 * | no request is under way | the server's count, and the controller's own |
 * | every watch is open | a watch that has ended is missing among the server's until its successor has been accepted |
 * | every change has been seen | each informer has reached the last revision that concerns it |
 * | nothing is queued, worked on, or to be written | the controller is idle |
 *
 * Each step of a cause and its effect keeps one of these untrue until the next does, so there is no need to look twice.
 *
 * @param patienceMs of real time
 * @throws Error when it is not quiet by then, with what is not
 */
export const createSettler =
  ({ sandbox, controller, followed }: Parties, patienceMs = PATIENCE_MS): (() => Promise<void>) =>
  async () => {
    const isQuiet = (): boolean =>
      sandbox.inFlight() === 0 &&
      followed.isUpToDate() &&
      sandbox.watches.count() >= followed.watching &&
      controller.idle();
    const start = performance.now();
    do {
      await nextTurn();
      if (performance.now() - start > patienceMs) throw new Error(`not quiet: ${describe(sandbox, followed)}`);
    } while (!isQuiet());
  };

const describe = ({ inFlight, watches }: Parties['sandbox'], followed: Followed): string =>
  [
    `${inFlight()} requests under way`,
    `${watches.count()} of ${followed.watching} watches open`,
    `not up to date: ${followed.lagging().join(', ') || 'none'}`,
  ].join('; ');
