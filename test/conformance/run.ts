import type { Case } from './case.ts';
import type { Server } from './servers.ts';
import { R, World } from './world.ts';

/** Cases that have ended or wait for the history to be forgotten; once that is all of them, it is. */
class Turning {
  readonly turned: Promise<void>;
  #missing: number;
  #turn = (): void => undefined;

  constructor(cases: number, forgetHistory: () => Promise<void>) {
    this.#missing = cases;
    this.turned = new Promise<void>((resolve) => (this.#turn = resolve)).then(forgetHistory);
  }

  arrive(): void {
    this.#missing -= 1;
    if (this.#missing === 0) this.#turn();
  }
}

/** Runs all cases beside each other, each in a namespace of its own. What a case resolves to says whether it held. */
export const runCases = (server: Server, cases: readonly Case[]): ReadonlyMap<Case, Promise<void>> => {
  const turning = new Turning(cases.length, () => server.forgetHistory());
  return new Map(
    cases.map((each, index) => {
      const outcome = runCase(server, each, `case-${index}`, turning);
      // It is looked at later.
      outcome.catch(() => undefined);
      return [each, outcome];
    }),
  );
};

const runCase = async (server: Server, { run }: Case, namespace: string, turning: Turning): Promise<void> => {
  let hasArrived = false;
  const arrive = (): void => {
    if (!hasArrived) turning.arrive();
    hasArrived = true;
  };
  const world = new World(server, namespace, () => {
    arrive();
    return turning.turned;
  });
  try {
    await world.given(R.namespaces, { metadata: { name: namespace } });
    await run(world);
  } finally {
    world.close();
    arrive();
  }
};
