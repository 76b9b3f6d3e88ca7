import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, KubeObject, Unstructured } from '@kube-steward/kube';
import t from 'tap';
import { openConfigMaps } from '../src/archive/config-maps.ts';
import { openFolder } from '../src/archive/folder.ts';
import { archivable, restorable, type Archived } from '../src/archive/manifest.ts';

const object = (change: Record<string, unknown> = {}): Unstructured => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop', uid: 'uid-1', resourceVersion: '7' },
  ...change,
});
const archived = (manifest: Unstructured, deletedAt = '2026-11-20T19:41:00Z'): Archived => ({
  deletedAt,
  reason: 'TimeToLiveExpired',
  manifest,
});

t.test('of a Secret the keys are kept, and no value', async (t) => {
  const secret = object({
    kind: 'Secret',
    data: { password: 'aHVudGVyMg==' },
    stringData: { token: 'hunter2' },
    metadata: {
      name: 'login',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"aHVudGVyMg=="}', team: 'a' },
      managedFields: [{ manager: 'kubectl' }],
    },
  });
  const kept = archivable(secret);
  t.same(kept['data'], { password: '' });
  t.same(kept['stringData'], { token: '' });
  t.same(kept.metadata, { name: 'login', annotations: { team: 'a' } });
  t.notMatch(JSON.stringify(kept), /aHVudGVyMg|hunter2/);
  t.match(secret, { data: { password: 'aHVudGVyMg==' } }, 'the object itself is left as it is');
});

t.test('of anything else all is kept', async (t) => {
  t.same(archivable(object({ data: { a: 'b' } })), object({ data: { a: 'b' } }));
});

t.test('what is restored is a new object, which nothing makes due', async (t) => {
  const manifest = object({
    status: { phase: 'Active' },
    data: { a: 'b' },
    metadata: {
      ...object().metadata,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'janitor/ttl': '1h', 'janitor/expires': '2026-02-01', team: 'a' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'uid-0' }],
    },
  });
  t.same(restorable(archived(manifest), 'janitor'), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { a: 'b' },
    metadata: { name: 'settings', namespace: 'shop', annotations: { team: 'a' } },
  });
});

t.test('a folder keeps manifests, for its owner alone, the newest first', async (t) => {
  const path = join(t.testdir(), 'archive');
  const first = archived(object(), '2026-11-20T19:41:00Z');
  const other = object({ kind: 'Secret', metadata: { name: 'login', uid: 'uid-2' } });
  const second = archived(other, '2026-11-20T19:42:00Z');
  t.same(await openFolder(path).list(), [], 'nothing yet');
  const archive = openFolder(path);
  await archive.keep(first);
  await archive.keep(second);
  t.same(await openFolder(path).list(), [second, first]);
  t.same(readdirSync(path), ['20261120T194100Z-uid-1.json', '20261120T194200Z-uid-2.json']);
});

t.test('a full folder lets go of the oldest, also of what was there before', async (t) => {
  const path = join(t.testdir(), 'archive');
  const at = (minute: number) =>
    archived(object({ metadata: { name: 'settings', uid: `uid-${minute}` } }), `2026-11-20T19:${minute}:00Z`);
  const size = JSON.stringify(at(10), undefined, 2).length;
  for (let minute = 10; minute < 14; minute += 1) await openFolder(path, 3 * size).keep(at(minute));
  t.same(
    (await openFolder(path).list()).map(({ deletedAt }) => deletedAt),
    ['2026-11-20T19:13:00Z', '2026-11-20T19:12:00Z', '2026-11-20T19:11:00Z'],
  );
});

t.test('an object that is kept before each attempt to delete it takes up one place', async (t) => {
  const { client, names } = configMaps();
  const archives = [openFolder(join(t.testdir(), 'archive')), openConfigMaps(client, 'kube-steward', 3)];
  for (const archive of archives) {
    await archive.keep(archived(object({ metadata: { name: 'other', uid: 'uid-0' } }), '2026-11-20T19:00:00Z'));
    for (let minute = 10; minute < 20; minute += 1)
      await archive.keep(archived(object(), `2026-11-20T19:${minute}:00Z`));
    t.same(
      (await archive.list()).map(({ deletedAt }) => deletedAt),
      ['2026-11-20T19:19:00Z', '2026-11-20T19:00:00Z'],
    );
  }
  t.equal(names().length, 2);
});

/** Those of one namespace. */
const configMaps = () => {
  const kept = new Map<string, KubeObject>();
  const client = {
    list: () => Promise.resolve({ items: [...kept.values()] }),
    create: (_resource: unknown, body: KubeObject) => Promise.resolve(kept.set(body.metadata.name, body)),
    delete: (_resource: unknown, { name }: { name: string }) => Promise.resolve(kept.delete(name)),
  };
  return { client: client as unknown as Client, names: () => [...kept.keys()] };
};

t.test('a folder that could not be read is tried again', async (t) => {
  const place = t.testdir({ archive: 'a file, and no folder' });
  const path = join(place, 'archive');
  const archive = openFolder(path);
  await t.rejects(archive.keep(archived(object())));
  rmSync(path);
  await archive.keep(archived(object()));
  t.equal((await openFolder(path).list()).length, 1);
});

t.test('what was stopped before it was deleted comes back as it was before that', async (t) => {
  const OWN = 'janitor/quarantined';
  const WITH = 'kube-steward.io/stopped-with-namespace';
  const rows: readonly [annotations: Record<string, string>, spec: object][] = [
    [{ [OWN]: '2026-11-20T19:00:00Z replicas=3' }, { replicas: 3 }],
    [{ [WITH]: '2026-11-20T19:00:00Z replicas=3' }, { replicas: 3 }],
    [{ [OWN]: '2026-11-20T19:00:00Z replicas=0', [WITH]: '2026-11-20T18:00:00Z replicas=3' }, { replicas: 3 }],
    [{ [OWN]: '2026-11-20T19:00:00Z replicas=default' }, {}],
    [{ [OWN]: 'yesterday' }, { replicas: 0 }],
    [{ team: 'a' }, { replicas: 0 }],
  ];
  for (const [annotations, spec] of rows) {
    const stopped = object({ metadata: { name: 'web', annotations }, spec: { replicas: 0 } });
    const { metadata, ...rest } = restorable(archived(stopped), 'janitor');
    t.same(rest['spec'], spec, JSON.stringify(annotations));
    t.notMatch(Object.keys(metadata.annotations ?? {}).join(), /quarantined|stopped-with/);
  }
});
