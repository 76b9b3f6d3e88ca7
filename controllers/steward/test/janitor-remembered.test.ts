import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, startSandbox } from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { steward } from './steward.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;

interface Asked {
  readonly state?: string;
  readonly isForbidden?: boolean;
  readonly config?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Deployment that was due an hour ago, and what a janitor remembers of it. */
const look = async (t: Test, asked: Asked) => {
  const { state, isForbidden = false, config = 'janitor: {deleteNotification: 2h}' } = asked;
  const { annotations = { 'janitor/ttl': '6h' } } = asked;
  const cluster = createCluster({ clock: new VirtualClock(NOW) });
  const home = { metadata: { name: 'ops' }, apiVersion: 'v1', kind: 'Namespace' };
  const web = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'ops',
      uid: 'd-1',
      creationTimestamp: '2026-11-20T05:00:00Z',
      annotations,
    },
    spec: { replicas: 1 },
  };
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-steward-janitor-state', namespace: 'ops' },
    data: { 'state.json': state },
  };
  cluster.load([home, web, ...(state === undefined ? [] : [map])] as never);
  const sandbox = await startSandbox({ clock: systemClock, cluster });
  t.teardown(() => sandbox.stop());
  if (isForbidden) sandbox.faults.add({ match: { resources: ['configmaps'] }, effect: { kind: 'status', code: 403 } });
  const KUBECONFIG = join(t.testdir({ 'config.yaml': config }), 'kubeconfig');
  writeFileSync(KUBECONFIG, sandbox.kubeconfig());
  const argv = ['--config', join(KUBECONFIG, '../config.yaml'), '--at', new Date(NOW).toISOString()];
  const { out, err } = await steward(['plan', 'janitor', ...argv, '-o', 'json', '--show', 'all'], {
    env: { KUBECONFIG },
  });
  const { decisions } = JSON.parse(out) as {
    decisions: { object: { name: string }; action: string; reason: string }[];
  };
  const { action, reason } = decisions.find(({ object }) => object.name === 'web') ?? {};
  return { said: `${action} ${reason}`, err };
};

const announcedAt = (at: number): string =>
  JSON.stringify({ version: 1, breaker: {}, objects: { 'd-1': { notice: [NOW - HOUR, at] } } });

t.test('what a running janitor has announced is not announced once more', async (t) => {
  t.match(await look(t, {}), { said: 'notify DeleteNotification', err: /^(?!.*janitor)/s });
  t.match(await look(t, { state: announcedAt(NOW - HOUR) }), { said: 'none NoticeStands' });
  t.match(await look(t, { state: announcedAt(NOW - 3 * HOUR) }), { said: 'delete TimeToLiveExpired' });
});

t.test('what it remembers and nobody may read is said to be unknown', async (t) => {
  const NOTICE = /notice: what a running janitor has announced, and since when its rules match, is not known: /;
  t.match(await look(t, { state: announcedAt(NOW - 3 * HOUR), isForbidden: true }), {
    said: 'notify DeleteNotification',
    err: NOTICE,
  });
  t.match(await look(t, { state: '{' }), { said: 'notify DeleteNotification', err: NOTICE });
});

t.test('where a janitor runs its rules delete nothing, and a plan knows it by its ConfigMap', async (t) => {
  const RULES = "[{id: all, resources: [deployments], jmespath: 'metadata.name', ttl: 6h}]";
  const config = `janitor: {rules: ${RULES}}`;
  const annotations = {};
  t.match(await look(t, { config, annotations }), { said: 'delete TimeToLiveExpired' });
  const state = JSON.stringify({ version: 1, breaker: {}, objects: {} });
  t.match(await look(t, { config, annotations, state }), { said: 'blocked OwnObject' });
});
