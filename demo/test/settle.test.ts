import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import type { Followed } from '@kube-steward/sandbox';
import { createSettler } from '../src/settle.ts';

/** Parties between whom all is quiet but for what `change` says. */
const setup = () => {
  const state = { inFlight: 0, open: 3, watching: 3, upToDate: true, idle: true };
  const followed = {
    get watching() {
      return state.watching;
    },
    isUpToDate: () => state.upToDate,
    lagging: () => (state.upToDate ? [] : ['pods']),
  } as unknown as Followed;
  const sandbox = { inFlight: () => state.inFlight, watches: { count: () => state.open } };
  const parties = { sandbox, followed, controller: { idle: () => state.idle } };
  return { state, parties: parties as unknown as Parameters<typeof createSettler>[0] };
};

const UNREST = {
  'a request is under way': { inFlight: 1 },
  'a watch is not open again': { open: 2 },
  'a change has not arrived': { upToDate: false },
  'something is worked on': { idle: false },
} as const;

for (const [what, change] of Object.entries(UNREST)) {
  t.test(`waits while ${what}`, async (t) => {
    const { state, parties } = setup();
    const quiet = { ...state };
    Object.assign(state, change);
    let isSettled = false;
    const settled = createSettler(parties)().then(() => (isSettled = true));
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    t.notOk(isSettled);
    Object.assign(state, quiet);
    await settled;
  });
}

t.test('gives up with what is not quiet', async (t) => {
  const { state, parties } = setup();
  Object.assign(state, { inFlight: 2, upToDate: false });
  await t.rejects(createSettler(parties, 0)(), {
    message: 'not quiet: 2 requests under way; 3 of 3 watches open; not up to date: pods',
  });
});
