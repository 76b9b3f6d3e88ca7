import type { BadValue } from '@kube-steward/cli';
import t from 'tap';
import { readRules, type Rule, type RuleSet } from '../src/rules.ts';

const RULE = { id: 'preview', resources: ['deployments'], jmespath: 'metadata.labels.preview', ttl: '3d' };

const only = ({ rules }: RuleSet): Rule => {
  t.equal(rules.length, 1);
  return rules[0] as Rule;
};

t.test("a rule of kube-janitor's is read as it is", async (t) => {
  t.match(only(readRules([RULE])), {
    id: 'preview',
    resources: [{ plural: 'deployments' }],
    expression: { language: 'jmespath', text: 'metadata.labels.preview', needsContext: false },
    ttl: 3 * 86_400_000,
    ttlText: '3d',
    since: { from: 'created' },
    mode: 'enforce',
    propagation: 'Background',
    allowWildcard: false,
  });
  t.same(readRules([]).rules, []);
  t.equal(only(readRules([{ ...RULE, ttl: 'Forever' }])).ttl, 'forever');
  t.same(only(readRules([{ ...RULE, resources: '*' }])).resources, [{ plural: '*' }], 'the one text that works there');
});

t.test('what a rule may say beside that', async (t) => {
  const rule = only(
    readRules([
      {
        id: 'claims',
        resources: ['persistentvolumeclaims', 'jobs.batch', 'apps/v1/deployments', 'v1/pods'],
        cel: 'context.pvc_is_not_referenced && has(object.metadata.labels)',
        ttl: '1d12h',
        since: 'firstMatched',
        mode: 'dryRun',
        quarantine: '2d',
        propagation: 'Foreground',
        allowWildcard: true,
      },
    ]),
  );
  t.match(rule, {
    resources: [
      { plural: 'persistentvolumeclaims' },
      { plural: 'jobs', group: 'batch' },
      { plural: 'deployments', group: 'apps', version: 'v1' },
      { plural: 'pods', group: '', version: 'v1' },
    ],
    expression: { language: 'cel', needsContext: true },
    ttl: 36 * 3_600_000,
    since: { from: 'firstMatched' },
    mode: 'dryRun',
    quarantineMs: 2 * 86_400_000,
    propagation: 'Foreground',
    allowWildcard: true,
  });
  t.equal(only(readRules([{ ...RULE, since: 'status.completionTime' }])).since.from, 'field');
  t.ok(only(readRules([{ ...RULE, jmespath: '!(_context.pvc_is_not_mounted)' }])).expression.needsContext);
});

/** What is wrong, where, and the words that help. */
const REFUSED: readonly (readonly [rule: unknown, path: readonly (string | number)[], message: RegExp])[] = [
  ['preview', [0], /"preview" is no rule \(needed: id, resources, ttl, jmespath or cel\)/],
  [{ ...RULE, id: 'Preview' }, [0, 'id'], /no id \(allowed: small letters/],
  [{ ...RULE, id: undefined }, [0], /id is missing/],
  [{ ...RULE, resources: 'deployments' }, [0, 'resources'], /no list \(example: \[deployments/],
  [{ ...RULE, resources: [] }, [0, 'resources'], /names no kind/],
  [{ ...RULE, resources: ['pods', 'a/b/c/d'] }, [0, 'resources', 1], /"a\/b\/c\/d" names no kind/],
  [{ ...RULE, ttl: 3600 }, [0, 'ttl'], /3600 is no text/],
  [{ ...RULE, ttl: '3 days' }, [0, 'ttl'], /"3 days" is no time to live \(allowed: a number with s, m, h, d or w/],
  [{ ...RULE, ttl: '99999999999999w' }, [0, 'ttl'], /longer than 1000 years/],
  [{ ...RULE, jmespath: 'metadata.' }, [0, 'jmespath'], /ends here, behind "metadata\."/],
  [{ ...RULE, jmespath: 'lenght(@)' }, [0, 'jmespath'], /did you mean length\?/],
  [{ ...RULE, jmespath: 'starts_with(@)' }, [0, 'jmespath'], /takes 2 arguments, not 1/],
  [{ ...RULE, jmespath: undefined }, [0], /either jmespath or cel, not neither/],
  [{ ...RULE, cel: 'true' }, [0], /either jmespath or cel, not both/],
  [{ ...RULE, jmespath: undefined, cel: 'object.spec.replicas +' }, [0, 'cel'], /Unexpected token: EOF/],
  [{ ...RULE, jmespath: undefined, cel: 'foo.bar' }, [0, 'cel'], /Unknown variable: foo/],
  [{ ...RULE, jmespath: undefined, cel: '1 + 1' }, [0, 'cel'], /gives a int, and has to give true or false/],
  [{ ...RULE, jmespath: '!(_context.in_use)' }, [0, 'jmespath'], /no in_use in the context \(allowed: pvc_is_not_mou/],
  [{ ...RULE, jmespath: '_context.pvc_is_mounted' }, [0, 'jmespath'], /did you mean pvc_is_not_mounted\?/],
  [{ ...RULE, jmespath: 'keys(_context)' }, [0, 'jmespath'], /the context is read by its fields alone/],
  [{ ...RULE, jmespath: undefined, cel: '!has(context.in_use)' }, [0, 'cel'], /no in_use in the context/],
  [{ ...RULE, jmespath: undefined, cel: '!("in_use" in context)' }, [0, 'cel'], /by its fields alone/],
  [{ ...RULE, jmespath: undefined, cel: 'context["in_use"]' }, [0, 'cel'], /by its fields alone/],
  [{ ...RULE, mod: 'dryRun' }, [0, 'mod'], /unknown key "mod" \(did you mean mode\?\)/],
  [{ ...RULE, mode: 'dry-run' }, [0, 'mode'], /not among enforce, dryRun \(did you mean dryRun\?\)/],
  [{ ...RULE, propagation: 'background' }, [0, 'propagation'], /did you mean Background/],
  [{ ...RULE, quarantine: 'soon' }, [0, 'quarantine'], /"soon" is no duration/],
  [{ ...RULE, since: 'status.' }, [0, 'since'], /ends here/],
  [{ ...RULE, allowWildcard: 'yes' }, [0, 'allowWildcard'], /neither true nor false/],
];

const refusals = (list: unknown): readonly BadValue[] => {
  try {
    readRules(list);
    return [];
  } catch (error) {
    return (error as AggregateError).errors as BadValue[];
  }
};

t.test('one bad rule refuses them all, with its place and what is allowed', async (t) => {
  for (const [rule, path, message] of REFUSED) {
    const found = refusals([rule]);
    t.match(found[0], { path, message }, JSON.stringify(rule));
    t.equal(found.length, 1);
  }
  const three = refusals([{ ...RULE, ttl: '3', mode: 'off' }, RULE, { id: 'x' }]);
  t.same(
    three.map(({ path }) => path),
    [[0, 'ttl'], [0, 'mode'], [2], [2], [2]],
    'everything at once',
  );
  t.throws(() => readRules(null), /null is no list of rules/);
});

t.test('what is odd is told, and read', async (t) => {
  const odd = readRules([
    { ...RULE, colour: 'red' },
    { ...RULE, resources: ['*'] },
    { ...RULE, id: 'zero', ttl: '0s' },
  ]);
  t.equal(odd.rules.length, 3);
  const has = (message: RegExp): boolean =>
    t.ok(
      odd.warnings.some((warning) => message.test(warning.message)),
      message.source,
    );
  has(/"colour" means nothing here \(known: id/);
  has(/rule preview: \* reaches every kind but Namespaces/);
  has(/two rules have the id preview/);
  has(/0s never deletes/);
});

t.test('a ! that takes less than it seems to is told, with how to write it', async (t) => {
  const warnings = (jmespath: string): string[] =>
    readRules([{ ...RULE, jmespath }]).warnings.map(({ message }) => message);
  t.match(warnings('!spec.paused'), [/^rule preview: .*!spec\.paused is \(!spec\)\.paused.*write !\(spec\.paused\)/]);
  for (const odd of ['a && !b.c', 'items[?!a.b]', '!a[*].b || !a.b.c', '!a.*', '!a[]', '!a[?b]', 'length(!a.b)'])
    t.equal(warnings(odd).length, 1, odd);
  for (const fine of ['!(spec.paused)', '!paused', '!a[0]', '!a[*].b', '!(a.b) && a.c', '!length(a.b)'])
    t.same(warnings(fine), [], fine);
});

const PODS = { spec: { replicas: 0, text: 'a'.repeat(40) }, metadata: { name: 'api', labels: { pr: 'pr-12' } } };

/** Language, expression, whether it matches; `undefined`: it makes no sense of the object. */
const MATCHES: readonly (readonly ['jmespath' | 'cel', string, boolean | undefined])[] = [
  ['jmespath', 'spec.replicas', false],
  ['jmespath', 'spec.replicas == `0`', true],
  ['jmespath', 'spec.none', false],
  ['jmespath', "starts_with(metadata.none, 'x')", undefined],
  ['jmespath', '_context.pvc_is_not_mounted', true],
  ['jmespath', '_context.pvc_is_not_referenced', false],
  ['cel', 'object.spec.replicas == 0', true],
  ['cel', "object.metadata.labels.pr.matches('^pr-[0-9]+$')", true],
  ['cel', "object.spec.text.matches('^(a+)+b$')", false],
  ['cel', 'object.spec.none == 1', undefined],
  ['cel', 'has(object.metadata.labels.constructor)', false],
  ['cel', 'context.pvc_is_not_mounted', true],
];

t.test('an expression matches, does not, or makes no sense of the object', async (t) => {
  const object = { ...PODS, _context: { pvc_is_not_referenced: true } };
  for (const [language, text, expected] of MATCHES) {
    const { expression } = only(readRules([{ ...RULE, jmespath: undefined, [language]: text }]));
    const run = (): boolean => expression.matches(object, { pvc_is_not_mounted: true });
    if (expected === undefined) t.throws(run, text);
    else t.equal(run(), expected, text);
  }
  const nested = `${'object.a.exists(x, '.repeat(3)}true${')'.repeat(3)}`;
  t.match(refusals([{ ...RULE, jmespath: undefined, cel: nested }])[0], { message: /nested more than 2 deep/ });
});
