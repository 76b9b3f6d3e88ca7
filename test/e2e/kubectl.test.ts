import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { findKubectl } from '../tools/kubectl.ts';
import { start, startBundle, type Outcome } from './programs.ts';

const kubectlPath = await findKubectl();

/** `steward sandbox`, and a kubectl that talks to it with the kubeconfig it prints. */
const begin = async (t: Parameters<typeof startBundle>[0]) => {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-home-'));
  t.teardown(() => rmSync(home, { recursive: true, force: true }));
  const sandbox = startBundle(t, 'steward', ['sandbox', '--scenario=small']);
  const [, KUBECONFIG = ''] = await sandbox.says(/^export KUBECONFIG=(.*)$/m);
  const env = { KUBECONFIG, HOME: home };
  const started = (args: readonly string[], input?: string) =>
    start(t, [kubectlPath, ...args], { env, ...(input === undefined ? {} : { input }) });
  const kubectl = async (...args: string[]): Promise<string> => succeeded(args, await started(args).outcome);
  const withInput = async (input: string, ...args: string[]): Promise<string> =>
    succeeded(args, await started(args, input).outcome);
  const listed = (await kubectl('get', 'deployments', '-A', '-o', NAMES)).trim().split('\n');
  const first = listed.find((line) => !line.startsWith('kube-')) ?? '';
  const [namespace = '', name = ''] = first.split(' ');
  return { sandbox, kubectl, withInput, started, web: [`deployment/${name}`, '-n', namespace], namespace, name };
};
const NAMES = 'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}';
const SIZE = 'jsonpath={.spec.replicas}';

const succeeded = (args: readonly string[], { code, out, err }: Outcome): string => {
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit code ${code}\n${out}${err}`);
  return out;
};

t.test('version, get, scale, annotate, patch', async (t) => {
  const { kubectl, started, web, namespace, name } = await begin(t);
  t.match(await kubectl('version'), /Server Version: v1\.35/);
  t.match(await kubectl('api-resources', '--api-group=apps', '-o', 'name'), /deployments\.apps/);
  t.match(await kubectl('get', 'deployments', '-A'), new RegExp(`NAMESPACE +NAME.*\\n(.*\\n)*.* ${name} `));
  t.equal(await kubectl('scale', ...web, '--replicas=7'), `deployment.apps/${name} scaled\n`);
  t.equal(await kubectl('get', ...web, '-o', SIZE), '7');
  t.equal(await kubectl('annotate', ...web, 'downscaler/exclude=true'), `deployment.apps/${name} annotated\n`);
  t.match(await kubectl('get', ...web, '-o', 'yaml'), /downscaler\/exclude: "true"/);
  await kubectl('annotate', ...web, 'downscaler/exclude-');
  t.notMatch(await kubectl('get', ...web, '-o', 'yaml'), /downscaler\/exclude/);
  const patched = `deployment.apps/${name} patched\n`;
  t.equal(await kubectl('patch', ...web, '--type=merge', '-p', '{"spec":{"replicas":1}}'), patched);
  t.equal(
    await kubectl('patch', ...web, '--type=json', '-p', '[{"op":"replace","path":"/spec/replicas","value":2}]'),
    patched,
  );
  const container = `{"spec":{"template":{"spec":{"containers":[{"name":"${name}","env":[{"name":"A","value":"b"}]}]}}}}`;
  t.equal(await kubectl('patch', ...web, '-p', container), patched, 'a strategic merge patch');
  t.equal(await kubectl('get', ...web, '-o', SIZE), '2');
  t.match(await kubectl('describe', ...web), /Replicas: +2 desired/);
  t.match(await kubectl('rollout', 'status', ...web, '--timeout=60s'), /successfully rolled out/);
  const running = ['-n', namespace, '--field-selector=status.phase=Running', '-l', `app=${name}`, '-o', 'name'];
  t.match(await kubectl('get', 'pods', ...running), /^(pod\/.*\n){2,}$/);
  const missing = await started(['get', 'deployment', 'none', '-n', namespace]).outcome;
  t.equal(missing.code, 1);
  t.equal(missing.err, 'Error from server (NotFound): deployments.apps "none" not found\n', 'as a real server says it');
});

t.test('get -w tells changes as they happen', async (t) => {
  const { kubectl, started, web, namespace, name } = await begin(t);
  const watching = started(['get', 'deployment', name, '-n', namespace, '-w', '--output-watch-events']);
  t.ok(await watching.says(new RegExp(`^ADDED +${name} `, 'm')));
  await kubectl('scale', ...web, '--replicas=9');
  t.ok(await watching.says(new RegExp(`^MODIFIED +${name} `, 'm')));
  await kubectl('delete', ...web, '--wait=false');
  t.ok(await watching.says(new RegExp(`^DELETED +${name} `, 'm')));
});

t.test('apply on the client and on the server, delete', async (t) => {
  const { kubectl, withInput, namespace } = await begin(t);
  const manifest = (replicas: number): string =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'applied', namespace },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'applied' } },
        template: {
          metadata: { labels: { app: 'applied' } },
          spec: { containers: [{ name: 'applied', image: 'nginx' }] },
        },
      },
    });
  const apply = (replicas: number, ...flags: string[]): Promise<string> =>
    withInput(manifest(replicas), 'apply', '-f', '-', ...flags);
  t.equal(await apply(1), 'deployment.apps/applied created\n');
  t.equal(await apply(1), 'deployment.apps/applied unchanged\n');
  t.equal(await apply(2), 'deployment.apps/applied configured\n');
  t.equal(await apply(4, '--server-side', '--force-conflicts'), 'deployment.apps/applied serverside-applied\n');
  const applied = ['deployment/applied', '-n', namespace];
  t.equal(await kubectl('get', ...applied, '-o', SIZE), '4');
  t.equal(await kubectl('delete', ...applied), `deployment.apps "applied" deleted from ${namespace} namespace\n`);
  t.equal(await kubectl('get', 'deployment', '-n', namespace, '-o', 'name', '-l', 'app=applied'), '');
});

t.test('made from nothing, rolled out, drained away and deleted, as the simulated controllers do it', async (t) => {
  const { kubectl } = await begin(t);
  const made = ['-n', 'made'];
  await kubectl('create', 'namespace', 'made');
  t.equal(await kubectl('create', 'deployment', 'web', '--image=nginx:1.29', ...made), 'deployment.apps/web created\n');
  await kubectl('wait', 'deployment/web', '--for=condition=Available', '--timeout=60s', ...made);
  t.match(
    await kubectl('get', 'deployment', 'web', ...made),
    /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +1\/1 +1 +1 /,
  );
  await kubectl('set', 'image', 'deployment/web', 'nginx=nginx:1.30', ...made);
  t.match(await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s', ...made), /successfully rolled out/);
  t.match(await kubectl('rollout', 'history', 'deployment/web', ...made), /^1 .*\n2 /m);
  await kubectl('rollout', 'undo', 'deployment/web', ...made);
  const image = 'jsonpath={.spec.template.spec.containers[0].image}';
  t.equal(await kubectl('get', 'deployment/web', '-o', image, ...made), 'nginx:1.29');
  t.match(
    await kubectl('drain', 'worker-b', '--ignore-daemonsets', '--force', '--timeout=60s'),
    /node\/worker-b drained/,
  );
  t.match(await kubectl('get', 'node', 'worker-b'), /Ready,SchedulingDisabled/);
  t.equal(await kubectl('get', 'pods', '-A', '--field-selector=spec.nodeName=worker-b', '-o', 'name'), '');
  await kubectl('uncordon', 'worker-b');
  t.equal(await kubectl('delete', 'namespace', 'made'), 'namespace "made" deleted\n');
  t.equal(await kubectl('get', 'pods', '-o', 'name', ...made), '');
});

t.test('the sandbox ends with Ctrl-C and takes its kubeconfig away', async (t) => {
  const { sandbox } = await begin(t);
  sandbox.child.kill('SIGINT');
  t.match(await sandbox.outcome, { code: 0 });
});
