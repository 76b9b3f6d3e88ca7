import { randomBytes } from 'node:crypto';
import { unauthorized } from './errors.ts';

/** Who somebody is. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Who a request is made as. */
export interface Caller extends Identity {
  /** Set with impersonation: who is behind it. */
  readonly impersonatedBy?: string;
}

const ANONYMOUS: Identity = { user: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Bearer tokens. A request without one is anonymous and may do everything; one with an unknown token gets 401. */
export class Tokens {
  readonly #identities = new Map<string, Identity>();

  constructor(tokens: Readonly<Record<string, string | Identity>> = {}) {
    for (const [token, identity] of Object.entries(tokens)) this.set(token, identity);
  }

  set(token: string, identity: string | Identity): void {
    this.#identities.set(token, typeof identity === 'string' ? { user: identity, groups: [] } : identity);
  }

  identityOf(token: string): Identity | undefined {
    return this.#identities.get(token);
  }

  /** The token of a user, made when there is none. */
  tokenOf(user: string): string {
    for (const [token, identity] of this.#identities) if (identity.user === user) return token;
    const token = randomBytes(16).toString('hex');
    this.set(token, user);
    return token;
  }

  /** Takes all tokens of a user away; returns a new one. */
  rotate(user: string): string {
    const groups = [...this.#identities.values()].find((identity) => identity.user === user)?.groups ?? [];
    for (const [token, identity] of this.#identities) if (identity.user === user) this.#identities.delete(token);
    const token = randomBytes(16).toString('hex');
    this.set(token, { user, groups });
    return token;
  }

  /** Who a request is made as; throws 401. */
  authenticate(headers: NodeJS.Dict<string | string[]>): Caller {
    const identity = this.#authenticated(headers['authorization']);
    const impersonated = headers['impersonate-user'];
    if (typeof impersonated !== 'string' || impersonated === '') return identity;
    const groups = headers['impersonate-group'];
    return {
      user: impersonated,
      groups: typeof groups === 'string' ? groups.split(',').map((group) => group.trim()) : (groups ?? []),
      impersonatedBy: identity.user,
    };
  }

  #authenticated(header: string | string[] | undefined): Identity {
    if (typeof header !== 'string') return ANONYMOUS;
    const identity = this.#identities.get(header.replace(/^Bearer\s+/i, ''));
    if (!identity) throw unauthorized();
    return identity;
  }
}
