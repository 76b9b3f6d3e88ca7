import assert from 'node:assert/strict';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer, expectMatch, expectSame } from '../expect.ts';
import { R, type World } from '../world.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const NO_COLLECTION = ALL_VERBS.filter((verb) => verb !== 'deletecollection');

/** A kind as discovery tells of it. */
interface Kind {
  readonly of: string;
  readonly plural: string;
  readonly kind: string;
  readonly singular: string;
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly global?: true;
  readonly verbs?: readonly string[];
}

const KINDS: readonly Kind[] = [
  { of: 'v1', plural: 'pods', kind: 'Pod', singular: 'pod', short: ['po'], categories: ['all'] },
  { of: 'v1', plural: 'services', kind: 'Service', singular: 'service', short: ['svc'], categories: ['all'] },
  { of: 'v1', plural: 'configmaps', kind: 'ConfigMap', singular: 'configmap', short: ['cm'] },
  { of: 'v1', plural: 'secrets', kind: 'Secret', singular: 'secret' },
  { of: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', singular: 'serviceaccount', short: ['sa'] },
  {
    of: 'v1',
    plural: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    singular: 'persistentvolumeclaim',
    short: ['pvc'],
  },
  { of: 'v1', plural: 'nodes', kind: 'Node', singular: 'node', short: ['no'], global: true },
  { of: 'v1', plural: 'events', kind: 'Event', singular: 'event', short: ['ev'] },
  {
    of: 'v1',
    plural: 'namespaces',
    kind: 'Namespace',
    singular: 'namespace',
    short: ['ns'],
    global: true,
    verbs: NO_COLLECTION,
  },
  {
    of: 'apps/v1',
    plural: 'deployments',
    kind: 'Deployment',
    singular: 'deployment',
    short: ['deploy'],
    categories: ['all'],
  },
  {
    of: 'apps/v1',
    plural: 'statefulsets',
    kind: 'StatefulSet',
    singular: 'statefulset',
    short: ['sts'],
    categories: ['all'],
  },
  { of: 'apps/v1', plural: 'daemonsets', kind: 'DaemonSet', singular: 'daemonset', short: ['ds'], categories: ['all'] },
  {
    of: 'apps/v1',
    plural: 'replicasets',
    kind: 'ReplicaSet',
    singular: 'replicaset',
    short: ['rs'],
    categories: ['all'],
  },
  { of: 'batch/v1', plural: 'jobs', kind: 'Job', singular: 'job', categories: ['all'] },
  { of: 'batch/v1', plural: 'cronjobs', kind: 'CronJob', singular: 'cronjob', short: ['cj'], categories: ['all'] },
  {
    of: 'autoscaling/v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    singular: 'horizontalpodautoscaler',
    short: ['hpa'],
    categories: ['all'],
  },
  {
    of: 'policy/v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    singular: 'poddisruptionbudget',
    short: ['pdb'],
  },
  { of: 'coordination.k8s.io/v1', plural: 'leases', kind: 'Lease', singular: 'lease' },
  { of: 'events.k8s.io/v1', plural: 'events', kind: 'Event', singular: 'event', short: ['ev'] },
  {
    of: 'apiextensions.k8s.io/v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    singular: 'customresourcedefinition',
    short: ['crd', 'crds'],
    categories: ['api-extensions'],
    global: true,
  },
];

/** What is under a resource: where, its kind and its verbs. */
const SUBRESOURCES: readonly (readonly [of: string, name: string, entry: object])[] = [
  ['v1', 'pods/status', { kind: 'Pod', verbs: ['get', 'patch', 'update'] }],
  ['v1', 'pods/eviction', { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] }],
  ['v1', 'nodes/status', { kind: 'Node', verbs: ['get', 'patch', 'update'] }],
  ['v1', 'namespaces/status', { kind: 'Namespace', verbs: ['get', 'patch', 'update'] }],
  [
    'apps/v1',
    'deployments/scale',
    { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] },
  ],
  ['apps/v1', 'deployments/status', { kind: 'Deployment', verbs: ['get', 'patch', 'update'] }],
  ['batch/v1', 'cronjobs/status', { kind: 'CronJob', verbs: ['get', 'patch', 'update'] }],
];

const rootOf = (groupVersion: string): string => `${groupVersion === 'v1' ? '/api' : '/apis'}/${groupVersion}`;

const get = (world: World, path: string, accept = 'application/json') =>
  world.send({ method: 'GET', path, headers: { accept } });

interface Entry {
  readonly name: string;
  readonly storageVersionHash?: string;
}

const entryOf = async (
  world: World,
  groupVersion: string,
  name: string,
): Promise<Omit<Entry, 'storageVersionHash'>> => {
  const { body } = await get(world, rootOf(groupVersion));
  const { resources } = body as unknown as { readonly resources: readonly Entry[] };
  // A hash of how it is stored: nothing a client reads.
  const { storageVersionHash, ...entry } = resources.find((each) => each.name === name) ?? { name: 'is not there' };
  assert.match(storageVersionHash ?? '', /^([A-Za-z0-9+/]{11}=)?$/);
  return entry;
};

const listed = ({ of, plural, kind, singular, short, categories, global, verbs = ALL_VERBS }: Kind): Case => ({
  rule: `the resources of ${of} have ${plural}: its kind, names and verbs`,
  run: async (world) =>
    expectSame(await entryOf(world, of, plural), {
      name: plural,
      singularName: singular,
      namespaced: !global,
      kind,
      verbs,
      ...(short && { shortNames: short }),
      ...(categories && { categories }),
    }),
});

const listedBelow = ([of, name, entry]: (typeof SUBRESOURCES)[number]): Case => ({
  rule: `the resources of ${of} have ${name}`,
  run: async (world) =>
    expectMatch(await entryOf(world, of, name), {
      name,
      singularName: '',
      namespaced: !/^(nodes|namespaces)\//.test(name),
      ...entry,
    }),
});

const aggregated = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

interface AggregatedGroup {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources: readonly { readonly resource: string }[];
  }[];
}

const aggregatedEntry = async (world: World, root: string, group: string, plural: string): Promise<unknown> => {
  const { status, headers, body } = await get(world, root, aggregated('v2'));
  assert.deepEqual([status, headers['content-type']], [200, aggregated('v2')]);
  expectMatch(body, { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
  const groups = body.items as unknown as readonly AggregatedGroup[];
  const versions = groups.find(({ metadata }) => (metadata.name ?? '') === group)?.versions ?? [];
  assert.equal(versions[0]?.version, 'v1');
  return versions[0].resources.find(({ resource }) => resource === plural);
};

const NO_PAGE = '404 page not found\n';

const notThere = (path: string): Case => ({
  rule: `${path} is a page that is not there`,
  run: async (world) => {
    const { status, text } = await get(world, path);
    assert.deepEqual([status, text], [404, NO_PAGE]);
  },
});

export const DISCOVERY: Topic = {
  name: 'What there is (discovery)',
  cases: [
    {
      rule: '/api has the version v1',
      run: async (world) => expectAnswer(await get(world, '/api'), 200, { kind: 'APIVersions', versions: ['v1'] }),
    },
    {
      rule: '/apis has each group with its versions, the preferred one named',
      run: async (world) => {
        const { body } = await get(world, '/apis');
        expectMatch(body, { kind: 'APIGroupList', apiVersion: 'v1' });
        const { groups } = body as unknown as { readonly groups: readonly { readonly name: string }[] };
        const apps = { groupVersion: 'apps/v1', version: 'v1' };
        expectSame(
          groups.find(({ name }) => name === 'apps'),
          { name: 'apps', versions: [apps], preferredVersion: apps },
        );
      },
    },
    {
      rule: 'a group tells its versions',
      run: async (world) => {
        const batch = { groupVersion: 'batch/v1', version: 'v1' };
        const expected = {
          kind: 'APIGroup',
          apiVersion: 'v1',
          name: 'batch',
          versions: [batch],
          preferredVersion: batch,
        };
        expectAnswer(await get(world, '/apis/batch'), 200, expected);
      },
    },
    {
      rule: 'the resources of a version are an APIResourceList',
      run: async (world) =>
        expectAnswer(await get(world, '/apis/apps/v1'), 200, {
          kind: 'APIResourceList',
          apiVersion: 'v1',
          groupVersion: 'apps/v1',
        }),
    },
    ...KINDS.map(listed),
    ...SUBRESOURCES.map(listedBelow),
    {
      rule: 'aggregated discovery has a kind with its scope, names, verbs and subresources',
      run: async (world) =>
        expectMatch(await aggregatedEntry(world, '/apis', 'apps', 'deployments'), {
          resource: 'deployments',
          responseKind: { group: '', version: '', kind: 'Deployment' },
          scope: 'Namespaced',
          singularResource: 'deployment',
          verbs: ALL_VERBS,
          shortNames: ['deploy'],
          categories: ['all'],
          subresources: [
            {
              subresource: 'scale',
              responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
              verbs: ['get', 'patch', 'update'],
            },
            {
              subresource: 'status',
              responseKind: { group: '', version: '', kind: 'Deployment' },
              verbs: ['get', 'patch', 'update'],
            },
          ],
        }),
    },
    {
      rule: 'aggregated discovery of the core group stands at /api',
      run: async (world) =>
        expectMatch(await aggregatedEntry(world, '/api', '', 'namespaces'), {
          resource: 'namespaces',
          scope: 'Cluster',
          singularResource: 'namespace',
          verbs: NO_COLLECTION,
          shortNames: ['ns'],
        }),
    },
    {
      rule: 'aggregated discovery says that what it has is current',
      run: async (world) => {
        const { body } = await get(world, '/apis', aggregated('v2'));
        for (const { versions } of body.items as unknown as readonly { versions: readonly object[] }[])
          for (const version of versions) expectMatch(version, { freshness: 'Current' });
      },
    },
    {
      rule: 'who takes the aggregated form is given it, whatever else is taken',
      run: async (world) => {
        const { body } = await get(world, '/apis', `application/json,${aggregated('v2')}`);
        expectMatch(body, { kind: 'APIGroupDiscoveryList' });
      },
    },
    notThere('/apis/none.example.org'),
    notThere('/apis/none.example.org/v1'),
    refuses('a version that a group does not have is not found', (world) => get(world, '/apis/apps/v9'), {
      code: 404,
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
      details: {},
    }),
    {
      rule: 'a version says its major and minor number, its name and where it runs',
      run: async (world) =>
        expectAnswer(await get(world, '/version'), 200, {
          major: '1',
          minor: /^\d+$/,
          gitVersion: /^v1\.\d+\.\d+/,
          platform: /^\w+\/\w+$/,
        }),
    },
    {
      rule: 'a definition adds its kind to its group',
      run: async (world) => {
        const group = `${world.namespace}.example.org`;
        await world.given(R.customResourceDefinitions, definition(group));
        await served(world, group);
        expectSame(await entryOf(world, `${group}/v1`, 'widgets'), {
          name: 'widgets',
          singularName: 'widget',
          namespaced: true,
          kind: 'Widget',
          verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
          shortNames: ['wd'],
        });
      },
    },
  ],
};

const definition = (group: string): object => ({
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

/** A server begins to serve a definition a moment after it took it. */
const served = async (world: World, group: string): Promise<void> => {
  for (let status = 0; status !== 200;) ({ status } = await get(world, `/apis/${group}/v1`));
};
