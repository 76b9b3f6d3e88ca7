import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, deployment, namespace, startSandbox } from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { steward } from './steward.ts';

const NOW = '2026-11-20T12:00:00Z';
const rule = (id: string, jmespath: string, ttl: string, rest = ''): string =>
  `  - {id: ${id}, resources: [deployments], jmespath: ${jmespath}, ttl: ${ttl}${rest}}\n`;

const OLD = `rules:\n${rule('preview', 'metadata.labels.preview', '3d')}`;
const NEW = `rules:\n${rule('test', 'metadata.labels.test', '1d')}${rule('preview', 'metadata.labels.preview', '30d')}`;

const OBJECTS = [
  namespace({ name: 'shop' }),
  ...[
    ['preview', { preview: 'yes' }],
    ['both', { preview: 'yes', test: 'yes' }],
    ['test', { test: 'yes' }],
    ['checkout', undefined],
  ].map(([name, labels]) =>
    deployment({
      namespace: 'shop',
      name: name as string,
      creationTimestamp: '2026-11-15T12:00:00Z',
      ...(labels && { labels: labels as Record<string, string> }),
    }),
  ),
];

const folder = (t: Test, files: Readonly<Record<string, string>> = {}): void => {
  const all = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS });
  process.chdir(t.testdir({ 'all.json': all, 'old.yaml': OLD, 'new.yaml': NEW, ...files }));
};
const diff = (...flags: string[]) => steward(['rules', 'diff', 'old.yaml', 'new.yaml', '--at', NOW, ...flags]);

t.test('what a change would delete now, and what it would not any more', async (t) => {
  folder(t);
  const { code, out, err } = await diff('--from', 'all.json');
  t.equal(err, '');
  t.equal(code, 0);
  t.match(
    out,
    /^- +shop +Deployment\/preview +delete \(TimeToLiveExpired, rule preview\) +none \(NotYetDue, rule preview\) *$/m,
  );
  t.match(out, /^\+ +shop +Deployment\/test +none \(NoDeadline\) +delete \(TimeToLiveExpired, rule test\) *$/m);
  t.notMatch(out, /both|checkout/, 'goes by both, stays by both');
  t.match(out, /1 more would go now, 1 fewer, 0 otherwise\.\n$/);
});

t.test('what is stopped first, or announced, is otherwise', async (t) => {
  folder(t, { 'new.yaml': `rules:\n${rule('preview', 'metadata.labels.preview', '3d', ', quarantine: 2d')}` });
  const { out } = await diff('--from', 'all.json');
  t.match(out, /^~ +shop +Deployment\/preview +delete .* quarantine \(Quarantined, rule preview\)/m);
  t.match(out, /0 more would go now, 0 fewer, 2 otherwise/);
});

t.test('nothing differs', async (t) => {
  folder(t, { 'new.yaml': OLD });
  t.match(await diff('--from', 'all.json', '--detailed-exitcode'), { code: 0, out: /^Nothing else is deleted now/ });
});

t.test('as a document; of one namespace, and by labels', async (t) => {
  folder(t);
  const { code, out } = await diff('--from', 'all.json', '-o', 'json', '--detailed-exitcode');
  t.equal(code, 2);
  t.match(JSON.parse(out), {
    kind: 'RulesDiff',
    metadata: { at: NOW, source: 'all.json' },
    differences: [
      { object: { name: 'preview' }, change: 'removed', old: { action: 'delete' }, new: { action: 'none' } },
      { object: { name: 'test' }, change: 'added', new: { action: 'delete', reason: 'TimeToLiveExpired' } },
    ],
  });
  t.match(await diff('--from', 'all.json', '-n', 'other'), { out: /^Nothing else/ });
  t.match(await diff('--from', 'all.json', '-l', 'test'), { out: /1 more would go now, 0 fewer/ });
});

t.test('what a running controller would hold back is told', async (t) => {
  const many = Array.from({ length: 60 }, (_, index) =>
    deployment({
      namespace: 'shop',
      name: `web-${index}`,
      creationTimestamp: '2026-11-15T12:00:00Z',
      labels: { test: 'yes' },
    }),
  );
  folder(t, { 'all.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: many }) });
  t.match(await diff('--from', 'all.json'), {
    err: /^warning: with the new rules: Too much at once for a janitor .*ack/,
  });
  const { out } = await diff('--from', 'all.json', '-o', 'json');
  t.equal((JSON.parse(out) as { wouldTrip?: boolean }).wouldTrip, true);
});

t.test('what cannot be read is told once, and the answer is a partial one', async (t) => {
  folder(t, { 'broken.yaml': 'a: [\n' });
  const { code, err } = await diff('--from', '.');
  t.equal(code, 1);
  t.equal(err.match(/broken\.yaml/g)?.length, 1);
});

t.test('on a cluster, without changing anything', async (t) => {
  const cluster = createCluster({ clock: new VirtualClock(Date.parse(NOW)) });
  cluster.load(OBJECTS);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  folder(t);
  const KUBECONFIG = join(process.cwd(), 'config');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig());
  const { code, out, err } = await steward(['rules', 'diff', 'old.yaml', 'new.yaml', '--at', NOW], {
    env: { KUBECONFIG },
  });
  t.equal(code, 0, err);
  t.match(out, /1 more would go now, 1 fewer, 0 otherwise/);
  t.same(sandbox.requests.mutating(), []);
});

t.test('a bad file is refused', async (t) => {
  folder(t, { 'new.yaml': OLD.replace('3d', 'soon') });
  t.match(await diff('--from', 'all.json'), { code: 3, err: /new\.yaml:2:\d+ +"soon" is no time to live/ });
  t.match(await steward(['rules', 'diff', 'old.yaml']), { code: 64, err: /NEW is missing/ });
  t.match(await steward(['rules', 'diff', 'old.yaml', 'nowhere.yaml', '--from', 'all.json']), {
    code: 3,
    err: /nowhere\.yaml/,
  });
});
