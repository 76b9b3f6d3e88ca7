import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectStatus } from '../expect.ts';
import type { Answer, Query } from '../wire.ts';
import { badRequest } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap } from './objects.ts';

export const five = async (world: World): Promise<void> => {
  for (const name of ['c1', 'c2', 'c3', 'c4', 'c5'])
    await world.given(R.configMaps, configMap(name, {}, { labels: { kind: 'five' } }));
};

/** The names on a page. */
export const namesOf = ({ body }: Answer): string[] => body.items.map(({ metadata }) => metadata.name);

const page = (world: World, query: Query): Promise<Answer> => world.list(R.configMaps, { limit: 2, ...query });

const tokenOf = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const PAGING: Topic = {
  name: 'Lists in pages',
  cases: [
    {
      rule: 'a page has at most `limit` items, a token for the next, and the number of those that remain',
      run: async (world) => {
        await five(world);
        const first = await page(world, {});
        expectAnswer(first, 200, { metadata: { continue: /^.+$/, remainingItemCount: 3 } });
        assert.deepEqual(namesOf(first), ['c1', 'c2']);
        const second = await page(world, { continue: first.body.metadata.continue });
        expectAnswer(second, 200, { metadata: { remainingItemCount: 1 } });
        assert.deepEqual(namesOf(second), ['c3', 'c4']);
      },
    },
    {
      rule: 'the last page has neither token nor number',
      run: async (world) => {
        await five(world);
        const first = await page(world, { limit: 4 });
        const last = await page(world, { continue: first.body.metadata.continue });
        expectAnswer(last, 200, { metadata: { continue: undefined, remainingItemCount: undefined } });
        assert.deepEqual(namesOf(last), ['c5']);
      },
    },
    {
      rule: 'all pages show the state of the first, whatever changes meanwhile',
      run: async (world) => {
        await five(world);
        const first = await page(world, {});
        await world.remove(R.configMaps, 'c3');
        await world.given(R.configMaps, configMap('c31'));
        const rest = await page(world, { limit: 9, continue: first.body.metadata.continue });
        assert.deepEqual(namesOf(rest), ['c3', 'c4', 'c5']);
        assert.equal(rest.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
      },
    },
    {
      rule: 'without a limit everything comes at once',
      run: async (world) => {
        await five(world);
        const all = await world.list(R.configMaps);
        expectAnswer(all, 200, { metadata: { continue: undefined, remainingItemCount: undefined } });
        assert.deepEqual(namesOf(all), ['c1', 'c2', 'c3', 'c4', 'c5']);
      },
    },
    {
      rule: 'with a label selector the number of those that remain is left out',
      run: async (world) => {
        await five(world);
        const first = await page(world, { labelSelector: 'kind=five' });
        expectAnswer(first, 200, { metadata: { continue: /^.+$/, remainingItemCount: undefined } });
      },
    },
    {
      rule: 'with a field selector the number of those that remain is left out',
      run: async (world) => {
        await five(world);
        const first = await page(world, { fieldSelector: 'metadata.name!=c1' });
        expectAnswer(first, 200, { metadata: { continue: /^.+$/, remainingItemCount: undefined } });
        assert.deepEqual(namesOf(first), ['c2', 'c3']);
      },
    },
    {
      rule: 'a limit of 0 is none',
      run: async (world) => {
        await five(world);
        assert.equal(namesOf(await page(world, { limit: 0 })).length, 5);
      },
    },
    {
      rule: 'a list from any version (resourceVersion=0) is whole, whatever its limit',
      run: async (world) => {
        await five(world);
        const all = await page(world, { resourceVersion: '0' });
        expectAnswer(all, 200, { metadata: { continue: undefined } });
        assert.equal(namesOf(all).length, 5);
      },
    },
    {
      rule: 'a token whose revision is forgotten is 410, with a token that goes on inconsistently',
      run: async (world) => {
        await five(world);
        const first = await page(world, {});
        await world.remove(R.configMaps, 'c3');
        await world.forgetHistory();
        const refused = await page(world, { continue: first.body.metadata.continue });
        expectStatus(refused, {
          code: 410,
          reason: 'Expired',
          message:
            'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
          metadata: { continue: /^.+$/ },
        });
        const rest = await page(world, { continue: refused.body.metadata.continue });
        assert.deepEqual(namesOf(rest), ['c4', 'c5']);
      },
    },
    refuses(
      'a token that is no token is 400',
      (world) => page(world, { continue: 'nonsense' }),
      badRequest(/^invalid continue token: continue key is not valid: /),
    ),
    refuses(
      'a token of another form is 400',
      (world) => page(world, { continue: tokenOf({ v: 'meta.k8s.io/v2', rv: 1, start: 'a' }) }),
      badRequest(
        'invalid continue token: continue key is not valid: server does not recognize this encoded version meta.k8s.io/v2',
      ),
    ),
    refuses(
      'a token and a resourceVersion are 400 together',
      async (world) => {
        await five(world);
        const first = await page(world, {});
        return page(world, { continue: first.body.metadata.continue, resourceVersion: '1' });
      },
      badRequest('specifying resource version is not allowed when using continue'),
    ),
    refuses(
      'a limit that is no number is 400',
      (world) => page(world, { limit: 'many' }),
      badRequest('strconv.ParseInt: parsing "many": invalid syntax'),
    ),
  ],
};
