import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FIXTURES, steward } from './steward.ts';

const RULE = { id: 'preview', resources: '[deployments]', jmespath: 'metadata.labels.preview', ttl: '3d' };

const yamlOf = (...rules: Readonly<Record<string, string>>[]): string =>
  `rules:\n${rules
    .map(
      (rule) =>
        `  - ${Object.entries(rule)
          .map(([key, value]) => `${key}: ${value}`)
          .join('\n    ')}\n`,
    )
    .join('')}`;

/** Lints files of these texts, in the folder that they are in. */
const lint = async (t: Test, files: Readonly<Record<string, string>>, ...flags: string[]) => {
  process.chdir(t.testdir(files));
  return steward(['rules', 'lint', ...Object.keys(files), ...flags]);
};

/** A file, and the first line said of it. */
const REFUSED: readonly (readonly [name: string, text: string, said: RegExp])[] = [
  ['a value', yamlOf({ ...RULE, ttl: '3 days' }), /^a\.yaml:5:10: error: "3 days" is no time to live \(allowed/],
  ['one part of a list', yamlOf({ ...RULE, resources: '[pods, a/b/c/d]' }), /^a\.yaml:3:23: error: "a\/b\/c\/d" names/],
  ['an expression', yamlOf({ ...RULE, jmespath: 'lenght(@)' }), /^a\.yaml:4:15: error: .*did you mean length\?/],
  [
    'a mistyped key',
    yamlOf({ ...RULE, mod: 'dryRun' }),
    /^a\.yaml:6:10: error: unknown key "mod" \(did you mean mode\?\)/,
  ],
  ['a missing key', yamlOf({ id: 'x', resources: '[pods]', jmespath: 'a' }), /^a\.yaml:2:5: error: ttl is missing/],
  ['no list', 'rules: many\n', /^a\.yaml:1:8: error: "many" is no list of rules/],
  ['bad YAML', 'rules: [\n', /^a\.yaml:2:1: error: bad YAML/],
  ['a key given twice', 'rules: []\nrules: []\n', /^a\.yaml:2:1: error: this key is given twice/],
  ['another section', 'janitr: {}\n', /^a\.yaml:1:1: error: unknown section "janitr" \(did you mean janitor\?\)/],
  ['no rules', 'downscaler: {}\n', /^a\.yaml: error: there are no rules in it \(needed: "rules: \[/],
  ['nothing', '', /^a\.yaml: error: there are no rules in it/],
];

t.test('what is wrong is told with its place, and what is allowed', async (t) => {
  for (const [name, text, said] of REFUSED) {
    const { code, out, err } = await lint(t, { 'a.yaml': text });
    t.match(out, said, name);
    t.equal(code, 3, name);
    t.equal(err, '');
  }
});

t.test('the line is shown with a caret, and everything at once', async (t) => {
  const { out } = await lint(t, {
    'a.yaml': yamlOf({ ...RULE, ttl: "'3'" }, { ...RULE, mode: 'off' }),
    'b.yaml': yamlOf(RULE),
    'c.yaml': 'rules: 1\n',
  });
  t.equal(
    out,
    `a.yaml:5:10: error: "3" is no time to live (allowed: a number with s, m, h, d or w, such as 90s, 8h, 1d12h; or forever)
    5 |     ttl: '3'
      |          ^^^
a.yaml:10:11: error: "off" is not among enforce, dryRun
   10 |     mode: off
      |           ^^^
a.yaml: 2 errors
b.yaml: 1 rule
c.yaml:1:8: error: 1 is no list of rules
    1 | rules: 1
      |        ^
c.yaml: 1 error
`,
  );
});

t.test('what is odd is a warning: an error with --strict alone', async (t) => {
  const files = { 'a.yaml': yamlOf(RULE, { ...RULE, resources: "['*']", colour: 'red' }) };
  const { code, out } = await lint(t, files);
  t.equal(code, 0);
  t.match(out, /^a\.yaml:6:5: warning: rule preview: \* reaches every kind but Namespaces/m);
  t.match(out, /^a\.yaml:10:13: warning: "colour" means nothing here \(known: id, resources/m);
  t.match(out, /^a\.yaml:6:9: warning: two rules have the id preview/m);
  t.match(out, /^a\.yaml: 2 rules, 3 warnings$/m);
  t.equal((await lint(t, files, '--strict')).code, 3);
  t.equal((await lint(t, { 'a.yaml': yamlOf(RULE) }, '--strict')).code, 0);
});

t.test('a kind that is probably mistyped is a warning; what may be a custom kind is none', async (t) => {
  const of = async (resources: string) => (await lint(t, { 'a.yaml': yamlOf({ ...RULE, resources }) })).out;
  t.match(await of('[pods, deploymentz]'), /^a\.yaml:3:23: warning: rule preview: .* \(did you mean deployments\?\)/);
  t.match(await of('[networking.k8s.io/v1/ingress]'), /did you mean ingresses\?/);
  for (const kind of ['workflows', 'jobsets', 'XXXdeployments', 'ingressroutes', 'deploymints.example.com'])
    t.equal(await of(`[${kind}]`), 'a.yaml: 1 rule\n', kind);
});

t.test('rules may stand in a configuration, or in the values of the chart', async (t) => {
  const rule = '{id: preview, resources: [pods], jmespath: a, ttl: 4dd}';
  const { out } = await lint(t, {
    'config.yaml': `downscaler: {gracePeriod: 15m}\njanitor:\n  rules: [${rule}]\n`,
    'values.yaml': `controllers:\n  janitor:\n    config:\n      rules:\n        - ${rule}\n`,
  });
  t.match(out, /^config\.yaml:3:62: error: "4dd"/m);
  t.match(out, /^values\.yaml:5:62: error: "4dd"/m);
});

t.test('as a document', async (t) => {
  const { code, out } = await lint(
    t,
    { 'a.yaml': yamlOf({ ...RULE, colour: 'red' }), 'b.yaml': 'rules: 1\n' },
    '-o=json',
  );
  t.equal(code, 3);
  t.match(JSON.parse(out), {
    files: [
      { path: 'a.yaml', rules: ['preview'], findings: [{ severity: 'warning', where: 'a.yaml:6:13' }] },
      { path: 'b.yaml', rules: [], findings: [{ severity: 'error', where: 'b.yaml:1:8' }] },
    ],
  });
});

t.test('a file that is not there, and no file at all', async (t) => {
  const { code, out } = await steward(['rules', 'lint', join(FIXTURES, 'rules.yaml'), 'nowhere.yaml']);
  t.equal(code, 3);
  t.match(out, /rules\.yaml: 2 rules\nnowhere\.yaml: error: cannot be read: no such file or folder/);
  t.match(await steward(['rules', 'lint']), { code: 64, err: /FILE/ });
  t.match(await steward(['rules']), { code: 64, err: /lint/ });
});
