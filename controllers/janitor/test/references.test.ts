import { createStore, type Resource } from '@kube-steward/kube';
import t from 'tap';
import {
  CLAIM_USER_INDEXES,
  claimUserProjection,
  contextOf,
  isClaimUser,
  referencesOf,
  type ClaimUser,
} from '../src/references.ts';
import { KINDS, object, type KindName } from './decisions.ts';

const project = (of: KindName, spec: unknown): ClaimUser | undefined =>
  claimUserProjection(KINDS[of])(object(of, {}, { spec }));
const volume = { persistentVolumeClaim: { claimName: 'data' } };

t.test('a claim is found wherever a kind has its pod template', async (t) => {
  const rows: readonly [of: KindName, spec: unknown, claims: readonly string[]][] = [
    ['Pod', { volumes: [volume, { emptyDir: {} }] }, ['data']],
    ['Deployment', { template: { spec: { volumes: [volume] } } }, ['data']],
    ['CronJob', { jobTemplate: { spec: { template: { spec: { volumes: [volume] } } } } }, ['data']],
    ['ConfigMap', { workspaces: [{ persistentVolumeClaim: { claimName: 'build' } }] }, ['build']],
    ['ConfigMap', { templates: [{ volumes: [volume] }, { volumes: [volume] }] }, ['data']],
    ['ConfigMap', { source: { persistentVolumeClaimName: 'data' } }, ['data']],
    ['ConfigMap', { volumes: [{ volumeClaimName: 'data' }, { existingClaim: 'other' }] }, ['data', 'other']],
    ['ConfigMap', { source: { pvc: { namespace: 'shop', name: 'data' } } }, ['data']],
  ];
  for (const [of, spec, claims] of rows) t.same(project(of, spec)?.claims, claims, JSON.stringify(spec));
  for (const none of [
    undefined,
    null,
    5,
    [],
    {},
    { volumes: null },
    { volumes: [null] },
    { persistentVolumeClaim: null },
  ])
    t.equal(project('Pod', none), undefined, JSON.stringify(none));
});

t.test('a template without a spec of its own is searched; what a status says is no use', async (t) => {
  const template = { metadata: {}, spec: { volumes: [volume] } };
  t.same(claimUserProjection(KINDS.Pod)(object('Pod', {}, { template }))?.claims, ['data']);
  t.equal(claimUserProjection(KINDS.Pod)(object('Pod', {}, { status: template })), undefined);
});

t.test('a StatefulSet owns the claims that it made, and those alone', async (t) => {
  t.same(project('StatefulSet', { volumeClaimTemplates: [{ metadata: { name: 'data' } }, null, {}] })?.prefixes, [
    'data-web-',
  ]);
});

const users = (...objects: readonly [of: KindName, spec: unknown][]) => {
  const store = createStore<ClaimUser>(CLAIM_USER_INDEXES);
  for (const [index, [of, spec]] of objects.entries()) {
    const user = claimUserProjection(KINDS[of])(object(of, { name: `user-${index}` }, { spec }));
    if (user) store.apply(user);
  }
  return [store];
};
const DATA = { namespace: 'shop', name: 'data' };
const pod = ['Pod', { volumes: [volume] }] as const;
const job = ['Job', { template: { spec: { volumes: [volume] } } }] as const;

t.test('used, unused, or not known', async (t) => {
  t.same(referencesOf(users(), DATA, undefined), { state: 'unused' });
  t.same(referencesOf(users([...job]), DATA, undefined), { state: 'used', by: 'Job/user-0', isMounted: false });
  t.same(referencesOf(users([...job], [...pod]), DATA, undefined), {
    state: 'used',
    by: 'Pod/user-1',
    isMounted: true,
  });
  t.same(referencesOf(users([...pod]), { ...DATA, namespace: 'other' }, undefined), { state: 'unused' });
  const unread = 'cronjobs may not be read';
  t.same(referencesOf(users(), DATA, unread), { state: 'unknown', why: unread });
  t.same(referencesOf(users([...job]), DATA, unread), { state: 'unknown', why: unread }, 'a pod may have it mounted');
  t.match(referencesOf(users([...pod]), DATA, unread), { state: 'used' }, 'what is seen is known');
});

t.test('a rule sees what kube-janitor would have shown it', async (t) => {
  const context = (mounted: boolean, referenced: boolean) => ({
    pvc_is_not_mounted: mounted,
    pvc_is_not_referenced: referenced,
  });
  t.same(contextOf({ state: 'unused' }), context(true, true));
  t.same(contextOf({ state: 'used', by: 'Job/x', isMounted: false }), context(true, false));
  t.same(contextOf({ state: 'used', by: 'Pod/x', isMounted: true }), context(false, false));
});

t.test('kinds that can use a claim, by group', async (t) => {
  const resource = (group: string, plural: string): Resource => ({
    group,
    plural,
    version: 'v1',
    kind: '',
    namespaced: true,
  });
  t.ok(isClaimUser(resource('apps', 'daemonsets')));
  t.ok(isClaimUser(resource('argoproj.io', 'rollouts')));
  t.notOk(isClaimUser(resource('example.org', 'daemonsets')));
  t.notOk(isClaimUser(resource('', 'configmaps')));
});

t.test('a value that loops back, or lies deep, ends the search', async (t) => {
  const loop: Record<string, unknown> = { volumes: [volume] };
  loop['self'] = loop;
  t.same(project('Pod', loop)?.claims, ['data']);
  const deep = Array.from({ length: 1000 }).reduce<object>((inner) => ({ inner }), volume);
  t.equal(claimUserProjection(KINDS.Pod)(object('Pod', {}, { spec: deep })), undefined);
});
