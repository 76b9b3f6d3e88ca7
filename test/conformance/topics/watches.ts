import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectError, expectMatch, expectSame } from '../expect.ts';
import type { OpenWatch, Query, ToldEvent } from '../wire.ts';
import { notFound } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, pod } from './objects.ts';

export const told = (event: ToldEvent | undefined): string | undefined =>
  event && `${event.type} ${event.object.metadata.name}`;

/** The next changes, as `ADDED a`; bookmarks may come between them at any time. */
export const next = async (watch: OpenWatch, count: number): Promise<(string | undefined)[]> => {
  const changes: (string | undefined)[] = [];
  while (changes.length < count) {
    const event = await watch.next();
    if (event?.type !== 'BOOKMARK') changes.push(told(event));
  }
  return changes;
};

/** A watch from now on. */
export const fromNow = async (world: World, query: Query = {}): Promise<OpenWatch> => {
  const { body } = await world.list(R.configMaps);
  return world.watch(R.configMaps, { resourceVersion: body.metadata.resourceVersion, ...query });
};

const label = (world: World, name: string, team: string) =>
  world.patch(R.configMaps, name, 'merge', { metadata: { labels: { team } } });

export const WATCHES: Topic = {
  name: 'Watches',
  cases: [
    {
      rule: 'a watch from a version tells every change after it, as ADDED, MODIFIED and DELETED',
      run: async (world) => {
        const before = await world.given(R.configMaps, configMap('a'));
        await world.given(R.configMaps, configMap('b'));
        const { resourceVersion } = before.metadata;
        const watch = await world.watch(R.configMaps, { resourceVersion });
        await world.patch(R.configMaps, 'a', 'merge', { data: { x: '1' } });
        await world.remove(R.configMaps, 'b');
        assert.deepEqual(await next(watch, 3), ['ADDED b', 'MODIFIED a', 'DELETED b']);
      },
    },
    {
      rule: 'an event carries the whole object, with its kind',
      run: async (world) => {
        const watch = await fromNow(world);
        const created = await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        expectSame((await watch.next())?.object, created);
      },
    },
    {
      rule: 'a DELETED object is the last there was, under the version of its removal',
      run: async (world) => {
        const last = await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const watch = await fromNow(world);
        await world.remove(R.configMaps, 'a');
        const event = await watch.next();
        expectMatch(event, { type: 'DELETED', object: { data: { x: '1' } } });
        assert.ok(Number(event?.object.metadata.resourceVersion) > Number(last.metadata.resourceVersion));
      },
    },
    {
      rule: 'a watch without resourceVersion begins with what is there, as ADDED',
      run: async (world) => {
        for (const name of ['a', 'b']) await world.given(R.configMaps, configMap(name));
        const watch = await world.watch(R.configMaps);
        assert.deepEqual((await next(watch, 2)).sort(), ['ADDED a', 'ADDED b']);
        await world.remove(R.configMaps, 'a');
        assert.deepEqual(await next(watch, 1), ['DELETED a']);
      },
    },
    {
      rule: 'a watch from any version (0) begins with what is there, as ADDED',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        const watch = await world.watch(R.configMaps, { resourceVersion: '0' });
        assert.deepEqual(await next(watch, 1), ['ADDED a']);
      },
    },
    {
      rule: 'an object that leaves the label selection is DELETED, as it was in it, under the version of the change',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', {}, { labels: { team: 'x' } }));
        const watch = await fromNow(world, { labelSelector: 'team=x' });
        const { body } = await label(world, 'a', 'y');
        const { resourceVersion } = body.metadata;
        expectMatch(await watch.next(), {
          type: 'DELETED',
          object: { metadata: { labels: { team: 'x' }, resourceVersion } },
        });
      },
    },
    {
      rule: 'an object that enters the label selection is ADDED',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', {}, { labels: { team: 'y' } }));
        const watch = await fromNow(world, { labelSelector: 'team=x' });
        await label(world, 'a', 'x');
        assert.deepEqual(await next(watch, 1), ['ADDED a']);
      },
    },
    {
      rule: 'what happens outside the selection is not told',
      run: async (world) => {
        const watch = await fromNow(world, { labelSelector: 'team=x' });
        await world.given(R.configMaps, configMap('a', {}, { labels: { team: 'y' } }));
        await label(world, 'a', 'z');
        await world.remove(R.configMaps, 'a');
        await world.given(R.configMaps, configMap('b', {}, { labels: { team: 'x' } }));
        assert.deepEqual(await next(watch, 1), ['ADDED b']);
      },
    },
    {
      rule: 'an object that leaves the field selection is DELETED',
      run: async (world) => {
        await world.given(R.pods, pod('a'));
        const { body } = await world.list(R.pods);
        const { resourceVersion } = body.metadata;
        const watch = await world.watch(R.pods, { resourceVersion, fieldSelector: 'status.phase=Pending' });
        await world.patch(R.pods, 'a/status', 'merge', { status: { phase: 'Running' } });
        assert.deepEqual(await next(watch, 1), ['DELETED a']);
      },
    },
    {
      rule: 'a watch of one name tells of that object alone',
      run: async (world) => {
        const watch = await fromNow(world, { fieldSelector: 'metadata.name=b' });
        await world.given(R.configMaps, configMap('a'));
        await world.given(R.configMaps, configMap('b'));
        assert.deepEqual(await next(watch, 1), ['ADDED b']);
      },
    },
    {
      rule: 'a watch ends in order after timeoutSeconds',
      run: async (world) => {
        const watch = await fromNow(world, { timeoutSeconds: 1 });
        assert.equal(await watch.next(), undefined);
      },
    },
    {
      rule: 'changes made by other clients arrive in the order they were made',
      run: async (world) => {
        const watch = await fromNow(world);
        const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
        for (const name of names) await world.given(R.configMaps, configMap(name));
        assert.deepEqual(
          await next(watch, 20),
          names.map((name) => `ADDED ${name}`),
        );
      },
    },
    {
      rule: 'a watch from a version that is not reached yet tells nothing until then',
      run: async (world) => {
        const watch = await world.watch(R.configMaps, { resourceVersion: '9999999999', timeoutSeconds: 1 });
        assert.equal(watch.status, 200);
        await world.given(R.configMaps, configMap('a'));
        assert.equal(await watch.next(), undefined);
      },
    },
    refuses(
      'a watch with a resourceVersion that is no number is 500',
      (world) => world.list(R.configMaps, { watch: true, resourceVersion: 'x' }),
      {
        code: 500,
        message: 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
      },
    ),
    {
      rule: 'a watch from a version that is forgotten is ERROR 410, and then ends',
      run: async (world) => {
        const { metadata } = await world.given(R.configMaps, configMap('a'));
        await world.given(R.configMaps, configMap('b'));
        await world.forgetHistory();
        const watch = await world.watch(R.configMaps, { resourceVersion: metadata.resourceVersion });
        assert.equal(watch.status, 200);
        expectError(await watch.next(), {
          code: 410,
          reason: 'Expired',
          message: /^too old resource version: \d+ \(\d+\)$/,
        });
        assert.equal(await watch.next(), undefined);
      },
    },
    {
      rule: 'the metadata alone can be watched',
      run: async (world) => {
        const { body } = await world.list(R.configMaps);
        const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
        const { resourceVersion } = body.metadata;
        const watch = await world.watch(R.configMaps, { resourceVersion }, { accept });
        const { metadata } = await world.given(R.configMaps, configMap('a', { data: { x: '1' } }));
        const object = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
        expectSame(await watch.next(), { type: 'ADDED', object });
      },
    },
    {
      rule: 'a watch is JSON, in chunks',
      run: async (world) => {
        const { headers } = await fromNow(world);
        expectMatch(headers, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
      },
    },
    refuses(
      'a watch of a single object by its path is a get',
      async (world) => {
        await world.given(R.configMaps, configMap('a'));
        const answer = await world.get(R.configMaps, 'a', { watch: true, timeoutSeconds: 1 });
        expectAnswer(answer, 200);
        return world.get(R.configMaps, 'b', { watch: true, timeoutSeconds: 1 });
      },
      notFound('configmaps', 'b'),
    ),
  ],
};
