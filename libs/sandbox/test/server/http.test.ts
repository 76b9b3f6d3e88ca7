import https from 'node:https';
import { parse } from 'yaml';
import t from 'tap';
import { jsonFault } from '../../src/http/json-fault.ts';
import { type SandboxOptions, startSandbox } from '../../src/index.ts';
import {
  at,
  type Ending,
  call,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  makeCluster,
  MERGE,
  METADATA,
  METADATA_LIST,
  R,
  watch,
} from './world.ts';

const serve = async (t: Ending, options: Partial<SandboxOptions> = {}) => {
  const { cluster, clock } = makeCluster();
  const sandbox = await startSandbox({ clock, cluster, ...options });
  t.teardown(() => sandbox.stop());
  return { cluster, clock, sandbox };
};

t.test('an object lives its life over HTTP', async (t) => {
  const { sandbox } = await serve(t);
  t.match(await call(sandbox, 'POST', DEPLOYMENTS, deployment('web')), { code: 201, body: { kind: 'Deployment' } });
  t.match(await call(sandbox, 'PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 0 } }, MERGE), {
    code: 200,
    body: { spec: { replicas: 0 } },
  });
  t.match(await call(sandbox, 'PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 2 } }, MERGE), {
    code: 200,
    body: { kind: 'Scale' },
  });
  t.match(await call(sandbox, 'GET', `${DEPLOYMENTS}/web`), {
    code: 200,
    body: { spec: { replicas: 2 }, apiVersion: 'apps/v1' },
  });
  t.match(await call(sandbox, 'DELETE', `${DEPLOYMENTS}/web`), {
    code: 200,
    body: { kind: 'Status', status: 'Success', details: { name: 'web', group: 'apps', kind: 'deployments' } },
  });
  t.match(await call(sandbox, 'GET', `${DEPLOYMENTS}/web`), {
    code: 404,
    body: { kind: 'Status', reason: 'NotFound', message: 'deployments.apps "web" not found' },
  });
});

t.test('items of a list carry no kind, those of custom resources do, and their metadata comes last', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.create(R.configMaps, configMap('a'));
  const list = await call(sandbox, 'GET', CONFIG_MAPS);
  t.match(list.body, { kind: 'ConfigMapList', apiVersion: 'v1', items: [{ metadata: { name: 'a' } }] });
  t.notOk(at(list.body, 'items', 0, 'kind'));
  t.match(
    list.text,
    /^\{"kind":"ConfigMapList","apiVersion":"v1","metadata":\{"resourceVersion":"\d+"\},"items":\[\{"metadata":\{"name":"a"/,
  );
  cluster.load([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.x.io' },
      spec: {
        group: 'x.io',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
  ]);
  await call(sandbox, 'POST', '/apis/x.io/v1/namespaces/shop/things', {
    apiVersion: 'x.io/v1',
    kind: 'Thing',
    metadata: { name: 'a' },
    spec: { b: 1, a: 2 },
  });
  const things = await call(sandbox, 'GET', '/apis/x.io/v1/things');
  t.match(
    things.text,
    /^\{"apiVersion":"x.io\/v1","items":\[\{"apiVersion":"x.io\/v1","kind":"Thing".*"spec":\{"a":2,"b":1\}\}\],"kind":"ThingList","metadata":\{"continue":"","resourceVersion":"\d+"\}\}$/,
  );
});

t.test('the Accept header chooses whole objects, metadata alone or YAML', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.create(R.configMaps, configMap('a', { data: { x: '1' } }));
  const partial = await call(sandbox, 'GET', `${CONFIG_MAPS}/a`, undefined, METADATA);
  t.same(Object.keys(partial.body as object), ['kind', 'apiVersion', 'metadata']);
  t.equal(at(partial.body, 'kind'), 'PartialObjectMetadata');
  const list = await call(sandbox, 'GET', CONFIG_MAPS, undefined, METADATA_LIST);
  t.match(list.body, {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    items: [{ kind: 'PartialObjectMetadata' }],
  });
  const small = await call(sandbox, 'PATCH', `${CONFIG_MAPS}/a`, { data: { y: '2' } }, { ...MERGE, ...METADATA });
  t.equal(at(small.body, 'kind'), 'PartialObjectMetadata');
  const yaml = await call(sandbox, 'GET', `${CONFIG_MAPS}/a`, undefined, { accept: 'application/yaml' });
  t.match(parse(yaml.text), { kind: 'ConfigMap', data: { x: '1', y: '2' } });
  t.equal((await call(sandbox, 'GET', CONFIG_MAPS, undefined, METADATA)).code, 406, 'a list is no single object');
  t.equal((await call(sandbox, 'GET', `${CONFIG_MAPS}/a`, undefined, METADATA_LIST)).code, 406, 'nor the other way');
  const wish = { accept: 'application/json;q=0.5, application/yaml' };
  const { headers } = await call(sandbox, 'GET', `${CONFIG_MAPS}/a`, undefined, wish);
  t.equal(headers['content-type'], 'application/yaml', 'what is wanted most');
  t.equal((await call(sandbox, 'GET', CONFIG_MAPS, undefined, { accept: 'text/plain' })).code, 406);
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  t.equal(at((await call(sandbox, 'GET', CONFIG_MAPS, undefined, { accept: table })).body, 'kind'), 'Table');
});

t.test('requests that make no sense are refused as the server does', async (t) => {
  const { sandbox } = await serve(t);
  await call(sandbox, 'POST', CONFIG_MAPS, configMap('a'));
  const cases: [
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    code: number,
    message: RegExp,
  ][] = [
    ['PATCH', `${CONFIG_MAPS}/a`, {}, {}, 415, /Unsupported Media Type/],
    ['POST', CONFIG_MAPS, 'x', { 'content-type': 'application/cbor' }, 415, /unknown format/],
    ['POST', CONFIG_MAPS, { kind: 'Thing' }, {}, 400, /^Thing in version "v1" .*: no kind "Thing" is registered/],
    ['POST', CONFIG_MAPS, { kind: 'Secret' }, {}, 400, /: converting \(v1.Secret\) to \(core.ConfigMap\): unknown/],
    ['POST', DEPLOYMENTS, { apiVersion: 'apps/v1beta1' }, {}, 400, /^the API version in the data \(apps\/v1beta1\)/],
    ['POST', CONFIG_MAPS, 'oops', {}, 400, /^the object provided is unrecognized \(must be of type ConfigMap\)/],
    [
      'POST',
      CONFIG_MAPS,
      { metadata: { name: 'b', namespace: 'other' } },
      {},
      400,
      /does not match the namespace sent on the request$/,
    ],
    [
      'PUT',
      `${CONFIG_MAPS}/a`,
      { metadata: { name: 'b' } },
      {},
      400,
      /the name of the object \(b\) does not match the name on the URL \(a\)$/,
    ],
    ['POST', `${CONFIG_MAPS}/a`, {}, {}, 405, /does not allow this method/],
    ['DELETE', `${DEPLOYMENTS}/a/scale`, undefined, {}, 405, /does not allow this method/],
    ['DELETE', '/api/v1/configmaps', undefined, {}, 405, /does not allow this method/],
    ['POST', '/api/v1/configmaps', configMap('b'), {}, 405, /does not allow this method/],
    ['GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/a', undefined, {}, 404, /could not find/],
    ['PUT', `${CONFIG_MAPS}/a`, { metadata: {} }, {}, 400, /name must be provided$/],
    ['PATCH', `${CONFIG_MAPS}/a?force=true`, {}, MERGE, 422, /force: Forbidden: may not be specified for non-apply/],
    ['PATCH', `${CONFIG_MAPS}/a?fieldManager=${'x'.repeat(129)}`, {}, MERGE, 422, /fieldManager: Too long/],
    ['PATCH', `${CONFIG_MAPS}/a?fieldManager=a%0Ab`, {}, MERGE, 422, /invalid character U\+000A \(at position 1\)$/],
    [
      'PATCH',
      `${CONFIG_MAPS}/a?fieldValidation=No`,
      {},
      MERGE,
      422,
      /supported values: "", "Ignore", "Strict", "Warn"$/,
    ],
    ['DELETE', `${CONFIG_MAPS}/a`, { kind: 'ConfigMap' }, {}, 400, /^no kind "ConfigMap" is registered/],
    ['DELETE', `${CONFIG_MAPS}/a`, { gracePeriodSeconds: 'x' }, {}, 400, /of type int64$/],
    ['DELETE', `${CONFIG_MAPS}/a`, { orphanDependents: true, propagationPolicy: 'Orphan' }, {}, 422, /both set$/],
    [
      'POST',
      `${CONFIG_MAPS.replace('configmaps', 'pods')}/a/eviction`,
      {},
      {},
      400,
      /^name in URL does not match name/,
    ],
    ['GET', `${CONFIG_MAPS}/a/nothing`, undefined, {}, 404, /could not find the requested resource/],
    ['GET', '/apis/apps/v1/namespaces/shop/nothing', undefined, {}, 404, /could not find the requested resource/],
    ['GET', `${CONFIG_MAPS}/a?resourceVersion=x`, undefined, {}, 500, /^resourceVersion: Invalid value: "x": strconv/],
    ['GET', `${CONFIG_MAPS}/a?resourceVersion=999`, undefined, {}, 504, /^Timeout: Too large resource version: 999, /],
    ['GET', `${CONFIG_MAPS}?limit=many`, undefined, {}, 400, /strconv.ParseInt/],
    [
      'POST',
      `${CONFIG_MAPS}?dryRun=Some`,
      configMap('b'),
      {},
      422,
      /Unsupported value: \["Some"\]: supported values: "All"$/,
    ],
    [
      'DELETE',
      `${CONFIG_MAPS}/a`,
      { propagationPolicy: 'Sideways' },
      {},
      422,
      /supported values: "Foreground", "Background", "Orphan", "nil"$/,
    ],
  ];
  for (const [method, path, body, headers, code, message] of cases) {
    t.match(
      await call(sandbox, method, path, body, headers),
      { code, body: { kind: 'Status', status: 'Failure', code, message } },
      `${method} ${path}`,
    );
  }
  t.equal((await call(sandbox, 'GET', '/apis/nowhere/v1')).text, '404 page not found\n');
});

t.test('a text that is no JSON is refused in the words of the server', (t) => {
  const cases: [text: string, fault: string | undefined][] = [
    ['{"a":[1,-0.5e+3,true,null,"\\u00e4\\n"]}', undefined],
    ['', 'unexpected end of JSON input'],
    ['{"a":', 'unexpected end of JSON input'],
    ['oops', "invalid character 'o' looking for beginning of value"],
    ['{a', "invalid character 'a' looking for beginning of object key string"],
    ['{"a"}', "invalid character '}' after object key"],
    ['{"a":1 2', "invalid character '2' after object key:value pair"],
    ['[1 2', "invalid character '2' after array element"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['trve', "invalid character 'v' in literal true (expecting 'u')"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ["{}'", "invalid character '\\'' after top-level value"],
  ];
  for (const [text, fault] of cases) t.equal(jsonFault(text), fault, text);
  t.end();
});

t.test('the log says who did what to which object and how it ended', async (t) => {
  const { clock, sandbox } = await serve(t, { tokens: { secret: { user: 'jane', groups: ['devs'] } } });
  const jane = { authorization: 'Bearer secret', 'user-agent': 'probe/1 (test)' };
  const seen: number[] = [];
  sandbox.requests.subscribe((request) => void seen.push(request.code));
  clock.advance(1000);
  await call(sandbox, 'POST', CONFIG_MAPS, configMap('a'), jane);
  await call(sandbox, 'PATCH', `${CONFIG_MAPS}/a?dryRun=All`, { data: {} }, { ...jane, ...MERGE });
  await call(sandbox, 'DELETE', `${CONFIG_MAPS}/a`, { dryRun: ['All'] }, jane);
  await call(sandbox, 'GET', CONFIG_MAPS, undefined, {
    ...jane,
    'impersonate-user': 'tom',
    'impersonate-group': 'ops',
  });
  await call(sandbox, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: {} }, jane);
  (await watch(sandbox, `${CONFIG_MAPS}?watch=1`, jane)).close();
  await call(sandbox, 'DELETE', `${CONFIG_MAPS}/none`, undefined, jane);
  t.match(sandbox.requests.all()[0], {
    at: Date.parse('2026-11-20T10:00:01Z'),
    user: 'jane',
    groups: ['devs'],
    verb: 'create',
    resource: 'configmaps',
    namespace: 'shop',
    userAgent: 'probe/1 (test)',
    dryRun: false,
    code: 201,
  });
  t.match(sandbox.requests.all({ user: 'tom' }), [{ verb: 'list', impersonatedBy: 'jane', groups: ['ops'] }]);
  t.match(sandbox.requests.all({ verb: 'watch' }), [{ resource: 'configmaps', code: 200 }]);
  t.same(
    sandbox.requests.mutating().map(({ verb, name, code }) => [verb, name, code]),
    [
      ['create', undefined, 201],
      ['delete', 'none', 404],
    ],
    'dry runs and reviews change nothing',
  );
  t.same(seen, [201, 200, 200, 200, 201, 200, 404]);
  t.equal(sandbox.inFlight(), 0);
});

t.test('tokens name users; an unknown one is a 401, also after it was rotated; reviews answer', async (t) => {
  const { sandbox } = await serve(t, { tokens: { old: 'jane' } });
  const as = (token: string) => call(sandbox, 'GET', CONFIG_MAPS, undefined, { authorization: `Bearer ${token}` });
  t.equal((await as('old')).code, 200);
  const fresh = sandbox.tokens.rotate('jane');
  t.match(await as('old'), { code: 401, body: { reason: 'Unauthorized', message: 'Unauthorized' } });
  t.equal((await as(fresh)).code, 200);
  const review = (token: string) =>
    call(sandbox, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
  t.match((await review(fresh)).body, { status: { authenticated: true, user: { username: 'jane' } } });
  t.match((await review('old')).body, { status: { error: 'invalid bearer token' } });
  const access = await call(sandbox, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: {} });
  t.match(access, { code: 201, body: { kind: 'SelfSubjectAccessReview', status: { allowed: true } } });
});

t.test('discovery says what is served, in both forms; metrics can be mounted', async (t) => {
  const { cluster, sandbox } = await serve(t);
  const metrics = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods', kind: 'PodMetrics', namespaced: true };
  const usage = { metadata: { name: 'p', namespace: 'shop' }, containers: [] };
  const unmount = cluster.serveVirtual({ resource: metrics, list: () => [usage] });
  const get = async (path: string, headers = {}) => (await call(sandbox, 'GET', path, undefined, headers)).body;
  t.match(await get('/api'), { kind: 'APIVersions', versions: ['v1'] });
  const groups = (at(await get('/apis'), 'groups') as { name: string }[]).map((group) => group.name);
  t.ok(['apps', 'batch', 'autoscaling', 'metrics.k8s.io'].every((name) => groups.includes(name)));
  t.match(await get('/apis/autoscaling'), {
    preferredVersion: { version: 'v2' },
    versions: [{ version: 'v2' }, { version: 'v1' }],
  });
  const resources = at(await get('/apis/apps/v1'), 'resources') as { name: string }[];
  t.match(
    resources.find(({ name }) => name === 'deployments'),
    { kind: 'Deployment', namespaced: true, shortNames: ['deploy'], categories: ['all'] },
  );
  t.match(
    resources.find(({ name }) => name === 'deployments/scale'),
    { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  );
  const aggregated = await get('/apis', {
    accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
  });
  t.match(aggregated, { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
  const groupsFound = at(aggregated, 'items') as { metadata: { name: string } }[];
  const apps = groupsFound.find((group) => group.metadata.name === 'apps');
  const listed = at(apps, 'versions', 0, 'resources') as { resource: string }[];
  const found = listed.find(({ resource }) => resource === 'deployments');
  t.match(found, { scope: 'Namespaced', subresources: [{ subresource: 'scale' }, { subresource: 'status' }] });
  t.match(await get('/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods'), {
    kind: 'PodMetricsList',
    items: [{ metadata: { name: 'p' } }],
  });
  unmount();
  t.equal((await call(sandbox, 'GET', '/apis/metrics.k8s.io/v1beta1/pods')).code, 404);
});

t.test('version and health answer', async (t) => {
  const { sandbox } = await serve(t);
  t.match((await call(sandbox, 'GET', '/version')).body, { major: '1', minor: '35', gitVersion: /^v1\.35\./ });
  for (const path of ['/healthz', '/readyz', '/livez']) t.equal((await call(sandbox, 'GET', path)).text, 'ok');
});

t.test('deleting a job without a policy warns', async (t) => {
  const { cluster, sandbox } = await serve(t);
  cluster.load([
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'shop' }, spec: { template: {} } },
  ]);
  const answer = await call(sandbox, 'DELETE', '/apis/batch/v1/namespaces/shop/jobs/j');
  t.match(answer.headers['warning'], /^299 - "child pods are preserved by default when jobs are deleted/);
});

t.test('a pod is bound and asked for its log, a namespace is let go, through their subresources', async (t) => {
  const { cluster, sandbox } = await serve(t);
  const pod = { metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };
  cluster.create(R.pods, pod);
  const PODS = '/api/v1/namespaces/shop/pods';
  const bind = (node: string) => call(sandbox, 'POST', `${PODS}/p/binding`, { target: { name: node } });
  t.match(await bind('n1'), { code: 201, body: { kind: 'Status', status: 'Success' } });
  t.equal(at((await call(sandbox, 'GET', `${PODS}/p`)).body, 'spec', 'nodeName'), 'n1');
  t.match(await bind('n2'), { code: 409, body: { message: /pod p is already assigned to node "n1"$/ } });
  t.match(await call(sandbox, 'GET', `${PODS}/p/log`), { code: 200, text: 'p has written nothing\n' });
  t.equal((await call(sandbox, 'GET', `${PODS}/none/log`)).code, 404);

  const bare = '/api/v1/namespaces/bare';
  cluster.load([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bare', finalizers: ['x.io/hold'] } }]);
  const finalized = await call(sandbox, 'PUT', `${bare}/finalize`, { metadata: { name: 'bare' }, spec: {} });
  t.match(finalized, { code: 200, body: { kind: 'Namespace' } });
  t.notOk(at(finalized.body, 'spec', 'finalizers'), 'the finalizers of its spec, which only this may take off');
  t.same(at(finalized.body, 'metadata', 'finalizers'), ['x.io/hold']);
});

t.test('over TLS the kubeconfig carries the authority and a token', async (t) => {
  const { sandbox } = await serve(t, { tls: true });
  const config: unknown = parse(sandbox.kubeconfig('jane'));
  const server = at(config, 'clusters', 0, 'cluster');
  const ca = Buffer.from(String(at(server, 'certificate-authority-data')), 'base64').toString();
  t.equal(ca, sandbox.caPem);
  const token = String(at(config, 'users', 0, 'user', 'token'));
  const code = await new Promise((resolve, reject) => {
    const url = `${String(at(server, 'server'))}${CONFIG_MAPS}`;
    https
      .get(url, { ca, agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });
  t.equal(code, 200);
  t.match(sandbox.requests.all({ user: 'jane' }), [{ verb: 'list' }]);
});

t.test('lists with resourceVersion 0 are whole, unless the server pages them', async (t) => {
  for (const limitAtZero of [false, true]) {
    const { cluster, sandbox } = await serve(t, { limitAtZero });
    for (const name of ['a', 'b']) cluster.create(R.configMaps, configMap(name));
    const { body } = await call(sandbox, 'GET', `${CONFIG_MAPS}?limit=1&resourceVersion=0`);
    t.equal((at(body, 'items') as unknown[]).length, limitAtZero ? 1 : 2);
  }
});

t.test('bodies beyond 3 MiB are a 413, paths that cannot be read a 400', async (t) => {
  const { sandbox } = await serve(t);
  t.match(await call(sandbox, 'POST', CONFIG_MAPS, configMap('a', { data: { x: 'x'.repeat(3 * 1024 * 1024) } })), {
    code: 413,
  });
  t.equal((await call(sandbox, 'GET', '/api/v1/namespaces/%zz')).code, 400);
});

t.test('clients that look for it learn from OpenAPI that fields can be validated', async (t) => {
  const { sandbox } = await serve(t);
  const index = await call(sandbox, 'GET', '/openapi/v3');
  const path = String(at(index.body, 'paths', 'apis/apps/v1', 'serverRelativeURL'));
  const { body } = await call(sandbox, 'GET', path);
  t.match(at(body, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch'), {
    parameters: [{ name: 'dryRun' }, { name: 'fieldManager' }, { name: 'fieldValidation' }, { name: 'force' }],
    'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
  });
});

t.test('and what the fields of a kind are, those of custom resources as their definition says', async (t) => {
  const { cluster, sandbox } = await serve(t);
  const schemas = async (groupVersion: string): Promise<unknown> =>
    at((await call(sandbox, 'GET', `/openapi/v3/apis/${groupVersion}`)).body, 'components', 'schemas');
  const apps = await schemas('apps/v1');
  t.match(at(apps, 'io.k8s.api.apps.v1.Deployment'), {
    type: 'object',
    properties: { kind: { type: 'string' }, spec: { $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' } },
    'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
  });
  t.match(at(apps, 'io.k8s.api.apps.v1.DeploymentSpec', 'properties'), {
    replicas: { type: 'integer' },
    paused: { type: 'boolean' },
  });
  t.match(
    at(apps, 'io.k8s.api.core.v1.Volume', 'properties', 'emptyDir'),
    { $ref: /EmptyDirVolumeSource$/ },
    'inlined',
  );
  cluster.load([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.x.io' },
      spec: {
        group: 'x.io',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { spec: { description: 'What it is to be.' } } } },
          },
        ],
      },
    },
  ]);
  t.match(at(await schemas('x.io/v1'), 'io.x.v1.Thing', 'properties'), {
    metadata: { $ref: /ObjectMeta$/ },
    spec: { description: 'What it is to be.' },
  });
});
