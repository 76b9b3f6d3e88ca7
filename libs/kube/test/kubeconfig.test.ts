import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';

import { loadEndpoint } from '../src/kubeconfig.ts';
import { proxyFromEnvironment } from '../src/kubeconfig/proxy-env.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface Entries {
  current?: string;
  contexts?: Record<string, object>;
  clusters?: Record<string, object>;
  users?: Record<string, object>;
}
const config = ({ current, contexts = {}, clusters = {}, users = {} }: Entries): string => {
  const list = (entries: Record<string, object>, member: string) =>
    Object.entries(entries).map(([name, value]) => ({ name, [member]: value }));
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    ...(current === undefined ? {} : { 'current-context': current }),
    contexts: list(contexts, 'context'),
    clusters: list(clusters, 'cluster'),
    users: list(users, 'user'),
  });
};
/** A kubeconfig with one context `main`. */
const single = (user: object = {}, cluster: object = {}): string =>
  config({
    current: 'main',
    contexts: { main: { cluster: 'c', user: 'u' } },
    clusters: { c: { server: 'https://api.example.com:6443', ...cluster } },
    users: { u: user },
  });
const NOTHING = { HOME: '/nonexistent' };

t.test('KUBECONFIG is a list of files of which the first wins; one that is missing is passed over', async (t) => {
  const folder = t.testdir({
    a: config({ contexts: { one: { cluster: 'c1', user: '' } }, clusters: { c1: { server: 'https://one' } } }),
    b: config({
      current: 'two',
      contexts: { one: { cluster: 'other' }, two: { cluster: 'c2', user: 'u', namespace: 'shop' } },
      clusters: { c1: { server: 'https://ignored' }, c2: { server: 'https://two/prefix' } },
      users: { u: { token: 't2' } },
    }),
  });
  const env = { KUBECONFIG: ['a', 'missing', 'b'].map((file) => path.join(folder, file)).join(path.delimiter) };
  const current = await loadEndpoint({ env });
  t.equal(current.contextName, 'two');
  t.equal(current.server.href, 'https://two/prefix');
  t.equal(current.namespace, 'shop');
  t.same((await current.credentials()).headers, { Authorization: 'Bearer t2' });
  const asked = await loadEndpoint({ env, context: 'one' });
  t.equal(asked.server.href, 'https://one/');
  t.equal(asked.namespace, 'default');
  t.same((await asked.credentials()).headers, {}, 'a context without a user is anonymous');
  t.equal((await loadEndpoint({ env, namespace: 'mine' })).namespace, 'mine');
});

t.test('the home folder comes before the service account, --kubeconfig before all', async (t) => {
  const folder = t.testdir({
    '.kube': { config: single() },
    explicit: config({
      current: 'x',
      contexts: { x: { cluster: 'c' } },
      clusters: { c: { server: 'http://plain:8080' } },
    }),
    account: { token: 'pod', namespace: 'kube-steward\n' },
  });
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const options = { env: { HOME: folder, ...pod }, serviceAccountFolder: path.join(folder, 'account') };
  t.equal((await loadEndpoint(options)).contextName, 'main');
  t.equal(
    (await loadEndpoint({ ...options, kubeconfig: path.join(folder, 'explicit') })).server.href,
    'http://plain:8080/',
  );
  t.equal((await loadEndpoint({ ...options, inCluster: true })).contextName, 'in-cluster');
  t.equal((await loadEndpoint({ ...options, env: { ...NOTHING, ...pod } })).contextName, 'in-cluster');
});

t.test('in a pod: the service account, its token read again', async (t) => {
  const folder = t.testdir({ token: 'first\n', namespace: 'kube-steward\n', 'ca.crt': PEM });
  const clock = new VirtualClock(0);
  const endpoint = await loadEndpoint({
    env: { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' },
    serviceAccountFolder: folder,
    inCluster: true,
    clock,
  });
  t.equal(endpoint.server.href, 'https://[fd00::1]:6443/');
  t.equal(endpoint.namespace, 'kube-steward');
  const before = await endpoint.credentials();
  t.same(before.headers, { Authorization: 'Bearer first' });
  t.equal(String(before.tls.ca), PEM);

  writeFileSync(path.join(folder, 'token'), 'second');
  t.same((await endpoint.credentials()).headers, { Authorization: 'Bearer first' }, 'not read for every request');
  clock.advance(11_000);
  const after = await endpoint.credentials();
  t.same(after.headers, { Authorization: 'Bearer second' });
  t.equal(after.tls, before.tls, 'the TLS identity is the same one, so connections are kept');
  writeFileSync(path.join(folder, 'token'), 'third');
  endpoint.invalidate();
  t.same((await endpoint.credentials()).headers, { Authorization: 'Bearer third' }, 'read at once after a 401');
});

t.test('nothing found says where it looked, and never means localhost', async (t) => {
  const folder = t.testdir({
    ok: single(),
    empty: '',
    broken: 'a: [',
    list: '[]',
    nameless: '{"contexts":[{"context":{}}]}',
  });
  const file = (name: string) => ({ kubeconfig: path.join(folder, name) });
  const two = {
    contexts: { b: { cluster: 'x' }, a: { cluster: 'c', user: 'gone' } },
    clusters: { c: { server: 'https://c' } },
  };
  writeFileSync(path.join(folder, 'two'), config(two));
  const rows: [name: string, options: Parameters<typeof loadEndpoint>[0], message: RegExp][] = [
    [
      'nothing at all',
      { env: NOTHING },
      /Looked at kubeconfig in the home folder: no \/nonexistent\/\.kube\/config; service account of a pod: KUBERNETES_SERVICE_HOST/,
    ],
    ['a named file', { env: NOTHING, ...file('none') }, /no kubeconfig found: --kubeconfig: no .*none/],
    ['a named list', { env: { KUBECONFIG: '/none/a' } }, /\$KUBECONFIG: no \/none\/a/],
    ['no service account', { env: NOTHING, inCluster: true }, /service account of a pod: KUBERNETES_SERVICE_HOST/],
    [
      'no context chosen',
      file('two'),
      /no current-context is set in .*two: choose one with --context \(there are: a, b\)/,
    ],
    ['no such context', { ...file('ok'), context: 'prod' }, /there is no context "prod" in .*ok \(there are: main\)/],
    [
      'no such cluster',
      { ...file('two'), context: 'b' },
      /context "b" is of cluster "x", which is not in .* \(there are: c\)/,
    ],
    [
      'no such user',
      { ...file('two'), context: 'a' },
      /context "a" is of user "gone", which is not in .* \(there are none\)/,
    ],
    ['an empty file', file('empty'), /no current-context is set/],
    ['no YAML', file('broken'), /broken is not YAML: .* line 1/],
    ['no map', file('list'), /list is not a map/],
    ['an entry without name', file('nameless'), /contexts\[0\] has no name/],
    ['a folder', { kubeconfig: folder }, /cannot read kubeconfig .*EISDIR/],
  ];
  for (const [name, options, message] of rows) {
    await t.rejects(loadEndpoint(options), { code: 'InvalidConfig', message }, name);
  }
  writeFileSync(path.join(folder, 'ok'), single({}, { server: 'api:6443' }));
  await t.rejects(loadEndpoint(file('ok')), {
    message: /context "main" needs a server, http:\/\/ or https:\/\/, not "api:6443"/,
  });
});

t.test('ways to be let in, and their order', async (t) => {
  const folder = t.testdir({ 'token.txt': 'from-file\n', 'cert.pem': PEM, 'key.pem': PEM, 'ca.pem': PEM });
  const rows: [name: string, user: object, cluster: object, headers: object, tls: Record<string, string | boolean>][] =
    [
      ['a token', { token: 't' }, {}, { Authorization: 'Bearer t' }, {}],
      [
        'a token file beside the kubeconfig, before a token',
        { tokenFile: 'token.txt', token: 't' },
        {},
        { Authorization: 'Bearer from-file' },
        {},
      ],
      [
        'user and password',
        { username: 'me', password: 'pass' },
        {},
        { Authorization: `Basic ${base64('me:pass')}` },
        {},
      ],
      [
        'certificates as data',
        { 'client-certificate-data': base64(PEM), 'client-key-data': base64(PEM) },
        { 'certificate-authority-data': base64(PEM) },
        {},
        { ca: PEM, cert: PEM, key: PEM },
      ],
      [
        'certificates in files beside the kubeconfig, on top of a token',
        { 'client-certificate': 'cert.pem', 'client-key': path.join(folder, 'key.pem'), token: 't' },
        { 'certificate-authority': 'ca.pem' },
        { Authorization: 'Bearer t' },
        { ca: PEM, cert: PEM, key: PEM },
      ],
      [
        'no check of the server',
        {},
        { 'insecure-skip-tls-verify': true, 'certificate-authority': 'ca.pem' },
        {},
        { rejectUnauthorized: false },
      ],
      [
        'impersonation',
        {
          token: 't',
          as: 'jane',
          'as-groups': ['dev', 'ops'],
          'as-uid': '7',
          'as-user-extra': { 'example.com/scope': ['a'] },
        },
        {},
        {
          Authorization: 'Bearer t',
          'Impersonate-User': 'jane',
          'Impersonate-Group': ['dev', 'ops'],
          'Impersonate-Uid': '7',
          'Impersonate-Extra-example.com%2Fscope': ['a'],
        },
        {},
      ],
    ];
  for (const [name, user, cluster, headers, tls] of rows) {
    writeFileSync(path.join(folder, 'config'), single(user, cluster));
    const credentials = await (await loadEndpoint({ kubeconfig: path.join(folder, 'config'), env: {} })).credentials();
    t.same(credentials.headers, headers, name);
    const shown = Object.entries(credentials.tls).map(([key, value]: [string, unknown]) => [
      key,
      Buffer.isBuffer(value) ? String(value) : value,
    ]);
    t.same(Object.fromEntries(shown), tls, name);
  }
});

t.test('impersonation asked for wins over the kubeconfig, and needs a user', async (t) => {
  const kubeconfig = path.join(t.testdir({ config: single({ as: 'jane', 'as-groups': ['dev'] }) }), 'config');
  const endpoint = await loadEndpoint({ kubeconfig, impersonate: { user: 'bob', groups: ['g'] } });
  t.same((await endpoint.credentials()).headers, { 'Impersonate-User': 'bob', 'Impersonate-Group': ['g'] });
  await t.rejects(loadEndpoint({ kubeconfig, impersonate: { groups: ['g'] } }), {
    message: /needs a user too \(--as\)/,
  });
});

t.test('what cannot be used is an error that names it', async (t) => {
  const folder = t.testdir({});
  const kubeconfig = path.join(folder, 'config');
  writeFileSync(kubeconfig, single({}, { 'certificate-authority-data': 'bm90IGEgY2VydA==' }));
  await t.rejects(loadEndpoint({ kubeconfig }), {
    message: /certificate-authority-data of the kubeconfig is not base64 of a PEM/,
  });
  writeFileSync(kubeconfig, single({ tokenFile: 'gone' }));
  const endpoint = await loadEndpoint({ kubeconfig });
  await t.rejects(endpoint.credentials(), { code: 'InvalidConfig', message: /cannot read token file .*gone/ });
});

/** An exec plugin that counts its runs in a file beside it and prints what `answer` (source text) evaluates to. */
const plugin = (answer: string): string => `#!${process.execPath}
const fs = require('node:fs');
const file = __filename + '.runs';
const runs = (fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0) + 1;
fs.writeFileSync(file, String(runs));
const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
${answer}
`;
const API = 'client.authentication.k8s.io/v1';
const print = (status: string): string =>
  `process.stdout.write(JSON.stringify({ apiVersion: '${API}', kind: 'ExecCredential', status: ${status} }));`;
const execUser = (exec: object): object => ({ exec: { apiVersion: API, command: process.execPath, ...exec } });

t.test('an exec plugin is run once, again when its credential expires, and after a 401', async (t) => {
  const folder = t.testdir({
    'plugin.cjs': plugin(
      `process.stderr.write('a warning\\n'); ${print("{ token: 'run-' + runs, expirationTimestamp: '2026-11-16T09:00:00Z' }")}`,
    ),
  });
  const script = path.join(folder, 'plugin.cjs');
  writeFileSync(path.join(folder, 'config'), single(execUser({ args: [script] })));
  const clock = new VirtualClock('2026-11-16T08:00:00Z');
  const notices: string[] = [];
  const endpoint = await loadEndpoint({
    env: {},
    kubeconfig: path.join(folder, 'config'),
    clock,
    onNotice: (text) => notices.push(text),
  });
  const token = async () => (await endpoint.credentials()).headers['Authorization'];
  t.same(
    await Promise.all([token(), token(), token()]),
    ['Bearer run-1', 'Bearer run-1', 'Bearer run-1'],
    'once for all who ask at once',
  );
  t.equal(await token(), 'Bearer run-1');
  endpoint.invalidate();
  t.equal(await token(), 'Bearer run-2');
  clock.advance(3600_000);
  t.equal(await token(), 'Bearer run-3');
  t.equal(readFileSync(`${script}.runs`, 'utf8'), '3');
  t.ok(notices.join('').startsWith('a warning'), 'what it says is passed on and does no harm');
  t.equal(clock.pendingTimers, 0);
});

t.test('an exec plugin gets its environment and the cluster, and may answer with a certificate', async (t) => {
  const folder = t.testdir({
    'plugin.cjs': plugin(
      print(
        '{ token: [process.env.FROM, process.env.OWN, info.spec.interactive, info.spec.cluster.server, info.spec.cluster.config.x].join() }',
      ),
    ),
    'certs.cjs': plugin(
      print(`{ clientCertificateData: ${JSON.stringify(PEM)}, clientKeyData: ${JSON.stringify(PEM)} }`),
    ),
  });
  const kubeconfig = path.join(folder, 'config');
  const exec = {
    args: [path.join(folder, 'plugin.cjs')],
    env: [{ name: 'OWN', value: 'b' }],
    provideClusterInfo: true,
  };
  const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { x: 'ext' } }];
  writeFileSync(kubeconfig, single(execUser(exec), { extensions }));
  const endpoint = await loadEndpoint({ kubeconfig, env: { FROM: 'a' } });
  t.same((await endpoint.credentials()).headers, {
    Authorization: 'Bearer a,b,false,https://api.example.com:6443,ext',
  });
  writeFileSync(kubeconfig, single(execUser({ args: [path.join(folder, 'certs.cjs')] })));
  const { headers, tls } = await (await loadEndpoint({ kubeconfig, env: {} })).credentials();
  t.same([headers, String(tls.cert), String(tls.key)], [{}, PEM, PEM]);
});

t.test('an exec plugin beside the kubeconfig may be named by a relative path', async (t) => {
  const folder = t.testdir({ 'plugin.cjs': plugin(print("{ token: 'relative' }")) });
  const { chmodSync } = await import('node:fs');
  chmodSync(path.join(folder, 'plugin.cjs'), 0o755);
  writeFileSync(path.join(folder, 'config'), single({ exec: { apiVersion: API, command: './plugin.cjs' } }));
  const endpoint = await loadEndpoint({ env: {}, kubeconfig: path.join(folder, 'config') });
  t.same((await endpoint.credentials()).headers, { Authorization: 'Bearer relative' });
});

t.test('an exec plugin that does not do its work says so, and is asked again next time', async (t) => {
  const folder = t.testdir({
    'fails.cjs': plugin(
      "if (runs === 1) { console.error('please log in'); process.exit(3); }" + print("{ token: 'ok' }"),
    ),
    'text.cjs': plugin("process.stdout.write('hello')"),
    'kind.cjs': plugin("process.stdout.write('{}')"),
    'version.cjs': plugin(`process.stdout.write('{"kind":"ExecCredential","apiVersion":"other/v1"}')`),
    'nothing.cjs': plugin(print('{}')),
  });
  const load = (exec: object) => {
    writeFileSync(path.join(folder, 'config'), single(execUser(exec)));
    return loadEndpoint({ env: {}, kubeconfig: path.join(folder, 'config') });
  };
  const args = (name: string) => ({ args: [path.join(folder, name)] });
  const failing = await load(args('fails.cjs'));
  await t.rejects(failing.credentials(), { message: /exec plugin ".*" of user "u" failed with 3: please log in/ });
  t.same((await failing.credentials()).headers, { Authorization: 'Bearer ok' });
  const rows: [object, RegExp][] = [
    [args('text.cjs'), /did not print JSON/],
    [args('kind.cjs'), /did not print an ExecCredential/],
    [args('version.cjs'), /printed apiVersion other\/v1, the kubeconfig says client\.authentication/],
    [args('nothing.cjs'), /neither a token nor a client certificate/],
    [
      { command: 'no-such-plugin', installHint: 'Get it from example.com.' },
      /is not installed\nGet it from example\.com\./,
    ],
    [{ command: '' }, /no command is set/],
    [{ interactiveMode: 'Always' }, /must ask a person, and there is no terminal/],
  ];
  for (const [exec, message] of rows) {
    await t.rejects((await load(exec)).credentials(), { code: 'InvalidConfig', message });
  }
});

t.test('a plugin that hangs is ended after a minute', async (t) => {
  const folder = t.testdir({ 'hangs.cjs': plugin('setInterval(() => {}, 1000);') });
  writeFileSync(path.join(folder, 'config'), single(execUser({ args: [path.join(folder, 'hangs.cjs')] })));
  const clock = new VirtualClock(0);
  const endpoint = await loadEndpoint({ env: {}, kubeconfig: path.join(folder, 'config'), clock });
  const refused = t.rejects(endpoint.credentials(), { message: /gave no answer for 60 s/ });
  clock.advance(60_000);
  await refused;
});

t.test('an auth provider of the kubeconfig hands out its token', async (t) => {
  const idToken = `${base64('{"alg":"none"}')}.${base64(JSON.stringify({ exp: 4102444800 }))}.s`;
  const oidc = { 'auth-provider': { name: 'oidc', config: { 'id-token': idToken } } };
  const kubeconfig = path.join(t.testdir({ config: single(oidc) }), 'config');
  const { headers } = await (await loadEndpoint({ kubeconfig, env: {} })).credentials();
  t.same(headers, { Authorization: `Bearer ${idToken}` });
  writeFileSync(kubeconfig, single({ 'auth-provider': { name: 'unheard-of' } }));
  await t.rejects((await loadEndpoint({ kubeconfig, env: {} })).credentials(), {
    message: /auth provider "unheard-of" of user "u" gives no token/,
  });
});

t.test('proxies: of the cluster, else of the environment, unless exempted', async (t) => {
  const folder = t.testdir({
    own: single({}, { 'proxy-url': 'http://own:1', 'tls-server-name': 'inside' }),
    plain: single(),
  });
  const env = { HTTPS_PROXY: 'http://user:pw@proxy:3128' };
  const own = await loadEndpoint({ kubeconfig: path.join(folder, 'own'), env });
  t.equal(own.proxyUrl?.href, 'http://own:1/');
  t.equal(own.tlsServerName, 'inside');
  const plain = await loadEndpoint({ kubeconfig: path.join(folder, 'plain'), env });
  t.equal(plain.proxyUrl?.href, 'http://user:pw@proxy:3128/');
  t.equal((await loadEndpoint({ kubeconfig: path.join(folder, 'plain'), env: {} })).proxyUrl, undefined);

  const rows: [server: string, noProxy: string, isProxied: boolean][] = [
    ['https://api.example.com', '', true],
    ['https://api.example.com', '*', false],
    ['https://api.example.com', 'example.com', false],
    ['https://api.example.com', '.example.com', false],
    ['https://example.com', '.example.com', true],
    ['https://notexample.com', 'example.com', true],
    ['https://api.example.com', 'other, API.example.com ', false],
    ['https://api.example.com', 'api.example.com:6443', true],
    ['https://api.example.com:6443', 'api.example.com:6443', false],
    ['https://api.example.com', 'api.example.com:443', false],
    ['https://10.1.2.3', '10.0.0.0/8', false],
    ['https://11.1.2.3', '10.0.0.0/8', true],
    ['https://10.1.2.3', '10.1.2.3', false],
    ['https://[fd00::1]:6443', 'fd00::/8', false],
    ['https://[fd00::1]:6443', '[fd00::1]', false],
    ['https://localhost:6443', '', false],
    ['https://127.0.0.1:6443', '', false],
    ['https://[::1]:6443', '', false],
  ];
  for (const [server, noProxy, isProxied] of rows) {
    const proxy = proxyFromEnvironment(new URL(server), { HTTPS_PROXY: 'proxy:3128', NO_PROXY: noProxy });
    t.equal(proxy?.href, isProxied ? 'http://proxy:3128/' : undefined, `${server} with NO_PROXY=${noProxy}`);
  }
  t.equal(proxyFromEnvironment(new URL('http://a'), { HTTPS_PROXY: 'x' }), undefined);
  t.equal(proxyFromEnvironment(new URL('http://a'), { http_proxy: 'http://x' })?.href, 'http://x/');
  t.throws(() => proxyFromEnvironment(new URL('https://a'), { HTTPS_PROXY: 'http://[' }), {
    message: /\$HTTPS_PROXY is not the URL/,
  });
});
