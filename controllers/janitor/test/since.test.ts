import t from 'tap';
import { firstMatchedAfter, matchIdOf } from '../src/since.ts';
import { HOUR, NOW, object, observation, policy, type Seen } from './decisions.ts';

const rule = {
  id: 'unused',
  resources: ['persistentvolumeclaims'],
  jmespath: '_context.pvc_is_not_mounted',
  ttl: '7d',
};
const by = policy({ rules: [{ ...rule, since: 'firstMatched' }] });
const after = (seen: Seen, policies = by) =>
  firstMatchedAfter(observation('PersistentVolumeClaim', object('PersistentVolumeClaim'), policies, seen), NOW);

const RULE = matchIdOf(by.rules[0]!);
const BEFORE = { rule: RULE, at: NOW - HOUR };
const used = { state: 'used', by: 'Pod/web', isMounted: true } as const;
const unknown = { state: 'unknown', why: 'pods have not been read yet' } as const;

t.test('the age of what is unused begins with the first look that finds it so', async (t) => {
  t.same(after({}), { rule: RULE, at: NOW });
  t.same(after({ firstMatched: BEFORE }), BEFORE);
});

t.test('somebody who uses it in between begins it anew; not to know who does is no break', async (t) => {
  t.equal(after({ firstMatched: BEFORE, references: used }), undefined);
  t.same(after({ firstMatched: BEFORE, references: unknown }), BEFORE);
  t.equal(after({ references: unknown }), undefined, 'and no beginning');
});

t.test('another rule has another beginning, and a rule that counts from the creation has none', async (t) => {
  t.same(after({ firstMatched: { rule: 'other', at: NOW - HOUR } }), { rule: RULE, at: NOW });
  t.equal(after({ firstMatched: BEFORE }, policy({ rules: [rule] })), undefined);
});

t.test('a rule that fails is no break either', async (t) => {
  const failing = policy({
    rules: [{ ...rule, jmespath: "starts_with(metadata.labels.x, 'a')", since: 'firstMatched' }],
  });
  t.same(after({ firstMatched: BEFORE }, failing), BEFORE);
});

t.test('a rule that asks for something else begins anew, whatever its name', async (t) => {
  const other = { ...rule, jmespath: '_context.pvc_is_not_referenced', since: 'firstMatched' };
  const after7d = after({ firstMatched: BEFORE }, policy({ rules: [other] }));
  t.equal(after7d?.at, NOW);
  t.not(after7d?.rule, RULE);
});
