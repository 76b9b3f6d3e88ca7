import fc from 'fast-check';
import t from 'tap';
import { liveThrough, type Disturbance, type Night, type State } from './kill-cluster.ts';

/** One at a time, so that each number of requests is a state of its own. */
const ONE_BY_ONE = ['--concurrency=1'];

const undisturbed = await liveThrough({ argv: ONE_BY_ONE });
const sizeOf = (state: State, key: string): unknown => {
  const spec = JSON.parse(state[key]?.spec ?? '{}') as Record<string, unknown>;
  return spec['replicas'] ?? spec['minReplicas'] ?? spec['suspend'] ?? spec['minAvailable'];
};

/** What differs from the undisturbed night; empty for one that ended well. */
const harm = ({ asleep, awake, lost, killed }: Night, { killAfter = [] }: Disturbance): unknown => {
  const differing = (states: State, expected: State): string[] =>
    Object.keys(expected).filter((key) => JSON.stringify(states[key]) !== JSON.stringify(expected[key]));
  const found = {
    asleep: differing(asleep, undisturbed.asleep),
    awake: differing(awake, undisturbed.awake),
    lost,
    notKilled: killed === 0 ? killAfter : [],
  };
  return Object.values(found).some((each) => each.length > 0) ? found : undefined;
};

/** Nights at once: while one waits for its answers, the others go on. */
const AT_ONCE = 6;

const harmed = async (disturbances: readonly Disturbance[]): Promise<unknown[]> => {
  const found: unknown[] = [];
  const left = [...disturbances];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const harms = harm(await liveThrough(next), next);
      if (harms !== undefined) found.push({ disturbance: next, harms });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
};

/** `KILLS=all npx tap test/kill.test.ts` leaves no request out; without it every third is a place to be disturbed at. */
const EVERY = process.env['KILLS'] === 'all' ? 1 : 3;
const PAIRS = process.env['KILLS'] === 'all' ? 40 : 12;
const EACH = EVERY === 1 ? 'each single' : 'every third';

const upTo = (count: number): number[] =>
  Array.from({ length: Math.ceil(count / EVERY) }, (_, index) => index * EVERY + 1);

t.test('a night without any disturbance', (t) => {
  const { before, asleep, awake, lost } = undisturbed;
  t.strictSame(lost, []);
  for (const [key, size] of [
    ['deployments/web', 0],
    ['deployments/some', 1],
    ['deployments/late', 0],
    ['deployments/typo', 2],
    ['deployments/scaled-low', 4],
    ['horizontalpodautoscalers/scaled-low', 1],
    ['statefulsets/db', 0],
    ['cronjobs/report', true],
    ['poddisruptionbudgets/web', 0],
  ] as const)
    t.equal(sizeOf(asleep, key), size, `${key} at night`);
  const late = 'deployments/late';
  t.equal(sizeOf(awake, late), 4, 'what slept before is brought back to its original');
  t.strictSame({ ...awake, [late]: undefined }, { ...before, [late]: undefined }, 'all else is what it was');
  t.end();
});

t.test(`killed after ${EACH} request, the next one ends in the same state`, async (t) => {
  const { requests } = undisturbed;
  t.ok(requests > 50, `${requests} requests`);
  t.strictSame(await harmed(upTo(requests).map((count) => ({ killAfter: [count], argv: ONE_BY_ONE }))), []);
});

t.test(`the connection breaks at ${EACH} patch`, async (t) => {
  const { patches } = undisturbed;
  t.ok(patches > 20, `${patches} patches`);
  for (const how of ['before it is applied', 'before it is answered'] as const)
    t.strictSame(
      await harmed(upTo(patches).map((after) => ({ breakPatch: { after, how }, argv: ONE_BY_ONE }))),
      [],
      how,
    );
});

t.test(`killed twice, anywhere, with patches that overlap (${PAIRS} nights)`, async (t) => {
  const anywhere = fc.integer({ min: 1, max: undisturbed.requests });
  const pairs = fc.sample(fc.tuple(anywhere, anywhere), { seed: 20261119, numRuns: PAIRS });
  t.strictSame(await harmed(pairs.map((killAfter) => ({ killAfter }))), []);
});
