import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import t from 'tap';
import { startSandbox } from '../src/index.ts';
import { type Ending, deployment, makeCluster, R } from './server/world.ts';

/** `KUBECTL=/path/to/kubectl npx tap test/kubectl.test.ts`: the real client, which no machine has by itself. */
const KUBECTL = process.env['KUBECTL'];
const skip = KUBECTL ? false : 'KUBECTL names no kubectl';

const SHOP = { namespace: 'shop', name: 'web' };
const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { mode: night }
`;

const setup = async (t: Ending, tls: boolean) => {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const { cluster, clock } = makeCluster();
  cluster.create(R.deployments, deployment('web', { replicas: 2 }));
  const sandbox = await startSandbox({ clock, cluster, tls });
  t.teardown(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });
  const config = join(folder, 'config');
  writeFileSync(config, sandbox.kubeconfig('jane'));
  writeFileSync(join(folder, 'settings.yaml'), MANIFEST);
  const flags = ['--kubeconfig', config, '--cache-dir', join(folder, 'cache'), '--namespace', 'shop'];
  const kubectl = async (command: string, ...more: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(KUBECTL ?? '', [...flags, ...command.split(' '), ...more]);
    return stdout.trim();
  };
  return { cluster, folder, flags, kubectl, sandbox };
};

for (const tls of [true, false]) {
  t.test(
    `kubectl gets, scales, annotates, patches, applies and deletes over ${tls ? 'TLS' : 'HTTP'}`,
    { skip },
    async (t) => {
      const { cluster, folder, kubectl, sandbox } = await setup(t, tls);
      t.match(await kubectl('get deployments -A'), /NAMESPACE +NAME +AGE\nshop +web +/);
      t.equal(await kubectl('get deploy web -o jsonpath={.spec.replicas}'), '2');
      t.equal(await kubectl('get deploy -l app=none -o name'), '');

      t.match(await kubectl('scale deploy/web --replicas=5'), 'scaled');
      t.match(await kubectl('annotate deploy web downscaler/exclude=true'), 'annotated');
      t.match(await kubectl('patch deploy web -p', '{"spec":{"paused":true}}'), 'patched');
      t.match(await kubectl('patch deploy web --type=merge -p', '{"spec":{"minReadySeconds":3}}'), 'patched');
      const test =
        '[{"op":"test","path":"/spec/replicas","value":5},{"op":"replace","path":"/spec/replicas","value":0}]';
      t.match(await kubectl('patch deploy web --type=json -p', test), 'patched');
      t.match(cluster.get(R.deployments, SHOP), {
        metadata: { annotations: { 'downscaler/exclude': 'true' } },
        spec: { replicas: 0, paused: true, minReadySeconds: 3 },
      });
      t.match(await kubectl('annotate deploy web downscaler/exclude-'), 'annotated');
      t.notOk(cluster.get(R.deployments, SHOP)?.metadata.annotations?.['downscaler/exclude']);

      const file = join(folder, 'settings.yaml');
      t.match(await kubectl('apply -f', file), 'created');
      t.match(await kubectl('apply -f', file), 'unchanged');
      t.match(await kubectl('apply --server-side -f', file), 'serverside-applied');
      t.match(await kubectl('delete deploy,cm --all --dry-run=server'), /deleted.*\(server dry run\)/s);
      t.match(await kubectl('delete deploy/web cm/settings'), /web" deleted.*settings" deleted/s);
      await t.rejects(kubectl('get deploy web'), /\(NotFound\): deployments.apps "web" not found/);
      // Over plain HTTP kubectl keeps its token to itself.
      const user = tls ? 'jane' : 'system:anonymous';
      t.match(sandbox.requests.mutating({ resource: 'deployments', subresource: 'scale' }), [{ user, verb: 'patch' }]);
    },
  );
}

t.test('kubectl get --watch tells changes as they come', { skip }, async (t) => {
  const { cluster, flags } = await setup(t, true);
  const columns = 'custom-columns=NAME:.metadata.name,REPLICAS:.spec.replicas';
  const watching = spawn(KUBECTL ?? '', [...flags, 'get', 'deploy', '--watch', '--no-headers', '-o', columns]);
  const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => (await lines.next()).value;
  t.match(await next(), /^web +2$/);
  cluster.patch(R.deployments, 'web', { namespace: 'shop', type: 'merge', body: { spec: { replicas: 7 } } });
  t.match(await next(), /^web +7$/);
  cluster.create(R.deployments, deployment('api', { replicas: 1 }));
  t.match(await next(), /^api +1$/);
  watching.kill();
  await once(watching, 'exit');
});
