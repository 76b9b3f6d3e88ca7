import assert from 'node:assert/strict';
import type { Resource } from '@kube-steward/kube';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer } from '../expect.ts';
import { badRequest } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, pod } from './objects.ts';
import { namesOf } from './paging.ts';

const LABELLED: readonly (readonly [name: string, labels: Readonly<Record<string, string>>])[] = [
  ['a', { team: 'x', tier: '1' }],
  ['b', { team: 'y', tier: '20' }],
  ['c', { team: '' }],
  ['d', {}],
];

const labelled = async (world: World): Promise<void> => {
  for (const [name, labels] of LABELLED) await world.given(R.configMaps, configMap(name, {}, { labels }));
};

const selects = (labelSelector: string, names: string): Case => ({
  rule: `labels: \`${labelSelector}\` selects ${names || 'nothing'}`,
  run: async (world) => {
    await labelled(world);
    const answer = await world.list(R.configMaps, { labelSelector });
    expectAnswer(answer, 200);
    assert.equal(namesOf(answer).join(' '), names);
  },
});

const offers = (resource: Resource, name: string, fields: readonly string[]): Case => ({
  rule: `fields: ${name} can be selected by ${fields.join(', ')}`,
  run: async (world) => {
    for (const field of fields) expectAnswer(await world.list(resource, { fieldSelector: `${field}=x` }), 200);
  },
});

const fieldRefused = (what: string, resource: Resource, fieldSelector: string, message: string | RegExp): Case =>
  refuses(
    `fields: ${what}: \`${fieldSelector}\` is 400`,
    (world) => world.list(resource, { fieldSelector }),
    badRequest(message),
  );

const CSR = {
  group: 'certificates.k8s.io',
  version: 'v1',
  plural: 'certificatesigningrequests',
  kind: 'CertificateSigningRequest',
  namespaced: false,
};
const REPLICATION_CONTROLLERS = {
  group: '',
  version: 'v1',
  plural: 'replicationcontrollers',
  kind: 'ReplicationController',
  namespaced: true,
};

const METADATA_ALONE = '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"';
const NOT_SUPPORTED = 'field label not supported: spec.foo';

/** Kinds, and what is said of a field they do not offer. */
const UNKNOWN_TO: readonly (readonly [name: string, resource: Resource, message: string])[] = [
  ['configmaps', R.configMaps, METADATA_ALONE],
  ['cronjobs', R.cronJobs, METADATA_ALONE],
  ['deployments', R.deployments, METADATA_ALONE],
  ['statefulsets', R.statefulSets, METADATA_ALONE],
  ['daemonsets', R.daemonSets, METADATA_ALONE],
  ['replicasets', R.replicaSets, METADATA_ALONE],
  ['horizontalpodautoscalers', R.horizontalPodAutoscalers, METADATA_ALONE],
  ['poddisruptionbudgets', R.podDisruptionBudgets, METADATA_ALONE],
  ['leases', R.leases, METADATA_ALONE],
  ['ingresses', R.ingresses, METADATA_ALONE],
  ['persistentvolumeclaims', R.persistentVolumeClaims, METADATA_ALONE],
  ['customresourcedefinitions', R.customResourceDefinitions, METADATA_ALONE],
  ['apiservices', R.apiServices, METADATA_ALONE],
  ['pods', R.pods, NOT_SUPPORTED],
  ['nodes', R.nodes, NOT_SUPPORTED],
  ['namespaces', R.namespaces, NOT_SUPPORTED],
  ['secrets', R.secrets, NOT_SUPPORTED],
  ['services', R.services, NOT_SUPPORTED],
  ['events', R.coreEvents, NOT_SUPPORTED],
  ['events.events.k8s.io', R.events, NOT_SUPPORTED],
  ['jobs', R.jobs, 'field label "spec.foo" not supported for Job'],
];

export const SELECTORS: Topic = {
  name: 'Selectors',
  cases: [
    selects('team=x', 'a'),
    selects('team==x', 'a'),
    selects('team!=x', 'b c d'),
    selects('team=', 'c'),
    selects('team', 'a b c'),
    selects('!team', 'd'),
    selects('team in (x, y)', 'a b'),
    selects('team notin (x, y)', 'c d'),
    selects('team in (x, )', 'a c'),
    selects('team in ()', 'c'),
    selects('tier>5', 'b'),
    selects('tier<5', 'a'),
    selects('team=x,tier', 'a'),
    selects('team=x,team=y', ''),
    selects('', 'a b c d'),
    {
      rule: 'fields: metadata.name and metadata.namespace select objects of every kind',
      run: async (world) => {
        await labelled(world);
        assert.deepEqual(namesOf(await world.list(R.configMaps, { fieldSelector: 'metadata.name=b' })), ['b']);
        assert.deepEqual(namesOf(await world.list(R.configMaps, { fieldSelector: 'metadata.name!=b' })), [
          'a',
          'c',
          'd',
        ]);
        const { namespace } = world;
        const here = await world.list(R.configMaps, { fieldSelector: `metadata.namespace==${namespace}` });
        assert.equal(namesOf(here).length, 4);
      },
    },
    {
      rule: 'fields: pods are selected by what they say, an absent text being empty',
      run: async (world) => {
        await world.given(R.pods, pod('a', { nodeName: 'n1' }));
        await world.given(R.pods, pod('b'));
        for (const [fieldSelector, names] of [
          ['spec.nodeName=n1', 'a'],
          ['spec.nodeName=', 'b'],
          ['spec.nodeName!=n1', 'b'],
          ['status.phase=Pending', 'a b'],
          ['status.phase!=Running,spec.nodeName=n1', 'a'],
          ['spec.restartPolicy=Always', 'a b'],
          ['spec.hostNetwork=false', 'a b'],
        ] as const)
          assert.equal(namesOf(await world.list(R.pods, { fieldSelector })).join(' '), names, fieldSelector);
      },
    },
    {
      rule: 'fields: a value may hold the signs of the grammar behind a backslash',
      run: async (world) => {
        expectAnswer(await world.list(R.configMaps, { fieldSelector: 'metadata.name=a\\,b' }), 200, { items: [] });
      },
    },
    offers(R.pods, 'pods', [
      'metadata.name',
      'metadata.namespace',
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
    ]),
    offers(R.nodes, 'nodes', ['metadata.name', 'spec.unschedulable']),
    offers(R.namespaces, 'namespaces', ['metadata.name', 'status.phase']),
    offers(R.secrets, 'secrets', ['metadata.name', 'metadata.namespace', 'type']),
    offers(R.services, 'services', ['metadata.name', 'metadata.namespace', 'spec.clusterIP', 'spec.type']),
    offers(R.jobs, 'jobs', ['metadata.name', 'metadata.namespace', 'status.successful']),
    offers(REPLICATION_CONTROLLERS, 'replicationcontrollers', [
      'metadata.name',
      'metadata.namespace',
      'status.replicas',
    ]),
    offers(CSR, 'certificatesigningrequests', ['metadata.name', 'spec.signerName']),
    offers(R.coreEvents, 'events', [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'source',
      'type',
      'metadata.name',
      'metadata.namespace',
    ]),
    offers(R.events, 'events.events.k8s.io', [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'reportingController',
      'type',
      'metadata.name',
      'metadata.namespace',
    ]),
    ...UNKNOWN_TO.map(([name, resource, message]) => fieldRefused(name, resource, 'spec.foo=1', message)),
    fieldRefused('without an operator', R.configMaps, 'oops', "invalid selector: 'oops'; can't understand 'oops'"),
  ],
};
