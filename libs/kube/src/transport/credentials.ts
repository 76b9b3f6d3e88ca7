import type { Credentials, Endpoint } from '../endpoint.ts';
import { KubeApiError } from '../errors.ts';

/** Credentials, and which generation of them: all those got between two refusals are one. */
export interface IssuedCredentials extends Credentials {
  readonly generation: number;
}

/** Asks the endpoint for credentials, and lets it forget them once for however many requests they failed at the same time. */
export class CredentialsKeeper {
  readonly #endpoint: Endpoint;
  #generation = 0;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async get(subject: string): Promise<IssuedCredentials> {
    const generation = this.#generation;
    try {
      const { headers, tls } = await this.#endpoint.credentials();
      return { headers, tls, generation };
    } catch (cause) {
      if (cause instanceof KubeApiError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `${subject}: no credentials for context "${this.#endpoint.contextName}": ${why}`;
      throw new KubeApiError('Unauthorized', message, { cause });
    }
  }

  /** The server answered 401 to these. */
  refused(credentials: IssuedCredentials): void {
    if (credentials.generation !== this.#generation) return;
    this.#generation++;
    this.#endpoint.invalidate();
  }
}
