import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { start, type Outcome } from '../e2e/programs.ts';
import { findFile, folderOf } from './binaries.ts';
import { contentHash } from './content-hash.ts';
import { groupsOf } from './groups.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SETUP = [process.execPath, '--import', 'tsx', 'test/cluster/setup.ts'];

/** Stands in for Go: notes what it was asked for, and writes what `-o` names; with `BROKEN` half of it. */
const GO = `#!/bin/sh
echo "$*" >>"$HOME/asked"
case "$1" in
mod)
  mkdir -p "$HOME/module/deploy"
  echo crd >"$HOME/module/deploy/vpa-v1-crd-gen.yaml"
  echo "{\\"Dir\\": \\"$HOME/module\\"}" ;;
build)
  while [ "$1" != -o ]; do shift; done
  printf half >"$2"
  [ -z "$BROKEN" ] || { echo 'no space left on device' >&2; exit 1; }
  printf ' and half' >>"$2" ;;
esac
`;

/** A machine with a shell, an empty cache, and nothing else unless `tools` are put on it. */
const machine = (t: Test, tools: Readonly<Record<string, string>>) => {
  const home = t.testdir({ tools, cache: {}, assets: {} });
  for (const tool of Object.keys(tools)) chmodSync(join(home, 'tools', tool), 0o755);
  const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), PATH: `${join(home, 'tools')}:${SHELL_PATH}` };
  const folder = (name: string): string =>
    groupsOf(env)
      .filter((group) => group.name === name)
      .map((group) => folderOf(group, env))
      .join('');
  return {
    env,
    folder,
    assets: join(home, 'assets'),
    setup: (groups: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
      start(t, [...SETUP, ...groups], { env: { ...env, ...more }, cwd: ROOT }).outcome,
    /** What Go was asked for. */
    asked: (): string[] =>
      existsSync(join(home, 'asked')) ? readFileSync(join(home, 'asked'), 'utf8').trimEnd().split('\n') : [],
  };
};
/** Go is elsewhere: where it is not, it would not be missed here. */
const SHELL_PATH = '/usr/bin:/bin';

const put = (folder: string, ...files: readonly string[]): void => {
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), file);
};

t.test('without Go and without programs it says what to install, and fails', async (t) => {
  const { setup, folder } = machine(t, {});
  const { code, err } = await setup(['vpa'], { PATH: '/nowhere' });
  t.equal(code, 1);
  t.match(err, 'install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with what is missing');
  t.same(readdirSync(folder('vpa')), []);
});

t.test('what is built from sources here is built anew when they change', (t) => {
  const folder = t.testdir({ 'go.mod': 'module a', 'main.go': 'package main', 'README.md': 'a' });
  const before = contentHash(folder);
  writeFileSync(join(folder, 'README.md'), 'b');
  t.equal(contentHash(folder), before, 'what is no source does not count');
  writeFileSync(join(folder, 'main.go'), 'package other');
  const changed = contentHash(folder);
  t.not(changed, before);
  writeFileSync(join(folder, 'more.go'), 'package other');
  t.not(contentHash(folder), changed);
  t.end();
});

t.test('what it is asked for and does not know', async (t) => {
  const { setup } = machine(t, {});
  t.match(await setup(['vpa', 'kwock']), {
    code: 64,
    err: 'no group kwock; there are: control-plane, kwok, metrics-server, vpa, karpenter, clients, kubectl\n',
  });
  t.match(await setup(['control-plane'], { KUBERNETES_VERSION: '1.12' }), {
    code: 1,
    err: 'KUBERNETES_VERSION is 1.12: allowed are 1.35, 1.35.4, 1.32, 1.32.13\n',
  });
});

t.test('what is missing is built under another name until it is whole, and what goes with it is copied', async (t) => {
  const { setup, folder, asked } = machine(t, { go: GO });
  const { code, err } = await setup(['vpa']);
  t.equal(code, 0, err);
  t.same(readdirSync(folder('vpa')).sort(), ['vpa-recommender', 'vpa-v1-crd-gen.yaml']);
  t.equal(readFileSync(join(folder('vpa'), 'vpa-recommender'), 'utf8'), 'half and half');
  t.notMatch(asked().join('\n'), new RegExp(`-o ${folder('vpa')}/vpa-recommender `));
  t.match(err, 'vpa 1.8.1: building vpa-recommender (1 of 2)');
});

t.test('only what is missing is made', async (t) => {
  const { setup, folder, asked } = machine(t, { go: GO });
  put(folder('vpa'), 'vpa-recommender');
  t.equal((await setup(['vpa'])).code, 0);
  t.same(asked(), ['mod download -json k8s.io/autoscaler/vertical-pod-autoscaler']);
  t.match(await setup(['vpa']), { code: 0, err: 'vpa 1.8.1: there\n' });
  t.equal(asked().length, 1, 'the second time there is nothing to do');
});

t.test('a build that fails says why, and leaves nothing', async (t) => {
  const { setup, folder } = machine(t, { go: GO });
  const { code, err } = await setup(['vpa'], { BROKEN: 'yes' });
  t.equal(code, 1);
  t.match(err, 'no space left on device');
  t.same(readdirSync(folder('vpa')), []);
});

t.test('two at once do not disturb each other', async (t) => {
  const { setup, folder } = machine(t, { go: GO });
  t.match(await Promise.all([setup(['vpa']), setup(['vpa'])]), [{ code: 0 }, { code: 0 }]);
  t.equal(readFileSync(join(folder('vpa'), 'vpa-recommender'), 'utf8'), 'half and half');
});

t.test('what is in KUBEBUILDER_ASSETS comes before the cache', async (t) => {
  const { setup, folder, assets, env } = machine(t, {});
  const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
  put(folder('control-plane'), ...programs);
  put(assets, 'etcd', 'kubectl');
  t.equal(findFile('etcd', { ...env, KUBEBUILDER_ASSETS: assets }), join(assets, 'etcd'));
  t.equal(findFile('etcd', env), join(folder('control-plane'), 'etcd'));
  t.equal(
    findFile('kube-apiserver', { ...env, KUBEBUILDER_ASSETS: assets }),
    join(folder('control-plane'), 'kube-apiserver'),
    'what is not there comes from the cache',
  );
  t.match(await setup(['control-plane', 'kubectl'], { KUBEBUILDER_ASSETS: assets }), {
    code: 0,
    err: `control-plane 1.35.4: there\nkubectl: ${join(assets, 'kubectl')}\n`,
  });
});

t.test('a program that is nowhere: how to get it', async (t) => {
  const { env } = machine(t, {});
  t.throws(() => findFile('karpenter', env), {
    message:
      'karpenter 1.14.1 is not there: run "npm run cluster:setup karpenter" (needs Go, builds about 4 minutes), or set KUBEBUILDER_ASSETS to a folder that has it',
  });
});
