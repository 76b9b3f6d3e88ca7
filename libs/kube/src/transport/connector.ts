import type { Duplex } from 'node:stream';

import type { Clock } from '@kube-steward/schedule';

import { KubeApiError } from '../errors.ts';
import { openTunnel } from '../proxy.ts';
import type { TunnelTarget } from '../proxy.ts';

/** Holds every connection being made to its time limit, and can give all of them up. */
export class Connector {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #abandon = new Set<() => void>();
  #isClosed = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Destroys the socket with a `Timeout` unless it emits `event` in time. */
  guard(socket: Duplex, event: 'connect' | 'secureConnect'): void {
    // The request has its own listener; a connection whose request has gone must not end the process with its error.
    socket.on('error', () => undefined);
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    const what = event === 'connect' ? 'connect' : 'connect and agree on TLS';
    const stop = this.#limit(what, (error) => socket.destroy(error));
    socket.once(event, stop);
    socket.once('close', stop);
  }

  /** A tunnel through the proxy, within the time limit. */
  tunnel(proxy: URL, target: TunnelTarget, callback: (error: KubeApiError | undefined, socket?: Duplex) => void): void {
    if (this.#isClosed) {
      callback(closed());
      return;
    }
    const stop = this.#limit('get through the proxy', (error) => {
      giveUp();
      callback(error);
    });
    const giveUp = openTunnel(proxy, target, (error, socket) => {
      stop();
      callback(error, socket);
    });
  }

  /** Gives up every connection that is still being made, or will be. */
  close(): void {
    this.#isClosed = true;
    for (const abandon of [...this.#abandon]) abandon();
  }

  #limit(what: string, fail: (error: KubeApiError) => void): () => void {
    const stop = (): void => {
      cancel();
      this.#abandon.delete(abandon);
    };
    const abandon = (): void => {
      stop();
      fail(closed());
    };
    const cancel = this.#clock.setTimer(this.#timeoutMs, () => {
      stop();
      fail(new KubeApiError('Timeout', `could not ${what} within ${this.#timeoutMs} ms`));
    });
    this.#abandon.add(abandon);
    return stop;
  }
}

const closed = (): KubeApiError => new KubeApiError('Aborted', 'the transport was closed');
