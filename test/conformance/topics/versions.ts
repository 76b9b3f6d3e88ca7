import assert from 'node:assert/strict';
import type { Case, Topic } from '../case.ts';
import { refuses } from '../case.ts';
import { expectAnswer } from '../expect.ts';
import type { Query } from '../wire.ts';
import { badRequest, invalidOptions, tooLarge } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap } from './objects.ts';
import { namesOf } from './paging.ts';

const NO_NUMBER = 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax';
const FUTURE = '9999999999';

/** Two objects, the revision after them, and a third. */
const twoAndOne = async (world: World): Promise<string> => {
  await world.given(R.configMaps, configMap('a'));
  const { metadata } = await world.given(R.configMaps, configMap('b'));
  await world.given(R.configMaps, configMap('c'));
  return metadata.resourceVersion;
};

const shows = (rule: string, query: (then: string) => Query, names: readonly string[]): Case => ({
  rule,
  run: async (world) => {
    const then = await twoAndOne(world);
    const answer = await world.list(R.configMaps, query(then));
    expectAnswer(answer, 200);
    assert.deepEqual(namesOf(answer), names);
  },
});

const MATCH = 'resourceVersionMatch';

export const VERSIONS: Topic = {
  name: 'Which version a read shows',
  cases: [
    shows('a list without resourceVersion shows the newest', () => ({}), ['a', 'b', 'c']),
    shows('a list from a version without match is not older than it', (then) => ({ resourceVersion: then }), [
      'a',
      'b',
      'c',
    ]),
    shows(
      'a list NotOlderThan a version shows a newer one as well',
      (then) => ({ resourceVersion: then, [MATCH]: 'NotOlderThan' }),
      ['a', 'b', 'c'],
    ),
    shows('a list of Exact a version shows that version', (then) => ({ resourceVersion: then, [MATCH]: 'Exact' }), [
      'a',
      'b',
    ]),
    shows(
      'a list from a version with a limit and without match shows exactly that version',
      (then) => ({ resourceVersion: then, limit: 9 }),
      ['a', 'b'],
    ),
    {
      rule: 'a list of Exact a version says that version as its own',
      run: async (world) => {
        const then = await twoAndOne(world);
        const answer = await world.list(R.configMaps, { resourceVersion: then, [MATCH]: 'Exact' });
        assert.equal(answer.body.metadata.resourceVersion, then);
      },
    },
    {
      rule: 'a list of Exact a version that is forgotten is 410',
      run: async (world) => {
        const then = await twoAndOne(world);
        await world.forgetHistory();
        const answer = await world.list(R.configMaps, { resourceVersion: then, [MATCH]: 'Exact' });
        assert.equal(answer.status, 410);
        expectAnswer(answer, 410, {
          reason: 'Expired',
          message: 'The resourceVersion for the provided list is too old.',
        });
      },
    },
    refuses(
      'a list from a version that is not reached yet is 504 with the cause ResourceVersionTooLarge',
      (world) => world.list(R.configMaps, { resourceVersion: FUTURE }),
      tooLarge(FUTURE),
    ),
    refuses(
      'a list of Exact a version that is not reached yet is 504 as well',
      (world) => world.list(R.configMaps, { resourceVersion: FUTURE, [MATCH]: 'Exact' }),
      tooLarge(FUTURE),
      {
        in132: '500, in the words of etcd',
        status: { code: 500, message: 'etcdserver: mvcc: required revision is a future revision' },
      },
    ),
    refuses(
      'a list with a resourceVersion that is no number is 400',
      (world) => world.list(R.configMaps, { resourceVersion: 'x' }),
      badRequest(`invalid resource version: ${NO_NUMBER}`),
      { in132: '500', status: { code: 500, message: NO_NUMBER } },
    ),
    refuses(
      'resourceVersionMatch without resourceVersion is 422',
      (world) => world.list(R.configMaps, { [MATCH]: 'Exact' }),
      invalidOptions('ListOptions', [
        MATCH,
        'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
      ]),
    ),
    refuses(
      'Exact version 0 is 422',
      (world) => world.list(R.configMaps, { resourceVersion: '0', [MATCH]: 'Exact' }),
      invalidOptions('ListOptions', [
        MATCH,
        'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ]),
    ),
    refuses(
      'a resourceVersionMatch that does not exist is 422',
      (world) => world.list(R.configMaps, { resourceVersion: '1', [MATCH]: 'Newest' }),
      invalidOptions('ListOptions', [
        MATCH,
        'Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""',
      ]),
    ),
    refuses(
      'sendInitialEvents is for watches alone: 422',
      (world) => world.list(R.configMaps, { sendInitialEvents: true }),
      invalidOptions('ListOptions', ['sendInitialEvents', 'Forbidden: sendInitialEvents is forbidden for list']),
    ),
    {
      rule: 'a get of any version (resourceVersion=0) finds the object',
      run: async (world) => {
        await twoAndOne(world);
        expectAnswer(await world.get(R.configMaps, 'a', { resourceVersion: '0' }), 200, { metadata: { name: 'a' } });
      },
    },
    refuses(
      'a get from a version that is not reached yet is 504',
      async (world) => {
        await twoAndOne(world);
        return world.get(R.configMaps, 'a', { resourceVersion: FUTURE });
      },
      tooLarge(FUTURE),
    ),
    refuses(
      'a get with a resourceVersion that is no number is 500',
      async (world) => {
        await twoAndOne(world);
        return world.get(R.configMaps, 'a', { resourceVersion: 'x' });
      },
      { code: 500, message: NO_NUMBER },
    ),
    {
      rule: 'every write counts the version of the whole cluster up',
      run: async (world) => {
        const first = await world.given(R.configMaps, configMap('a'));
        const second = await world.given(R.secrets, { metadata: { name: 'b' } });
        assert.ok(Number(second.metadata.resourceVersion) > Number(first.metadata.resourceVersion));
      },
    },
    {
      rule: 'a write that changes nothing keeps the version',
      run: async (world) => {
        const before = await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const same = await world.patch(R.configMaps, 'a', 'merge', { data: { x: '1' } });
        expectAnswer(same, 200, { metadata: { resourceVersion: before.metadata.resourceVersion } });
        const put = await world.put(R.configMaps, 'a', { metadata: { name: 'a' }, data: { x: '1' } });
        expectAnswer(put, 200, { metadata: { resourceVersion: before.metadata.resourceVersion } });
      },
    },
  ],
};
