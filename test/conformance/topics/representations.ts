import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectMatch, expectSame } from '../expect.ts';
import { R, type World } from '../world.ts';
import { configMap } from './objects.ts';

const as = (name: string, version = 'v1') => ({ accept: `application/json;as=${name};g=meta.k8s.io;v=${version}` });

const given = (world: World) => world.given(R.configMaps, configMap('a', { data: { x: '1' } }));

const got = (accept: string) => async (world: World) => {
  await given(world);
  return world.get(R.configMaps, 'a', {}, { accept });
};

const served = (accept: string, type: string) => ({
  rule: `${accept === '' ? 'an empty Accept' : accept} is answered with ${type}`,
  run: async (world: World) => {
    const answer = await got(accept)(world);
    assert.deepEqual([answer.status, answer.headers['content-type']], [200, type]);
  },
});

const NOT_ACCEPTABLE = {
  code: 406,
  reason: 'NotAcceptable',
  message:
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
};

export const REPRESENTATIONS: Topic = {
  name: 'What answers look like (Accept)',
  cases: [
    {
      rule: 'items of a list have no kind of their own',
      run: async (world) => {
        await given(world);
        expectAnswer(await world.list(R.configMaps), 200, {
          kind: 'ConfigMapList',
          apiVersion: 'v1',
          items: [{ kind: undefined, apiVersion: undefined, metadata: { name: 'a' } }],
        });
      },
    },
    {
      rule: 'PartialObjectMetadata is the metadata alone',
      run: async (world) => {
        const { metadata } = await given(world);
        const { body } = await world.get(R.configMaps, 'a', {}, as('PartialObjectMetadata'));
        expectSame(body, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
      },
    },
    {
      rule: 'PartialObjectMetadataList is the metadata of all, each with its kind',
      run: async (world) => {
        const { metadata } = await given(world);
        const { body } = await world.list(R.configMaps, {}, as('PartialObjectMetadataList'));
        expectSame(body, {
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { resourceVersion: body.metadata.resourceVersion },
          items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }],
        });
      },
    },
    {
      rule: 'a write can be answered with the metadata alone',
      run: async (world) => {
        await given(world);
        const answer = await world.send({
          method: 'PATCH',
          path: world.path(R.configMaps, 'a'),
          body: { data: { x: '2' } },
          headers: { 'content-type': 'application/merge-patch+json', ...as('PartialObjectMetadata') },
        });
        expectAnswer(answer, 200, { kind: 'PartialObjectMetadata', data: undefined, metadata: { name: 'a' } });
      },
    },
    {
      rule: 'a list of metadata comes in pages like any other',
      run: async (world) => {
        for (const name of ['a', 'b', 'c']) await world.given(R.configMaps, configMap(name));
        const { body } = await world.list(R.configMaps, { limit: 2 }, as('PartialObjectMetadataList'));
        expectMatch(body.metadata, { continue: /./, remainingItemCount: 1 });
      },
    },
    refuses(
      'PartialObjectMetadata of a list is 406',
      async (world) => {
        await given(world);
        return world.list(R.configMaps, {}, as('PartialObjectMetadata'));
      },
      {
        code: 406,
        reason: 'NotAcceptable',
        message: 'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
      },
    ),
    refuses(
      'PartialObjectMetadataList of one object is 406',
      async (world) => {
        await given(world);
        return world.get(R.configMaps, 'a', {}, as('PartialObjectMetadataList'));
      },
      {
        code: 406,
        reason: 'NotAcceptable',
        message: 'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
      },
    ),
    {
      rule: 'a Table has columns, and a row for each object',
      run: async (world) => {
        await given(world);
        const { body } = await world.list(R.configMaps, {}, as('Table'));
        expectMatch(body, { kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
        const columns = (body['columnDefinitions'] as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(columns, ['Name', 'Data', 'Age']);
        expectMatch(body['rows'], [{ cells: ['a', 1, /^\d+s$/], object: { kind: 'PartialObjectMetadata' } }]);
      },
    },
    {
      rule: 'what cannot be served is passed over for what comes next',
      run: async (world) => {
        const answer = await got('application/json;as=Nothing;g=meta.k8s.io;v=v1,application/json')(world);
        expectAnswer(answer, 200, { kind: 'ConfigMap' });
      },
    },
    served('application/json', 'application/json'),
    served('*/*', 'application/json'),
    served('', 'application/json'),
    served('application/yaml', 'application/yaml'),
    served('text/html, application/json', 'application/json'),
    served('application/json;q=0.5, application/yaml;q=0.9', 'application/yaml'),
    {
      rule: 'YAML says the same as JSON',
      run: async (world) => {
        const { text } = await got('application/yaml')(world);
        assert.match(text, /^apiVersion: v1\ndata:\n {2}x: "1"\nkind: ConfigMap\n/);
      },
    },
    refuses('a form that does not exist is 406', got('application/json;as=Nothing;g=meta.k8s.io;v=v1'), NOT_ACCEPTABLE),
    refuses(
      'a version of a form that does not exist is 406',
      got('application/json;as=Table;g=meta.k8s.io;v=v9'),
      NOT_ACCEPTABLE,
    ),
    refuses('a media type that is not served is 406', got('text/html'), {
      ...NOT_ACCEPTABLE,
      message:
        '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      details: {},
    }),
  ],
};
