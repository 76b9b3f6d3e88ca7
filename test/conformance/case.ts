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
  /** What 1.32 does in another way; the case expects that of it. */
  readonly in132?: string;
}

export interface Topic {
  readonly name: string;
  readonly cases: readonly Case[];
}

type Refusal = Expected | ((world: World) => Expected);

/** A request the server refuses, with the whole Status it says so in. */
export const refuses = (
  rule: string,
  ask: (world: World) => Promise<Answer>,
  status: Refusal,
  /** How 1.32 refuses it, where that differs. */
  former?: { readonly in132: string; readonly status: Refusal },
): Case => ({
  rule,
  ...(former ? { in132: former.in132 } : {}),
  run: async (world) => {
    const answer = await ask(world);
    const expected = former && world.is132 ? former.status : status;
    expectStatus(answer, typeof expected === 'function' ? expected(world) : expected);
  },
});
