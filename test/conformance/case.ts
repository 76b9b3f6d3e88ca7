import type { Expected } from './expect.ts';
import { expectStatus } from './expect.ts';
import type { Answer } from './wire.ts';
import type { World } from './world.ts';

/** One rule of the API, and how it is seen to hold. */
export interface Case {
  /** In plain words; the name of the case, once in the whole suite. */
  readonly rule: string;
  /** Throws when the server does not keep to it. */
  readonly run: (world: World) => Promise<void>;
  /** What servers before a minor version do instead. The case expects that of them. */
  readonly until?: { readonly minor: number; readonly instead: string };
}

export interface Topic {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** A request the server refuses, with the whole Status it says so in. */
export const refuses = (
  rule: string,
  ask: (world: World) => Promise<Answer>,
  status: Expected | ((world: World) => Expected),
): Case => ({
  rule,
  run: async (world) => {
    const answer = await ask(world);
    expectStatus(answer, typeof status === 'function' ? status(world) : status);
  },
});
