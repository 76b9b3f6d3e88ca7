import type { ServerResponse } from 'node:http';

/** Where an answer breaks off, in bytes of its body. */
export interface Breakage {
  readonly how: 'reset' | 'stall' | 'truncate';
  readonly afterBytes: number;
}

/** A response that can be made to break off: everything a client is sent goes through one. */
export class Outlet {
  readonly #response: ServerResponse;
  readonly #breakage: Breakage | undefined;
  #left: number;
  #stalled = false;

  constructor(response: ServerResponse, breakage?: Breakage) {
    this.#response = response;
    this.#breakage = breakage;
    this.#left = breakage ? breakage.afterBytes : Infinity;
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  /** Bytes the client has not taken yet. */
  get waiting(): number {
    return this.#response.writableLength;
  }

  head(status: number, headers: Readonly<Record<string, string | number>>): void {
    this.#response.writeHead(status, headers);
  }

  /** Sends the head at once, so that a client of a quiet watch sees it. */
  flush(): void {
    this.#response.flushHeaders();
  }

  /** False when the client is slower than we are. */
  write(chunk: string | Buffer): boolean {
    if (this.#isBroken()) return true;
    if (!this.#breakage) return this.#response.write(chunk);
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (bytes.length < this.#left) {
      this.#left -= bytes.length;
      return this.#response.write(bytes);
    }
    this.#breakOff(this.#breakage.how, bytes.subarray(0, this.#left));
    return true;
  }

  end(chunk?: string | Buffer): void {
    if (this.#isBroken()) return;
    if (chunk !== undefined && this.#breakage) this.write(chunk);
    else if (chunk !== undefined) {
      this.#response.end(chunk);
      return;
    }
    if (!this.#isBroken()) this.#response.end();
  }

  /** Resolves when the client has caught up, or is gone. */
  drained(): Promise<void> {
    if (!this.#response.writableNeedDrain || this.#response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off('drain', done);
        this.#response.off('close', done);
        resolve();
      };
      this.#response.on('drain', done);
      this.#response.on('close', done);
    });
  }

  /** Calls back once nothing more can be said: the answer has ended, or the client is gone. */
  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** Says nothing more and leaves the connection open. */
  stall(): void {
    this.#stalled = true;
  }

  /** Breaks the connection off. */
  reset(): void {
    this.#response.destroy();
    this.#response.socket?.resetAndDestroy();
  }

  #isBroken(): boolean {
    return this.#stalled || this.#response.destroyed || this.#response.writableEnded;
  }

  #breakOff(how: Breakage['how'], rest: Buffer): void {
    if (how === 'truncate') {
      this.#response.end(rest);
      return;
    }
    this.#stalled = true;
    const broken = (): void => {
      if (how === 'reset') this.reset();
    };
    if (rest.length > 0) this.#response.write(rest, broken);
    else broken();
  }
}
