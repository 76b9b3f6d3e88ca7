import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, startSandbox, type FaultRule } from '@kube-steward/sandbox';
import { VirtualClock, systemClock } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { FIXTURES, FRIDAY_EVENING, matchesGolden, steward, type Outcome } from './steward.ts';

const FROM = ['--from', join(FIXTURES, 'janitor'), '--config', join(FIXTURES, 'janitor.yaml'), '--at', FRIDAY_EVENING];

interface Said {
  readonly object: { readonly kind: string; readonly name: string };
  readonly action: string;
  readonly reason: string;
  readonly nextTransition?: string;
}
const saidIn = ({ out }: Outcome): string[] => {
  const { decisions } = JSON.parse(out) as { decisions: readonly Said[] };
  return decisions.map(({ object, action, reason }) => `${object.kind}/${object.name} ${action} ${reason}`);
};

/** A folder with one file of manifests, and a config file beside it. */
const files = (t: Test, manifests: readonly object[], config: object = {}): string[] => {
  const folder = t.testdir({
    manifests: { 'all.yaml': manifests.map((each) => JSON.stringify(each)).join('\n---\n') },
    'config.yaml': JSON.stringify({ janitor: config }),
  });
  return ['--from', join(folder, 'manifests'), '--config', join(folder, 'config.yaml'), '--at', FRIDAY_EVENING];
};

const deployment = (name: string, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', creationTimestamp: '2026-11-20T12:00:00Z', ...metadata },
});

t.test('what would be deleted, why, since when, and with what becomes of what it owns', async (t) => {
  const { code, out } = await steward(['plan', 'janitor', ...FROM, '-o', 'json', '--show', 'all']);
  t.equal(code, 0);
  matchesGolden(t, 'janitor-plan.json', out.replaceAll(join(FIXTURES, 'janitor'), 'manifests'));
  matchesGolden(
    t,
    'janitor-plan.txt',
    (await steward(['plan', 'janitor', ...FROM])).out.replaceAll(join(FIXTURES, 'janitor'), 'manifests'),
  );
});

t.test('one object: what was considered, and what stands against deleting it', async (t) => {
  const explain = async (name: string) => (await steward(['explain', name, ...FROM])).out;
  t.match(await explain('ns/pr-42'), /! holds protected objects: .*ConfigMap\/evidence \(team=shop\)/);
  t.match(await explain('pvc/data-db-0'), /Because +neither[^]*used: by StatefulSet\/db/);
  t.match(await explain('rs/preview-5d9'), /Reason OwnerDecides/);
  const both = await explain('deploy/preview');
  t.match(
    both,
    /Reason InsideUptime[^]*\n\nObject[^]*Reason TimeToLiveExpired[^]*rule preview +ttl "3d \(matches\)" +<- used/,
  );
  t.notMatch(both.split('\n\n')[0], /rule preview/, 'each controller tells its own');
});

t.test('beside other controllers it speaks only of what something is said about', async (t) => {
  const { out } = await steward(['plan', ...FROM, '-o', 'json', '--show', 'all']);
  const janitors = (
    JSON.parse(out) as { decisions: { controller: string; object: { name: string } }[] }
  ).decisions.filter(({ controller }) => controller === 'janitor');
  t.notOk(janitors.some(({ object }) => object.name === 'quiet'));
  t.ok(janitors.some(({ object }) => object.name === 'preview'));
});

t.test('what was never announced is announced, however long it is overdue', async (t) => {
  const args = files(t, [deployment('old', { annotations: { 'janitor/ttl': '6h', 'janitor/notified': 'yes' } })], {
    deleteNotification: '24h',
  });
  const { out } = await steward(['plan', 'janitor', ...args, '-o', 'json']);
  t.match(JSON.parse(out), {
    decisions: [
      {
        action: 'notify',
        reason: 'DeleteNotification',
        message: 'Deployment old will be deleted at 2026-11-21T01:41:00Z (annotation janitor/ttl is set)',
        nextTransition: '2026-11-21T01:41:00Z',
      },
    ],
    summary: { notify: 1 },
  });
});

t.test('a kind that is probably mistyped, and ages that nobody knows, are noticed', async (t) => {
  const rules = [{ id: 'old', resources: ['deployment', 'stacks', 'XXXjobs'], jmespath: 'metadata', ttl: '1h' }];
  const unborn = deployment('old', { creationTimestamp: undefined, annotations: { 'janitor/ttl': '6h' } });
  const { out, err } = await steward(['plan', 'janitor', ...files(t, [unborn], { rules })]);
  t.match(out, 'Plan: no changes');
  t.equal(
    err,
    'notice: rule old: Kubernetes has no deployment (did you mean deployments?)\n' +
      'notice: 1 object is of unknown age (no creationTimestamp) and kept for that: --show all names them\n',
  );
});

t.test('where nothing says that anything should go, it is told what would', async (t) => {
  const said = async (...manifests: readonly object[]) =>
    (await steward(['plan', 'janitor', ...files(t, manifests)])).err;
  t.match(
    await said(deployment('web')),
    /^notice: nothing that is looked at has janitor\/ttl or janitor\/expires, and there are no rules/,
  );
  t.equal(await said(deployment('web', { annotations: { 'janitor/ttl': '30d' } })), '');
  const unborn = deployment('web', { creationTimestamp: undefined, annotations: { 'janitor/ttl': '30d' } });
  t.notMatch(await said(unborn), 'nothing that');
});

t.test('an option that two controllers take in two senses is noticed', async (t) => {
  const args = files(t, [deployment('old', { annotations: { 'janitor/ttl': '6h' } })]);
  const said = async (...argv: string[]) => (await steward(['plan', ...argv, ...args])).err;
  const kinds = ['--include-resources', 'deployments,statefulsets'];
  t.match(
    await said(...kinds),
    /^notice: --include-resources is taken by the downscaler and the janitor, .*steward plan/,
  );
  t.equal(await said('downscaler', ...kinds), '');
  t.equal(await said('janitor', ...kinds), '');
  t.equal(await said('--deployment-time-annotation', 'deployed-at'), '', 'one sense for both');
  const pattern = ['--exclude-namespaces', 't.*'];
  t.match(await said('janitor', ...pattern), 'notice: --exclude-namespaces: "t.*" can be the name of no namespace');
  t.equal(await said('downscaler', ...pattern), '');
  const { out } = await steward(['plan', '--help']);
  t.match(out, /What is put to sleep \(downscaler\):[^]*Where it looks \(janitor\):/);
  t.match(out, /Without CONTROLLER all of them are asked: downscaler, janitor/);
});

t.test('too much at once is shown, and said to be held', async (t) => {
  const many = Array.from({ length: 60 }, (_, index) =>
    deployment(`web-${index}`, { annotations: { 'janitor/ttl': '1h' } }),
  );
  const plan = async (args: readonly string[]) =>
    (JSON.parse((await steward(['plan', 'janitor', ...args, '-o', 'json'])).out) as { summary: object }).summary;
  t.same(await plan(files(t, many)), { delete: 60, wouldTrip: true });
  t.same(await plan(files(t, many.slice(0, 50))), { delete: 50 });
  const { out } = await steward(['plan', 'janitor', ...files(t, many)]);
  t.match(
    out,
    /60 of 60 deployments\.apps would be deleted .* a person runs "steward janitor ack kind\/deployments\.apps"/,
  );
  t.notMatch(out, '--yes', 'which is no option of the janitor');
  const others = deployment('other', { namespace: 'lab', annotations: { 'janitor/ttl': '1h' } });
  t.same(
    await plan([...files(t, [...many, others]), '-n', 'lab']),
    { delete: 1, wouldTrip: true },
    'held with the rest',
  );
  const young = deployment('young', { namespace: 'lab', annotations: { 'janitor/ttl': '9d' } });
  t.same(await plan([...files(t, [...many, young]), '-n', 'lab']), { none: 1 }, 'nothing that is shown would be held');
});

t.test('a file that cannot be read may hold an owner, a user of a claim, or something protected', async (t) => {
  const folder = t.testdir();
  const owned = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...deployment('web-1').metadata,
      annotations: { 'janitor/ttl': '1h' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r-1', controller: true }],
    },
  };
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'pr-1', creationTimestamp: '2026-11-20T12:00:00Z', annotations: { 'janitor/ttl': '1h' } },
  };
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
  };
  writeFileSync(
    join(folder, 'all.json'),
    [owned, namespace, claim].map((each) => JSON.stringify(each)).join('\n---\n'),
  );
  const args = ['--from', folder, '--config', join(FIXTURES, 'janitor.yaml'), '--at', FRIDAY_EVENING, '-o', 'json'];
  t.same(saidIn(await steward(['plan', 'janitor', ...args])), [
    'Namespace/pr-1 delete TimeToLiveExpired',
    'PersistentVolumeClaim/data delete TimeToLiveExpired',
    'Pod/web-1 delete TimeToLiveExpired',
  ]);
  writeFileSync(join(folder, 'broken.yaml'), 'kind: [');
  const doubtful = await steward(['plan', 'janitor', ...args]);
  t.equal(doubtful.code, 1);
  t.same(saidIn(doubtful), [
    'Namespace/pr-1 blocked InsideUnknown',
    'PersistentVolumeClaim/data blocked ReferencesUnknown',
    'Pod/web-1 blocked OwnerUnknown',
  ]);
});

t.test('kinds without a namespace are left alone unless they are included', async (t) => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'preview', creationTimestamp: '2026-11-20T12:00:00Z', annotations: { 'janitor/ttl': '1h' } },
  };
  const said = async (config: object) =>
    saidIn(await steward(['plan', 'janitor', ...files(t, [role], config), '-o', 'json', '--show', 'all']));
  t.same(await said({}), ['ClusterRole/preview none Excluded']);
  t.same(await said({ includeClusterResources: true }), ['ClusterRole/preview delete TimeToLiveExpired']);
});

t.test('a cluster is read with get and list alone, and who may not be seen is neither gone nor unused', async (t) => {
  const cluster = createCluster({ clock: new VirtualClock(Date.parse('2026-11-10T12:00:00Z')) });
  const created = { creationTimestamp: '2026-10-01T12:00:00Z' };
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...deployment('web-5d9').metadata, ...created },
  };
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true };
  cluster.load([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', ...created } },
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'pr-1', annotations: { 'janitor/ttl': '2d' }, ...created },
    },
    { ...deployment('web', { uid: 'd-1', labels: { preview: 'yes' } }), spec: { replicas: 1 } },
    {
      ...set,
      metadata: { ...set.metadata, annotations: { 'janitor/ttl': '1h' }, ownerReferences: [{ ...owner, uid: 'd-1' }] },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'shop', ...created } },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop', ...created } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {
        name: 'kept',
        namespace: 'shop',
        annotations: { 'janitor/protect': 'true', 'janitor/ttl': '1h' },
        ...created,
      },
      spec: {
        replicas: 2,
        template: { spec: { containers: [{ name: 'db', resources: { requests: { cpu: '1', memory: '2Gi' } } }] } },
      },
    },
  ] as never);
  const look = async (...forbidden: string[]) => {
    const faults: FaultRule[] = forbidden.map((each) => ({
      match: { resources: [each] },
      effect: { kind: 'status', code: 403 },
    }));
    const sandbox = await startSandbox({ clock: systemClock, cluster });
    for (const fault of faults) sandbox.faults.add(fault);
    t.teardown(() => sandbox.stop());
    const KUBECONFIG = join(t.testdir({}), 'kubeconfig');
    writeFileSync(KUBECONFIG, sandbox.kubeconfig());
    const config = ['--config', join(FIXTURES, 'janitor.yaml'), '--at', '2026-12-24T12:00:00Z'];
    const run = (...words: string[]) => steward([...words, ...config], { env: { KUBECONFIG } });
    return { sandbox, run };
  };
  const { sandbox, run } = await look();
  t.same(saidIn(await run('plan', 'janitor', '-o', 'json')), [
    'Namespace/pr-1 delete TimeToLiveExpired',
    'Deployment/web delete TimeToLiveExpired',
    'PersistentVolumeClaim/data delete TimeToLiveExpired',
    'StatefulSet/kept blocked Protected',
  ]);
  t.match((await run('plan', 'janitor')).out, /janitor\/protect keeps it: 2 vCPU and 4\.0 GiB requested/);
  t.match((await run('explain', 'rs/web-5d9', '-n', 'shop')).out, /Reason OwnerDecides/);
  const asked = sandbox.requests.all();
  t.ok(asked.every(({ verb }) => verb === 'get' || verb === 'list'));
  const partly = (await look('pods', 'deployments')).run;
  t.same(saidIn(await partly('plan', 'janitor', '-o', 'json')), [
    'Namespace/pr-1 blocked InsideUnknown',
    'PersistentVolumeClaim/data blocked ReferencesUnknown',
    'ReplicaSet/web-5d9 blocked OwnerUnknown',
    'StatefulSet/kept blocked Protected',
  ]);
});
