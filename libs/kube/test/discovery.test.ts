import t from 'tap';

import type { Client } from '../src/client-api.ts';
import { discover, preferredResources } from '../src/discovery.ts';
import type { Discovered } from '../src/discovery/discovered.ts';
import { findResource } from '../src/discovery/find-resource.ts';
import { KubeApiError } from '../src/errors.ts';

type Asked = { path: string; accept: string | undefined };

/** A client whose answers are a table by path; a path without an answer is 503. */
const clientOf = (answers: Record<string, unknown>) => {
  const asked: Asked[] = [];
  const request: Client['request'] = ({ path, accept }) => {
    asked.push({ path, accept });
    const body = answers[path];
    if (body === undefined) return Promise.reject(new KubeApiError('Unavailable', `GET ${path}: 503`, { status: 503 }));
    return Promise.resolve({ status: 200, headers: {}, body });
  };
  return { asked, request };
};

const SCALABLE = ['status', 'scale'];
const aggregated = {
  '/api': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [
              {
                resource: 'pods',
                responseKind: { group: '', version: 'v1', kind: 'Pod' },
                scope: 'Namespaced',
                singularResource: 'pod',
                verbs: ['get', 'list', 'delete'],
                shortNames: ['po'],
                categories: ['all'],
                subresources: [{ subresource: 'eviction', verbs: ['create'] }],
              },
              {
                resource: 'events',
                responseKind: { kind: 'Event' },
                scope: 'Namespaced',
                singularResource: 'event',
                verbs: ['list'],
                shortNames: ['ev'],
              },
              {
                resource: 'nodes',
                responseKind: { kind: 'Node' },
                scope: 'Cluster',
                singularResource: 'node',
                verbs: ['list'],
              },
            ],
          },
        ],
      },
    ],
  },
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'apps' },
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [
              {
                resource: 'deployments',
                responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
                scope: 'Namespaced',
                singularResource: 'deployment',
                verbs: ['get', 'list', 'patch'],
                shortNames: ['deploy'],
                subresources: SCALABLE.map((subresource) => ({ subresource })),
              },
            ],
          },
        ],
      },
      {
        metadata: { name: 'autoscaling' },
        versions: ['v2', 'v1'].map((version) => ({
          version,
          freshness: 'Current',
          resources: [
            {
              resource: 'horizontalpodautoscalers',
              responseKind: { kind: 'HorizontalPodAutoscaler' },
              scope: 'Namespaced',
              singularResource: 'horizontalpodautoscaler',
              verbs: ['list'],
              shortNames: ['hpa'],
            },
          ],
        })),
      },
      {
        metadata: { name: 'events.k8s.io' },
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [{ resource: 'events', responseKind: { kind: 'Event' }, scope: 'Namespaced' }],
          },
        ],
      },
      { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
    ],
  },
};

t.test('everything in two requests', async (t) => {
  const client = clientOf(aggregated);
  const { resources, problems } = await discover(client);
  t.same(
    client.asked.map(({ path }) => path),
    ['/api', '/apis'],
  );
  t.match(client.asked[0]?.accept, /^application\/json;g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList,/);
  t.same(resources[0], {
    group: '',
    version: 'v1',
    plural: 'pods',
    kind: 'Pod',
    namespaced: true,
    singular: 'pod',
    shortNames: ['po'],
    categories: ['all'],
    verbs: ['get', 'list', 'delete'],
    subresources: ['eviction'],
    preferred: true,
  });
  t.same(
    resources.map(({ group, version, plural, preferred }) => [group, version, plural, preferred]),
    [
      ['', 'v1', 'pods', true],
      ['', 'v1', 'events', true],
      ['', 'v1', 'nodes', true],
      ['apps', 'v1', 'deployments', true],
      ['autoscaling', 'v2', 'horizontalpodautoscalers', true],
      ['autoscaling', 'v1', 'horizontalpodautoscalers', false],
      ['events.k8s.io', 'v1', 'events', true],
    ],
  );
  t.equal(resources.find(({ plural }) => plural === 'nodes')?.namespaced, false);
  t.same(problems, [
    { groupVersion: 'metrics.k8s.io/v1beta1', message: 'stale: the server behind this API does not answer' },
  ]);
});

const legacy = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': {
    resources: [
      {
        name: 'pods',
        singularName: 'pod',
        namespaced: true,
        kind: 'Pod',
        verbs: ['get', 'list', 'delete'],
        shortNames: ['po'],
        categories: ['all'],
      },
      { name: 'pods/eviction', namespaced: true, kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    ],
  },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      { name: 'autoscaling', versions: [{ version: 'v1' }, { version: 'v2' }], preferredVersion: { version: 'v2' } },
      { name: 'broken.example.com', versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } },
    ],
  },
  '/apis/autoscaling/v1': {
    resources: [
      { name: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', namespaced: true, verbs: ['list'] },
    ],
  },
  '/apis/autoscaling/v2': {
    resources: [
      { name: 'horizontalpodautoscalers', kind: 'HorizontalPodAutoscaler', namespaced: true, verbs: ['list'] },
    ],
  },
};

t.test('an older server is asked version by version, and says the same', async (t) => {
  const client = clientOf(legacy);
  const { resources, problems } = await discover(client);
  t.same(resources[0], (await discover(clientOf(aggregated))).resources[0]);
  t.same(
    resources.map(({ version, preferred }) => [version, preferred]),
    [
      ['v1', true],
      ['v1', false],
      ['v2', true],
    ],
  );
  t.same(problems, [{ groupVersion: 'broken.example.com/v1', message: 'GET /apis/broken.example.com/v1: 503' }]);
});

t.test('a server that cannot be asked at all is an error, a strange answer is nothing', async (t) => {
  await t.rejects(discover(clientOf({ '/api': legacy['/api'], '/api/v1': {} })), { code: 'Unavailable' });
  t.same(
    await discover(
      clientOf({ '/api': 'hello', '/apis': { kind: 'APIGroupDiscoveryList', items: [null, { versions: 7 }] } }),
    ),
    {
      resources: [],
      problems: [],
    },
  );
});

t.test('one version of each type, the preferred one', async (t) => {
  const chosen = preferredResources((await discover(clientOf(legacy))).resources);
  t.same(
    chosen.map(({ plural, version }) => `${plural} ${version}`),
    ['pods v1', 'horizontalpodautoscalers v2'],
  );
});

t.test('a resource type is found by whatever people call it', async (t) => {
  const { resources }: Discovered = await discover(clientOf(aggregated));
  const rows: [text: string, found: string | undefined][] = [
    ['deploy', 'apps/v1/deployments'],
    ['deployments', 'apps/v1/deployments'],
    ['deployment', 'apps/v1/deployments'],
    ['Deployment', 'apps/v1/deployments'],
    ['DEPLOY', 'apps/v1/deployments'],
    ['deployments.apps', 'apps/v1/deployments'],
    ['deploy.apps', 'apps/v1/deployments'],
    ['Deployment.v1.apps', 'apps/v1/deployments'],
    ['apps/deployments', 'apps/v1/deployments'],
    ['apps/v1/deployments', 'apps/v1/deployments'],
    ['apps/v1/Deployment', 'apps/v1/deployments'],
    ['v1/pods', '/v1/pods'],
    ['pods.v1', '/v1/pods'],
    ['events', '/v1/events'],
    ['events.events.k8s.io', 'events.k8s.io/v1/events'],
    ['events.v1.events.k8s.io', 'events.k8s.io/v1/events'],
    ['hpa', 'autoscaling/v2/horizontalpodautoscalers'],
    ['hpa.v1.autoscaling', 'autoscaling/v1/horizontalpodautoscalers'],
    ['autoscaling/v1/hpa', 'autoscaling/v1/horizontalpodautoscalers'],
    ['deployments.extensions', undefined],
    ['apps/v2/deployments', undefined],
    ['v1/deployments', undefined],
    ['widgets', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of rows) {
    const found = findResource(resources, text);
    t.equal(found && `${found.group}/${found.version}/${found.plural}`, expected, text);
  }
});
