import t, { type Test } from 'tap';
import { steward } from './steward.ts';

const RULES = `rules:
  - {id: preview, resources: [deployments], jmespath: metadata.labels.preview, ttl: 3d}
`;
const OLD =
  '{age: 4d, apiVersion: apps/v1, kind: Deployment, metadata: {name: old, namespace: shop, labels: {preview: "yes"}}}';
const YOUNG = OLD.replace('4d', '2d').replace('old', 'young');

/** One test of these objects. */
const testOf = (objects: readonly string[], expect: readonly string[], rest = ''): string => `tests:
  - name: previews
    ${rest}
    objects: [${objects.join(', ')}]
    expect:${expect.length === 0 ? ' []' : expect.map((line) => `\n      - ${line}`).join('')}
`;

const run = async (t: Test, text: string, files: Readonly<Record<string, string>> = {}) => {
  process.chdir(t.testdir({ ...files, 'a.test.yaml': text }));
  return steward(['rules', 'test', 'a.test.yaml']);
};

t.test('what becomes of objects is what is expected', async (t) => {
  const { code, out } = await run(
    t,
    RULES +
      testOf(
        [OLD, YOUNG],
        [
          '{object: deployment/old, action: delete, rule: preview, reason: TimeToLiveExpired}',
          '{object: Deployment/shop/young, action: none, rule: preview, in: 1d}',
        ],
      ),
  );
  t.equal(out, 'a.test.yaml\n  ok  previews\n1 test, all passed\n');
  t.equal(code, 0);
});

t.test('a file without tests, or with manifests that are not there, is refused with its place', async (t) => {
  t.match(await run(t, `${RULES}tests: []\n`), { code: 3, err: /a\.test\.yaml:3:8 +there are no tests in it/ });
  t.match(await run(t, RULES + testOf([], [], 'manifests: [gone/]')), {
    code: 3,
    err: /a\.test\.yaml: test "previews": manifests: no such file or folder: .*gone/,
  });
  const { err } = await run(t, RULES + testOf([OLD], ['{object: Deployment/old, action: recommend}']));
  t.match(err, /"recommend" is not allowed/);
});

/** What is expected, and the failure that is told. */
const FAILING: readonly (readonly [name: string, expect: readonly string[], failure: RegExp])[] = [
  [
    'another action',
    ['{object: Deployment/old, action: none}'],
    /a\.test\.yaml:8:9: Deployment shop\/old: expected action none, is delete \(delete: TimeToLiveExpired: /,
  ],
  ['another rule', ['{object: Deployment/old, rule: previews}'], /expected rule previews, is preview/],
  [
    'another reason',
    ['{object: Deployment/old, reason: ExpiryTimeReached}'],
    /expected reason ExpiryTimeReached, is TimeToLiveExpired/,
  ],
  [
    'another moment',
    ['{object: Deployment/old}', '{object: Deployment/young, in: 2d}'],
    /:9:9: .*expected in 2d, is 1d/,
  ],
  [
    'no such object',
    ['{object: Deployment/old}', '{object: Deployment/gone, action: none}'],
    /:9:9: there is no deployment\/gone/,
  ],
  ['what nobody expects', [], /Deployment shop\/old: delete: TimeToLiveExpired: .*, which is not expected/],
];

t.test('what is not, is told with its place and the evidence', async (t) => {
  for (const [name, expect, failure] of FAILING) {
    const { code, out, err } = await run(t, RULES + testOf([OLD, YOUNG], expect));
    t.match(out, failure, name);
    t.match(out, /^ {2}failed {2}previews$/m);
    t.match(out, /^1 test, 1 failed$/m);
    t.equal(code, 1, err);
  }
});

t.test('two objects of one name have to be told apart', async (t) => {
  const other = OLD.replace('namespace: shop', 'namespace: other');
  const both = ['{object: Deployment/shop/old, action: delete}', '{object: Deployment/other/old, action: delete}'];
  t.equal((await run(t, RULES + testOf([OLD, other], both))).code, 0);
  t.match(await run(t, RULES + testOf([OLD, other], ['{object: Deployment/old}'])), {
    code: 1,
    out: /deployment\/old is in several namespaces: write KIND\/NAMESPACE\/NAME/,
  });
});

t.test('rules and manifests may be in other files, beside the tests', async (t) => {
  const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: old, namespace: shop, labels: {preview: "yes"}, creationTimestamp: 2026-11-01T00:00:00Z}
`;
  const text = `rules: rules.yaml
tests:
  - name: previews
    at: 2026-11-20T00:00:00Z
    manifests: [manifests]
    expect: [{object: Deployment/old, action: delete}]
  - name: earlier
    at: 2026-11-02T00:00:00Z
    manifests: [manifests/a.yaml]
    expect: [{object: Deployment/old, action: none, in: 2d}]
`;
  t.match(await run(t, text, { 'rules.yaml': RULES, manifests: { 'a.yaml': manifest } } as never), {
    code: 0,
    out: /2 tests, all passed/,
  });
});

t.test("options are the janitor's own", async (t) => {
  const expect = ['{object: Deployment/old, action: notify, in: 1d}'];
  t.match(await run(t, RULES + testOf([OLD], expect, 'options: {deleteNotification: 1d}')), { code: 0 });
  t.match(await run(t, RULES + testOf([OLD], [], 'options: {excludeNamespaces: [shop]}')), { code: 0 });
});

/** A file that cannot be read, and what is said of it. */
const REFUSED: readonly (readonly [name: string, text: string, said: RegExp])[] = [
  ['no tests', RULES, /a\.test\.yaml: tests is missing/],
  ['no rules', testOf([], []), /a\.test\.yaml: rules is missing/],
  ['a bad rule', RULES.replace('3d', '3 days') + testOf([], []), /a\.test\.yaml:2:\d+ +"3 days" is no time to live/],
  ['a file of rules that is not there', `rules: none.yaml\n${testOf([], [])}`, /none\.yaml: cannot be read/],
  [
    'an unknown key',
    `${RULES}test: []\n${testOf([], [])}`,
    /a\.test\.yaml:3:7 +unknown key "test" \(did you mean tests\?\)/,
  ],
  [
    'an unknown key of a test',
    RULES + testOf([], [], 'objcts: []'),
    /:5:13 +unknown key "objcts" \(did you mean objects\?\)/,
  ],
  ['no name', `${RULES}tests: [{expect: []}]`, /a\.test\.yaml:3:9 +name is missing/],
  ['no list', `${RULES}tests: {}`, /a\.test\.yaml:3:8 +\{\} is no list/],
  ['an unknown action', RULES + testOf([], ['{object: a/b, action: remove}']), /:8:31 +"remove" is not allowed/],
  [
    'no object',
    RULES + testOf([], ['{object: deployment}']),
    /:8:18 +"deployment" names no object \(allowed: KIND\/NAME/,
  ],
  ['a moment', RULES + testOf([], [], 'at: noon'), /:5:9 +"noon" is no/],
  ['a duration', RULES + testOf([], ['{object: a/b, in: soon}']), /:8:27 +"soon" is no duration/],
  ['an age', RULES + testOf([OLD.replace('4d', 'old')], []), /test "previews": age "old" is no duration/],
  [
    'an option',
    RULES + testOf([], [], 'options: {deleteNotfication: 1d}'),
    /:5:34 +unknown key "deleteNotfication".*did you mean deleteNotification/,
  ],
  [
    "an option's value",
    RULES + testOf([], [], 'options: {deleteNotification: soon}'),
    /:5:35 +deleteNotification: "soon" is no duration/,
  ],
  ['rules in the options', RULES + testOf([], [], 'options: {rules: []}'), /:5:22 +rules are those of the file/],
  ['manifests that are not there', RULES + testOf([], [], 'manifests: [nowhere]'), /nowhere/],
];

t.test('a file that cannot be read is refused, with the place', async (t) => {
  for (const [name, text, said] of REFUSED) {
    const { code, err } = await run(t, text);
    t.match(err, said, name);
    t.equal(code, 3, name);
  }
});

t.test('a manifest that the API server would refuse fails its test', async (t) => {
  const broken = '{apiVersion: v1, kind: Pod, metadata: {name: Big}}';
  t.match(await run(t, RULES + testOf([broken], [])), {
    code: 1,
    out: /a\.test\.yaml: Pod Big: metadata\.name "Big" is no name/,
  });
});

t.test('as a document, of several files', async (t) => {
  process.chdir(t.testdir({ 'a.yaml': RULES + testOf([OLD], []), 'b.yaml': RULES + testOf([], []) }));
  const { code, out } = await steward(['rules', 'test', 'a.yaml', 'b.yaml', '-o', 'json']);
  t.equal(code, 1);
  t.match(JSON.parse(out), {
    files: [
      { path: 'a.yaml', results: [{ name: 'previews', failures: [/not expected/] }] },
      { path: 'b.yaml', results: [{ name: 'previews', failures: [] }] },
    ],
  });
});
