import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unstructured } from '@kube-steward/kube';
import { createCluster, deployment, namespace, startSandbox, type FaultRule } from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { steward, type Outcome } from './steward.ts';

const CONFIG = `downscaler:
  defaultUptime: "Mon-Fri 08:00-20:00 UTC, !calendar(holidays)"
  calendars: {holidays: {configMap: kube-steward/holidays}}
`;
const HOLIDAYS: Unstructured = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'holidays', namespace: 'kube-steward' },
  data: { 'days.txt': '2026-12-25 Christmas Day' },
};
const OBJECTS = [
  namespace({ name: 'kube-steward' }),
  namespace({ name: 'shop' }),
  deployment({ namespace: 'shop', name: 'web', replicas: 2, creationTimestamp: '2026-01-01T00:00:00Z' }),
];
const AT = ['--at', '2026-12-25T12:00:00Z'];
const DOWN = /- {2}Deployment\/web +2 -> 0 +outside uptime/;
const LEFT =
  /! {2}Deployment\/web +- +InvalidAnnotation: defaultUptime: the calendar holidays cannot be read: ConfigMap kube-steward\/holidays/;

const configured = (t: Test): { folder: string; config: string[] } => {
  const folder = t.testdir({});
  const path = join(folder, 'steward.yaml');
  writeFileSync(path, CONFIG);
  return { folder, config: ['--config', path] };
};

const onCluster = async (t: Test, objects: readonly Unstructured[], ...faults: FaultRule[]) => {
  const { folder, config } = configured(t);
  const cluster = createCluster({ clock: new VirtualClock('2026-12-25T00:00:00Z') });
  cluster.load(objects);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  for (const fault of faults) sandbox.faults.add(fault);
  const KUBECONFIG = join(folder, 'kubeconfig');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig());
  const run = (...args: string[]): Promise<Outcome> => steward([...args, ...config, ...AT], { env: { KUBECONFIG } });
  return { sandbox, run };
};

t.test('a plan reads the calendars in ConfigMaps, and only those ConfigMaps', async (t) => {
  const { sandbox, run } = await onCluster(t, [...OBJECTS, HOLIDAYS]);
  t.match(await run('plan', 'downscaler'), { code: 0, out: DOWN, err: '' });
  t.match(
    await run('plan', 'downscaler', '-n', 'shop'),
    { code: 0, out: DOWN, err: '' },
    'whatever namespace is asked for',
  );
  const asked = sandbox.requests.all({ resource: 'configmaps' });
  t.ok(asked.length > 0);
  t.ok(asked.every(({ namespace: where, query }) => where === 'kube-steward' && query.includes('metadata.name')));
  t.match(await run('explain', 'deploy/web'), { code: 0, out: /Decision +ScaleDown 2 -> 0/ });
});

t.test('a calendar that is missing, or no calendar, is named, and what it bears on is left as it is', async (t) => {
  const missing = await onCluster(t, OBJECTS);
  t.match(await missing.run('plan'), {
    code: 0,
    out: LEFT,
    err: 'warning: ConfigMap kube-steward/holidays: the calendar holidays cannot be read: ConfigMap kube-steward/holidays is not there',
  });
  const bad = await onCluster(t, [...OBJECTS, { ...HOLIDAYS, data: { 'days.txt': 'Christmas' } }]);
  t.match(await bad.run('plan'), { out: LEFT, err: /line 1: "Christmas" does not start with a day/ });
});

t.test('a ConfigMap that may not be read is named with the rule that would allow it', async (t) => {
  const { run } = await onCluster(t, OBJECTS, {
    match: { resources: ['configmaps'] },
    effect: { kind: 'status', code: 403 },
  });
  const { code, out, err } = await run('plan');
  t.equal(code, 0);
  t.match(out, LEFT);
  t.match(err, 'going on without configmaps');
  t.match(err, '  - {apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"]}');
});

t.test('manifests may hold the ConfigMap, also where only some namespaces are looked at', async (t) => {
  const { folder, config } = configured(t);
  const from = join(folder, 'all.json');
  const plan = (objects: readonly Unstructured[], more: string[] = config): Promise<Outcome> => {
    writeFileSync(from, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return steward(['plan', '--from', from, ...more, ...AT]);
  };
  t.match(await plan([...OBJECTS, HOLIDAYS]), { code: 0, out: DOWN });
  t.match(await plan(OBJECTS), { code: 0, out: LEFT });
  const limited = join(folder, 'limited.yaml');
  writeFileSync(limited, `${CONFIG}  namespace: [shop]\n`);
  t.match(await plan([...OBJECTS, HOLIDAYS], ['--config', limited]), { code: 0, out: DOWN });
});
