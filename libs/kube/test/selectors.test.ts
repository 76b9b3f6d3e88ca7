import fc from 'fast-check';
import t from 'tap';
import { formatFieldSelector, matchesFields, parseFieldSelector } from '../src/field-selector.ts';
import { labelKeyProblem, labelValueProblem } from '../src/label-syntax.ts';
import { formatLabelSelector, labelSelectorOf, matchesLabels, parseLabelSelector } from '../src/selectors.ts';

t.test('the grammar of label selectors', (t) => {
  const rows: [selector: string, labels: Record<string, string>, matches: boolean][] = [
    ['', {}, true],
    ['  ', { a: 'b' }, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'b' }, true],
    ['a = b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a!=b', { a: 'c' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['! a', { a: 'x' }, false],
    ['a in (x,y)', { a: 'y' }, true],
    ['a in(x, y )', { a: 'z' }, false],
    ['a in (x)', {}, false],
    ['a notin (x,y)', { a: 'z' }, true],
    ['a notin (x,y)', {}, true],
    ['a notin (x,y)', { a: 'x' }, false],
    ['a=', { a: '' }, true],
    ['a=', { a: 'x' }, false],
    ['a=,b', { a: '', b: '1' }, true],
    ['a in ()', { a: '' }, true],
    ['a in (x,)', { a: '' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['a>3', { a: '4' }, true],
    ['a>3', { a: '3' }, false],
    ['a>3', { a: 'x' }, false],
    ['a<3', { a: '-9' }, true],
    ['a<3', {}, false],
    ['example.com/a_b.c=d', { 'example.com/a_b.c': 'd' }, true],
    ['a=b,c!=d,e in (x,y),!f,g notin (h)', { a: 'b', e: 'x' }, true],
    ['a=b,c!=d,e in (x,y),!f,g notin (h)', { a: 'b', e: 'x', g: 'h' }, false],
    ['a=1,a=2', { a: '1' }, false],
    ['constructor', {}, false],
    ['!constructor', {}, true],
  ];
  for (const [selector, labels, matches] of rows) {
    t.equal(matchesLabels(parseLabelSelector(selector), labels), matches, `${selector} on ${JSON.stringify(labels)}`);
  }
  t.equal(matchesLabels(parseLabelSelector('!a'), undefined), true, 'no labels at all');
  t.end();
});

t.test('a label selector that is none says what was expected where', (t) => {
  const rows: [selector: string, message: RegExp][] = [
    ['a=b,', /position 5: found "", expected a label key after the comma/],
    [',a', /position 1: found ",", expected a label key/],
    ['a=b c', /position 5: found "c", expected ","/],
    ['a in x', /position 6: found "x", expected "\("/],
    ['a in (x', /position 8: found "", expected "\)"/],
    ['!a=b', /position 3: found "=", expected "," or the end/],
    ['a b', /expected one of =, ==, !=, in, notin/],
    ['=b', /expected a label key/],
    ['a>b', /Gt on "a" needs one integer/],
    ['a=-b', /value "-b" of "a" must be letters/],
    [`a=${'x'.repeat(64)}`, /no more than 63/],
    ['-a=b', /key "-a" must be letters/],
    ['a/b/c', /at most one "\/"/],
    ['UPPER.example/a', /DNS name in lower case/],
    ['example.com/', /name of at least one character/],
  ];
  for (const [selector, message] of rows) {
    t.throws(() => parseLabelSelector(selector), { code: 'InvalidSelector', status: 400, message }, selector);
  }
  t.end();
});

t.test('matchLabels and matchExpressions', (t) => {
  const selector = labelSelectorOf({
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'NotIn', values: ['db'] },
      { key: 'track', operator: 'Exists' },
      { key: 'legacy', operator: 'DoesNotExist' },
    ],
  });
  t.equal(formatLabelSelector(selector), 'app=web,!legacy,tier!=db,track');
  t.ok(matchesLabels(selector, { app: 'web', track: 'x' }));
  t.notOk(matchesLabels(selector, { app: 'web', track: 'x', tier: 'db' }));
  for (const nothing of [undefined, null, {}, { matchLabels: {}, matchExpressions: [] }]) {
    t.ok(matchesLabels(labelSelectorOf(nothing), { any: 'thing' }), 'nothing given selects everything');
  }
  const refused: [object, RegExp][] = [
    [{ key: 'a', operator: 'In' }, /In on "a" needs at least one value/],
    [{ key: 'a', operator: 'Exists', values: ['x'] }, /Exists on "a" takes no values/],
    [{ key: 'a', operator: 'Gt', values: ['1'] }, /must be In, NotIn, Exists or DoesNotExist, not "Gt"/],
    [{ key: 'a', operator: 'In', values: ['b c'] }, /value "b c"/],
  ];
  for (const [expression, message] of refused) {
    const spec = { matchExpressions: [expression as { key: string; operator: string }] };
    t.throws(() => labelSelectorOf(spec), { code: 'InvalidSelector', message });
  }
  t.end();
});

t.test('keys and values of labels', (t) => {
  for (const key of ['a', 'A-b_c.9', 'example.com/a', `${'d'.repeat(253)}/${'n'.repeat(63)}`])
    t.equal(labelKeyProblem(key), undefined, key);
  for (const key of ['', '/a', 'a_b/c', 'a..b/c', `${'d'.repeat(254)}/n`, 'n'.repeat(64), 'ä', 'a-'])
    t.ok(labelKeyProblem(key), key);
  for (const value of ['', 'a', '1.2_3-x']) t.equal(labelValueProblem(value), undefined, value);
  for (const value of ['.', 'a b', '-', 'x'.repeat(64)]) t.ok(labelValueProblem(value), value);
  t.end();
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
const requirement = fc.oneof(
  fc.record({
    key: word,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.array(word, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key: word, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);

t.test('what is formatted reads back to the same selector, and matches the same', (t) => {
  fc.assert(
    fc.property(fc.array(requirement), fc.dictionary(word, word), (matchExpressions, labels) => {
      const selector = labelSelectorOf({ matchExpressions });
      const again = parseLabelSelector(formatLabelSelector(selector));
      t.same(again, selector);
      t.equal(
        matchesLabels(again, labels),
        matchExpressions.every((each) => matchesLabels(labelSelectorOf({ matchExpressions: [each] }), labels)),
      );
    }),
  );
  t.end();
});

t.test('a requirement and its opposite never agree', (t) => {
  const values = fc.array(word, { minLength: 1 });
  fc.assert(
    fc.property(word, values, fc.dictionary(word, word), (key, list, labels) => {
      const matches = (text: string): boolean => matchesLabels(parseLabelSelector(text), labels);
      t.not(matches(`${key} in (${list.join()})`), matches(`${key} notin (${list.join()})`));
      t.not(matches(key), matches(`!${key}`));
    }),
  );
  t.end();
});

t.test('field selectors', (t) => {
  const fields: Record<string, string> = { 'metadata.name': 'web', 'status.phase': 'Running', odd: 'a,b=c\\d' };
  const rows: [selector: string, matches: boolean][] = [
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name==web,status.phase!=Failed', true],
    ['metadata.name!=web', false],
    ['spec.nodeName=', true],
    ['spec.nodeName!=', false],
    [',metadata.name=web,', true],
    ['odd=a\\,b\\=c\\\\d', true],
    ['odd!=a\\,b\\=c\\\\d', false],
  ];
  for (const [selector, matches] of rows) {
    t.equal(
      matchesFields(parseFieldSelector(selector), (field) => fields[field]),
      matches,
      selector,
    );
  }
  for (const text of ['=', '==', '!=', ',=,']) t.same(parseFieldSelector(text), [], `${text} says nothing`);
  t.same(parseFieldSelector('a!=b'), [{ field: 'a', operator: '!=', value: 'b' }]);
  const refused: [string, RegExp][] = [
    ['metadata.name', /can't understand 'metadata.name'/],
    ['=x', /can't understand '=x'/],
    ['a=b=c', /"=" in a value must be/],
    ['a=b\\c', /must be followed by one of/],
    ['a=b\\', /must be followed by one of/],
  ];
  for (const [selector, message] of refused) {
    t.throws(() => parseFieldSelector(selector), { code: 'InvalidSelector', status: 400, message }, selector);
  }
  t.end();
});

t.test('a formatted field selector reads back to the same', (t) => {
  const term = fc.record({
    field: fc.stringMatching(/^[a-z.]{1,8}$/),
    operator: fc.constantFrom('=' as const, '!=' as const),
    value: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(term), (selector) => t.same(parseFieldSelector(formatFieldSelector(selector)), selector)),
  );
  t.end();
});
