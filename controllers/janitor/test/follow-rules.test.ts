import { rmSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { followRules } from '../src/follow-rules.ts';

const RULE = "rules: [{id: old, resources: [deployments], ttl: 1h, jmespath: 'spec.paused";
const CUT = `${RULE}'}]`;
const WHOLE = `${RULE} && spec.old'}]`;

/** Follows a file that says nothing yet; the test looks at it. */
const followFile = (t: { testdir(files: Record<string, string>): string }) => {
  const path = `${t.testdir({ 'rules.yaml': 'rules: []' })}/rules.yaml`;
  const told: string[] = [];
  let run: () => void = () => undefined;
  let armed: () => void = () => undefined;
  followRules({
    path,
    text: 'rules: []',
    clock: {
      setTimer(_ms, callback) {
        run = callback;
        armed();
        return () => undefined;
      },
    },
    signal: new AbortController().signal,
    onRules: ({ rules }) => told.push(rules.map(({ expression }) => expression.text).join() || 'none'),
    onBad: () => told.push('bad'),
  });
  /** Over when the next look has been planned. */
  const look = () =>
    new Promise<void>((resolve) => {
      armed = resolve;
      run();
    });
  return { path, told, look };
};

t.test('rules are taken when two looks have found the same', async (t) => {
  const { path, told, look } = followFile(t);
  writeFileSync(path, CUT);
  await look();
  writeFileSync(path, WHOLE);
  await look();
  t.same(told, [], 'what was there for one look is in force at no time');
  for (let again = 0; again < 3; again += 1) await look();
  t.same(told, ['spec.paused && spec.old']);
  writeFileSync(path, 'rules: []');
  await look();
  writeFileSync(path, WHOLE);
  for (let again = 0; again < 3; again += 1) await look();
  t.same(told, ['spec.paused && spec.old'], 'nor is it read again that it is as it was');
});

t.test('bad rules are told of once, and a file that was away is taken again', async (t) => {
  const { path, told, look } = followFile(t);
  writeFileSync(path, 'rules: [');
  await look();
  t.same(told, []);
  for (let again = 0; again < 3; again += 1) await look();
  t.same(told, ['bad']);
  rmSync(path);
  for (let again = 0; again < 3; again += 1) await look();
  t.same(told, ['bad', 'bad']);
  writeFileSync(path, 'rules: []');
  for (let again = 0; again < 3; again += 1) await look();
  t.same(told, ['bad', 'bad', 'none']);
});
