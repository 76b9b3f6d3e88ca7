import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { readManifests } from '../src/index.ts';

const deployment = (name: string, metadata = ''): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  namespace: shop\n${metadata}`;

const read = (text: string) => readManifests('-', Readable.from([text]));

const namesIn = async (text: string): Promise<string[]> =>
  (await read(text)).objects.map(
    ({ kind, metadata }) => `${String(kind)} ${metadata.namespace ?? ''}/${metadata.name}`,
  );

t.test('objects come in every form that kubectl, helm and kustomize print', async (t) => {
  const one = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', namespace: 'shop' } };
  const cases: [form: string, text: string, objects: string[]][] = [
    ['documents', `---\n${deployment('a')}---\n# nothing\n---\n${deployment('b')}`, ['a', 'b']],
    ['a list', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [one] }), ['a']],
    ['a list in a list', JSON.stringify({ kind: 'List', items: [{ kind: 'List', items: [one] }] }), ['a']],
    [
      'a typed list',
      JSON.stringify({ apiVersion: 'apps/v1', kind: 'DeploymentList', items: [{ metadata: one.metadata }] }),
      ['a'],
    ],
    ['an array', JSON.stringify([one]), ['a']],
    ['flow YAML', '{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: shop}}', ['a']],
    ['Windows line ends', deployment('a').replaceAll('\n', '\r\n'), ['a']],
    ['a byte order mark', `\ufeff${deployment('a')}`, ['a']],
    ['nothing', '', []],
  ];
  for (const [form, text, names] of cases)
    t.same(
      await namesIn(text),
      names.map((name) => `Deployment shop/${name}`),
      form,
    );
});

t.test('YAML is read as the API server reads it', async (t) => {
  const { objects } = await read(
    `${deployment('a')}  creationTimestamp: 2026-11-20T19:00:00Z\n  labels: &l {a: "1"}\nspec: {template: {metadata: {labels: {<<: *l, b: "2"}}}}\n`,
  );
  t.equal(objects[0]?.metadata.creationTimestamp, '2026-11-20T19:00:00Z', 'a time is a text');
  t.match(objects[0], { spec: { template: { metadata: { labels: { a: '1', b: '2' } } } } }, 'merge keys');
});

t.test('an object without a namespace is in default, unless its kind has none', async (t) => {
  t.same(await namesIn('{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}'), ['Deployment default/a']);
  t.same(await namesIn('{apiVersion: v1, kind: Namespace, metadata: {name: a}}'), ['Namespace /a']);
});

t.test('what the API server would refuse is a problem, and not read', async (t) => {
  const cases: [manifest: string, message: string][] = [
    [
      deployment('a', '  annotations: {downscaler/exclude: true}\n'),
      'Deployment shop/a: annotation downscaler/exclude is true',
    ],
    [
      deployment('a', '  annotations:\n    downscaler/exclude: yes\n'),
      'Deployment shop/a: annotation downscaler/exclude is true',
    ],
    [
      deployment('a', '  annotations:\n    downscaler/exclude: off\n'),
      'Deployment shop/a: annotation downscaler/exclude is false',
    ],
    [deployment('a', '  labels: {tier: 1}\n'), 'Deployment shop/a: label tier is 1'],
    [deployment('a', '  annotations: []\n'), 'Deployment shop/a: metadata.annotations is no map'],
    [deployment('42'), 'Deployment: metadata.name is 42'],
    [`${deployment('a')}spec: {replicas: 2.5}\n`, 'Deployment shop/a: spec.replicas is 2.5: allowed is a whole number'],
    [`${deployment('a')}spec: {replicas: "3"}\n`, 'Deployment shop/a: spec.replicas is "3"'],
    [`${deployment('a')}spec: {replicas: -1}\n`, 'Deployment shop/a: spec.replicas is -1'],
    [
      '{apiVersion: v1, kind: Pod, metadata: {name: "a\\u001b[2J"}}',
      'Pod .*: metadata.name "a\\\\u001b\\[2J" is no name',
    ],
    [
      '{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ../b}}',
      'Pod .*: metadata.namespace "../b" is no name',
    ],
    ['{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}', 'Pod: metadata.name is missing'],
    ['{apiVersion: v1, kind: Pod}', 'Pod: metadata.name is missing'],
  ];
  for (const [manifest, message] of cases) {
    const { objects, problems } = await read(manifest);
    t.same(objects, [], message);
    t.match(problems, [{ where: /^stdin/, message: new RegExp(`^${message}`) }], message);
  }
});

t.test('an annotation without a value is an empty text', async (t) => {
  const { objects, problems } = await read(deployment('a', '  annotations: {note: null}\n  labels: null\n'));
  t.same(problems, []);
  t.match(objects[0]?.metadata, { annotations: { note: '' }, labels: {} });
});

t.test('a mistake is told with its file and line', async (t) => {
  const where = async (text: string): Promise<string[]> => (await read(text)).problems.map((problem) => problem.where);
  t.same(await where(`${deployment('a')}---\n\tspec: 1\n`), ['stdin:7'], 'YAML');
  t.same(await where('{\n "a": 1,\n "b": [1\n}\n'), ['stdin:4'], 'JSON');
  t.same(await where(deployment('a', '  labels: {ok: "1"}\n  annotations:\n    x: 1\n')), ['stdin:8'], 'a value');
});

const inFolder = async (t: Test, files: Record<string, string>) => readManifests(t.testdir(files));

t.test('a folder is read with everything below it, in the order of the paths', async (t) => {
  const folder = t.testdir({
    'b.yml': deployment('b'),
    a: { 'z.yaml': deployment('z'), 'c.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"}}' },
    'README.md': '# no manifest',
    empty: {},
    gone: t.fixture('symlink', 'nowhere'),
  });
  const { objects, problems } = await readManifests(folder);
  t.same(
    objects.map(({ metadata }) => metadata.name),
    ['c', 'z', 'b'],
  );
  t.same(problems, [], 'a file of another kind is nobody’s business');
});

t.test('a link that leads nowhere is a problem', async (t) => {
  const folder = t.testdir({ 'gone.yaml': t.fixture('symlink', 'nowhere') });
  t.match((await readManifests(folder)).problems, [{ where: /gone\.yaml$/, message: /^no such file or folder: / }]);
});

t.test('a folder without manifests is a mistake', async (t) => {
  await t.rejects(inFolder(t, { 'README.md': '' }), { message: /no manifests in .*\*\.yaml \*\.yml \*\.json/ });
  await t.rejects(readManifests('nowhere'), { message: /no such file or folder: nowhere/ });
});

t.test('a pipe in a folder is not waited for', async (t) => {
  const folder = t.testdir({ 'a.yaml': deployment('a') });
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
  const { objects, problems } = await readManifests(folder);
  t.equal(objects.length, 1);
  t.match(problems, [{ where: /pipe\.yaml$/, message: 'no regular file' }]);
});

t.test('lists made of aliases are read once, and those that hold themselves end', async (t) => {
  const levels = Array.from({ length: 30 }, (_, level) => `- &l${level + 1} [*l${level}, *l${level}]\n`);
  t.same(
    await namesIn(`- &l0 {apiVersion: v1, kind: Pod, metadata: {name: a}}\n${levels.join('')}`),
    ['Pod default/a'],
    'two to the power of thirty',
  );
  t.same(await namesIn('&self {kind: List, apiVersion: v1, items: [*self]}\n'), []);
  t.match((await read(`${'['.repeat(100_000)}\n`)).problems, [{ message: /^bad YAML/ }], 'deep nesting');
});

t.test('input of build tools beside manifests is left out', async (t) => {
  const { objects, problems, notices } = await inFolder(t, {
    'kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
    'values.yaml': 'replicaCount: 1\nimage: {}\n',
    'a.yaml': deployment('a'),
  });
  t.equal(objects.length, 1);
  t.same(problems, []);
  t.match(notices, [/values\.yaml: no Kubernetes object in it \(its keys: replicaCount, image\)/]);
});

t.test('of an object given twice the last counts, and it is told', async (t) => {
  const { objects, notices } = await inFolder(t, {
    'base.yaml': `${deployment('a')}spec: {replicas: 1}\n`,
    'overlay.yaml': `${deployment('a')}spec: {replicas: 5}\n`,
  });
  t.match(objects, [{ spec: { replicas: 5 } }]);
  t.match(notices, [/^Deployment\.apps shop\/a is in .*base\.yaml and in .*overlay\.yaml: the last one counts/]);
});

t.test('a single file is read whatever it is called', async (t) => {
  const folder = t.testdir({ dump: deployment('a') });
  t.equal((await readManifests(`${folder}/dump`)).objects.length, 1);
  t.equal(readFileSync(`${folder}/dump`, 'utf8'), deployment('a'));
});
