import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectError, expectMatch } from '../expect.ts';
import type { OpenWatch, Query, ToldEvent } from '../wire.ts';
import { invalidOptions, tooLarge } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap } from './objects.ts';
import { fromNow, next, told } from './watches.ts';

const MATCH = { resourceVersionMatch: 'NotOlderThan' };
const STREAM = { sendInitialEvents: true, ...MATCH, allowWatchBookmarks: true };

const stream = (world: World, query: Query = {}): Promise<OpenWatch> =>
  world.watch(R.configMaps, { ...STREAM, ...query });

const untilBookmark = async (watch: OpenWatch): Promise<ToldEvent[]> => {
  const events: ToldEvent[] = [];
  for (let event = await watch.next(); event; event = await watch.next()) {
    events.push(event);
    if (event.type === 'BOOKMARK') return events;
  }
  throw new Error('the watch ended without a bookmark');
};

export const STREAMS: Topic = {
  name: 'Bookmarks and streaming lists',
  cases: [
    {
      rule: 'a watch that asked for bookmarks gets one before its time is over',
      run: async (world) => {
        const watch = await fromNow(world, { allowWatchBookmarks: true, timeoutSeconds: 4 });
        await world.given(R.configMaps, configMap('a'));
        const events: ToldEvent[] = [];
        for (let event = await watch.next(); event; event = await watch.next()) events.push(event);
        const bookmark = events.find(({ type }) => type === 'BOOKMARK');
        expectMatch(bookmark, {
          object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: /^\d+$/ } },
        });
      },
    },
    {
      rule: 'a watch that did not ask for bookmarks gets none',
      run: async (world) => {
        const watch = await fromNow(world, { timeoutSeconds: 4 });
        assert.equal(await watch.next(), undefined);
      },
    },
    {
      rule: 'a watch can go on from a bookmark',
      run: async (world) => {
        const watch = await fromNow(world, { allowWatchBookmarks: true, timeoutSeconds: 4 });
        const [bookmark] = await untilBookmark(watch);
        await world.given(R.configMaps, configMap('a'));
        const resourceVersion = bookmark?.object.metadata.resourceVersion ?? '';
        assert.deepEqual(await next(await world.watch(R.configMaps, { resourceVersion }), 1), ['ADDED a']);
      },
    },
    {
      rule: 'a streaming list is what is there as ADDED, then a bookmark annotated k8s.io/initial-events-end',
      run: async (world) => {
        for (const name of ['a', 'b']) await world.given(R.configMaps, configMap(name));
        const events = await untilBookmark(await stream(world));
        assert.deepEqual(events.slice(0, -1).map(told).sort(), ['ADDED a', 'ADDED b']);
        expectMatch(events.at(-1), {
          type: 'BOOKMARK',
          object: {
            kind: 'ConfigMap',
            apiVersion: 'v1',
            metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
          },
        });
      },
    },
    {
      rule: 'a streaming list goes on as a watch, and misses nothing',
      run: async (world) => {
        const watch = await stream(world);
        await untilBookmark(watch);
        await world.given(R.configMaps, configMap('a'));
        assert.deepEqual(await next(watch, 1), ['ADDED a']);
      },
    },
    {
      rule: 'a streaming list obeys selectors',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        await world.given(R.configMaps, configMap('b', {}, { labels: { team: 'x' } }));
        const events = await untilBookmark(await stream(world, { labelSelector: 'team=x' }));
        assert.deepEqual(events.slice(0, -1).map(told), ['ADDED b']);
      },
    },
    {
      rule: 'a streaming list from any version (0) ends with its bookmark too',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        const events = await untilBookmark(await stream(world, { resourceVersion: '0' }));
        expectMatch(events.at(-1)?.object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
      },
    },
    {
      rule: 'a streaming list that is not older than a version has what was there then',
      run: async (world) => {
        const { metadata } = await world.given(R.configMaps, configMap('a'));
        const events = await untilBookmark(await stream(world, { resourceVersion: metadata.resourceVersion }));
        assert.equal(told(events[0]), 'ADDED a');
      },
    },
    {
      rule: 'sendInitialEvents=false begins with what changes from now on',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        const watch = await world.watch(R.configMaps, { ...MATCH, sendInitialEvents: false });
        await world.given(R.configMaps, configMap('b'));
        assert.deepEqual(await next(watch, 1), ['ADDED b']);
      },
    },
    {
      rule: 'a streaming list from a version that is not reached yet is ERROR 504',
      run: async (world) => {
        const watch = await stream(world, { resourceVersion: '9999999999' });
        expectError(await watch.next(), tooLarge('9999999999'));
      },
    },
    refuses(
      'sendInitialEvents without resourceVersionMatch is 422',
      (world) => world.list(R.configMaps, { watch: true, sendInitialEvents: true }),
      invalidOptions('ListOptions', [
        'resourceVersionMatch',
        'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      ]),
    ),
    refuses(
      'resourceVersionMatch on a watch without sendInitialEvents is 422',
      (world) => world.list(R.configMaps, { watch: true, resourceVersion: '1', ...MATCH }),
      invalidOptions('ListOptions', [
        'resourceVersionMatch',
        'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ]),
    ),
    refuses(
      'a streaming list of an Exact version is 422',
      (world) => world.list(R.configMaps, { watch: true, sendInitialEvents: true, resourceVersionMatch: 'Exact' }),
      invalidOptions(
        'ListOptions',
        ['resourceVersionMatch', 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
        ['resourceVersionMatch', 'Unsupported value: "Exact": supported values: "NotOlderThan"'],
      ),
    ),
    {
      rule: 'a streaming list does not mind a forgotten history',
      run: async (world) => {
        const { metadata } = await world.given(R.configMaps, configMap('a'));
        await world.forgetHistory();
        const events = await untilBookmark(await stream(world, { resourceVersion: metadata.resourceVersion }));
        assert.equal(told(events[0]), 'ADDED a');
      },
    },
  ],
};
