import assert from 'node:assert/strict';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectMatch, expectStatus } from '../expect.ts';
import { alreadyExists, badRequest, invalid, invalidOptions, notFound } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment, pod } from './objects.ts';

const create = (body: unknown) => (world: World) => world.create(R.configMaps, body);
const UNREADABLE =
  "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: ";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

export const CREATES: Topic = {
  name: 'Creates and names',
  cases: [
    {
      rule: 'a new object has uid, creationTimestamp and resourceVersion, whatever it brings',
      run: async (world) => {
        const metadata = { uid: 'mine', creationTimestamp: '2020-01-01T00:00:00Z', selfLink: '/mine' };
        const { body } = await world.create(R.configMaps, configMap('a', {}, metadata));
        expectMatch(body.metadata, {
          uid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          creationTimestamp: /^20(2[1-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          resourceVersion: /^\d+$/,
          selfLink: undefined,
        });
      },
    },
    {
      rule: 'a new object of a kind that counts generations has the first',
      run: async (world) => {
        const { metadata } = await world.given(R.deployments, deployment('a', {}, { generation: 7 }));
        assert.equal(metadata.generation, 1);
      },
    },
    {
      rule: 'a new object brings no deletionTimestamp',
      run: async (world) => {
        const metadata = { deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 };
        const { body } = await world.create(R.configMaps, configMap('a', {}, metadata));
        expectMatch(body.metadata, { deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined });
      },
    },
    {
      rule: 'the answer has kind and apiVersion, and the namespace of the path',
      run: async (world) => {
        expectAnswer(await world.create(R.configMaps, configMap('a')), 201, {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: { namespace: world.namespace },
        });
      },
    },
    {
      rule: 'generateName gets five characters that spell nothing',
      run: async (world) => {
        const { body } = await world.create(R.configMaps, { metadata: { generateName: 'job-' } });
        expectMatch(body.metadata, { name: /^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/, generateName: 'job-' });
      },
    },
    {
      rule: 'generateName is cut so that a name has no more than 63 characters',
      run: async (world) => {
        const { body } = await world.create(R.configMaps, { metadata: { generateName: 'x'.repeat(80) } });
        assert.equal(body.metadata.name.length, 63);
      },
    },
    {
      rule: 'a name counts more than generateName',
      run: async (world) => {
        const answer = await world.create(R.configMaps, { metadata: { name: 'a', generateName: 'job-' } });
        expectAnswer(answer, 201, { metadata: { name: 'a' } });
      },
    },
    {
      rule: 'two objects of one generateName have two names',
      run: async (world) => {
        const generated = async () => (await world.given(R.configMaps, { metadata: { generateName: 'a-' } })).metadata;
        assert.notEqual((await generated()).name, (await generated()).name);
      },
    },
    refuses(
      'a name that is taken is 409',
      async (world) => {
        await world.given(R.deployments, deployment('a'));
        return world.create(R.deployments, deployment('a'));
      },
      alreadyExists('deployments.apps', 'a'),
    ),
    {
      rule: 'a name is taken in one namespace and for one resource alone',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        expectAnswer(await world.create(R.secrets, { metadata: { name: 'a' } }), 201);
        const other = `${world.namespace}-other`;
        await world.given(R.namespaces, { metadata: { name: other } });
        const path = `/api/v1/namespaces/${other}/configmaps`;
        expectAnswer(await world.send({ method: 'POST', path, body: configMap('a') }), 201);
      },
    },
    refuses(
      'a namespace that does not exist is 404',
      (world) => world.send({ method: 'POST', path: '/api/v1/namespaces/nowhere/configmaps', body: configMap('a') }),
      notFound('namespaces', 'nowhere'),
    ),
    refuses(
      'another namespace than that of the path is 400',
      create(configMap('a', {}, { namespace: 'other' })),
      badRequest('the namespace of the provided object does not match the namespace sent on the request'),
    ),
    refuses('a resourceVersion is 500', create(configMap('a', {}, { resourceVersion: '5' })), {
      code: 500,
      message: 'resourceVersion should not be set on objects to be created',
    }),
    refuses(
      'no name is 422',
      create({}),
      invalid('ConfigMap', '', ['metadata.name', 'Required value: name or generateName is required']),
    ),
    refuses(
      'a name that is no subdomain is 422',
      create(configMap('A_b')),
      invalid('ConfigMap', 'A_b', ['metadata.name', `Invalid value: "A_b": ${SUBDOMAIN}`]),
    ),
    refuses(
      'a name of more than 253 characters is 422',
      create(configMap('a'.repeat(254))),
      invalid('ConfigMap', 'a'.repeat(254), [
        'metadata.name',
        `Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
      ]),
    ),
    refuses(
      'the name of a namespace is a label: else 422',
      (world) => world.create(R.namespaces, { metadata: { name: 'A' } }),
      invalid('Namespace', 'A', ['metadata.name', `Invalid value: "A": ${LABEL}`]),
    ),
    {
      rule: 'kind and apiVersion may be left out',
      run: async (world) => {
        expectAnswer(await world.create(R.deployments, deployment('a')), 201, { kind: 'Deployment' });
      },
    },
    refuses(
      'another version of the kind is 400',
      create({ ...configMap('a'), kind: 'ConfigMap', apiVersion: 'v2' }),
      badRequest(
        /^ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg\/runtime\/scheme.go:\d+"$/,
      ),
    ),
    refuses(
      'an unknown kind is 400',
      create({ ...configMap('a'), kind: 'Thing', apiVersion: 'v1' }),
      badRequest(
        /^Thing in version "v1" cannot be handled as a ConfigMap: no kind "Thing" is registered for version "v1" in scheme "pkg\/runtime\/scheme.go:\d+"$/,
      ),
    ),
    refuses(
      'another known kind is 400',
      create({ ...configMap('a'), kind: 'Secret', apiVersion: 'v1' }),
      badRequest(
        'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
      ),
    ),
    refuses(
      'a body that is no JSON is 400, with its bytes',
      create('oops'),
      badRequest(`${UNREADABLE}invalid character 'o' looking for beginning of value (6f6f7073)`),
    ),
    refuses(
      'half an object is 400, with its text',
      create('{"metadata":'),
      badRequest(`${UNREADABLE}unexpected end of JSON input ({"metadata":)`),
    ),
    refuses('no body is 400', create(''), badRequest(`${UNREADABLE}unexpected end of JSON input (<empty>)`)),
    refuses(
      'a list is 400',
      create('[]'),
      badRequest(
        `${UNREADABLE}json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
      ),
    ),
    refuses(
      'a content type the server does not read is 415',
      (world) =>
        world.send({
          method: 'POST',
          path: world.path(R.configMaps),
          body: JSON.stringify(configMap('a')),
          headers: { 'content-type': 'text/plain' },
        }),
      {
        code: 415,
        reason: 'UnsupportedMediaType',
        message:
          'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      },
    ),
    {
      rule: 'YAML is read as JSON is',
      run: async (world) => {
        const headers = { 'content-type': 'application/yaml' };
        const path = world.path(R.configMaps);
        const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n';
        expectAnswer(await world.send({ method: 'POST', path, body, headers }), 201, { data: { x: '1' } });
      },
    },
    refuses(
      'a field that the kind does not have is 400 with fieldValidation=Strict',
      (world) => world.create(R.deployments, deployment('a', { replica: 3 }), { fieldValidation: 'Strict' }),
      badRequest(
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
      ),
    ),
    refuses(
      'another fieldValidation is 422',
      (world) => world.create(R.configMaps, configMap('a'), { fieldValidation: 'Some' }),
      invalidOptions('CreateOptions', [
        'fieldValidation',
        'Unsupported value: "Some": supported values: "", "Ignore", "Strict", "Warn"',
      ]),
    ),
    {
      rule: 'the status a create brings does not count',
      run: async (world) => {
        const answer = await world.create(R.deployments, { ...deployment('a'), status: { replicas: 7 } });
        expectAnswer(answer, 201, { status: { replicas: undefined } });
        const created = await world.create(R.pods, { ...pod('a'), status: { phase: 'Running' } });
        expectAnswer(created, 201, { status: { phase: 'Pending' } });
      },
    },
    {
      rule: 'a Deployment gets its defaults',
      run: async (world) => {
        expectAnswer(await world.create(R.deployments, deployment('a')), 201, {
          spec: {
            replicas: 1,
            revisionHistoryLimit: 10,
            progressDeadlineSeconds: 600,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
            template: {
              spec: {
                restartPolicy: 'Always',
                terminationGracePeriodSeconds: 30,
                dnsPolicy: 'ClusterFirst',
                schedulerName: 'default-scheduler',
                securityContext: {},
                containers: [{ name: 'main', image: 'web:1', imagePullPolicy: 'IfNotPresent', resources: {} }],
              },
            },
          },
        });
      },
    },
    {
      rule: 'a pod gets its defaults, tolerations, priority and class of service',
      run: async (world) => {
        const evicted = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
        expectAnswer(await world.create(R.pods, pod('a')), 201, {
          spec: {
            restartPolicy: 'Always',
            enableServiceLinks: true,
            priority: 0,
            preemptionPolicy: 'PreemptLowerPriority',
            tolerations: [evicted('node.kubernetes.io/not-ready'), evicted('node.kubernetes.io/unreachable')],
          },
          status: { phase: 'Pending', qosClass: 'BestEffort' },
        });
      },
    },
    {
      rule: 'limits are requests where there are none',
      run: async (world) => {
        const containers = [{ name: 'a', image: 'a:1', resources: { limits: { cpu: '1', memory: '1Gi' } } }];
        expectAnswer(await world.create(R.pods, pod('a', { containers })), 201, {
          spec: { containers: [{ resources: { requests: { cpu: '1', memory: '1Gi' } } }] },
          status: { qosClass: 'Guaranteed' },
        });
      },
    },
    {
      rule: 'an image without a tag, or of the latest, is pulled always',
      run: async (world) => {
        const containers = ['a', 'a:latest', 'a:1', 'host:80/a'].map((image, index) => ({
          name: `c${index}`,
          image,
        }));
        const answer = await world.create(R.pods, pod('a', { containers }));
        const policies = ['Always', 'Always', 'IfNotPresent', 'Always'];
        expectAnswer(answer, 201, { spec: { containers: policies.map((imagePullPolicy) => ({ imagePullPolicy })) } });
      },
    },
    {
      rule: 'stringData of a Secret becomes data',
      run: async (world) => {
        const answer = await world.create(R.secrets, { metadata: { name: 'a' }, stringData: { x: 'y' } });
        expectAnswer(answer, 201, { data: { x: 'eQ==' }, stringData: undefined, type: 'Opaque' });
      },
    },
    {
      rule: 'an autoscaler gets one pod at least, and 80 % of the CPU to aim at',
      run: async (world) => {
        const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
        const body = { metadata: { name: 'a' }, spec: { maxReplicas: 3, scaleTargetRef } };
        const target = { type: 'Utilization', averageUtilization: 80 };
        expectAnswer(await world.create(R.horizontalPodAutoscalers, body), 201, {
          spec: { minReplicas: 1, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] },
        });
      },
    },
    {
      rule: 'two creates of one name at the same time: one is made, the other refused',
      run: async (world) => {
        const answers = await Promise.all([1, 2].map(() => world.create(R.configMaps, configMap('a'))));
        assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
        const refused = answers.find(({ status }) => status === 409);
        assert.ok(refused);
        expectStatus(refused, alreadyExists('configmaps', 'a'));
      },
    },
  ],
};
