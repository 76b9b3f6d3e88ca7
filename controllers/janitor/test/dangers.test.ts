import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { tripsIn, deleteOf } from '../src/breaker.ts';
import { candidateOf, candidateProjection } from '../src/candidate.ts';
import { guard } from '../src/guard.ts';
import type { Seen } from './decisions.ts';
import {
  DAY,
  HOUR,
  KINDS,
  MINUTE,
  NOW,
  ago,
  annotated,
  decisionOn,
  inShort,
  object,
  observation,
  planOf,
  policy,
  type KindName,
} from './decisions.ts';

/** What has gone wrong with janitors elsewhere, and what stands against it here. */

const DELETED = 'delete TimeToLiveExpired';
const TTL = { ttl: '30m' };
const rule = (more: object = {}) =>
  policy({ rules: [{ id: 'rule', resources: ['*'], jmespath: '`true`', ttl: '30m', ...more }] });
const by = (of: KindName, metadata: object = {}, rest: object = {}) => object(of, { ...metadata }, { ...rest });
const owned = (kind: string, name: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});

t.test(
  'an object that was made again, or changed, after it was looked at: what was decided is bound to its uid and version',
  async (t) => {
    const { metadata } = candidateOf(KINDS.Deployment, policy())(annotated('Deployment', TTL));
    t.match(metadata, { uid: 'uid-1', resourceVersion: '7' });
  },
);

t.test('an annotation that was copied to a child and stayed there', async (t) => {
  const web = object('Deployment', { name: 'web', uid: 'uid-web' });
  const set = annotated('ReplicaSet', TTL, { name: 'web-5d9', ...owned('Deployment', 'web') });
  t.equal(planOf([web, set])['ReplicaSet/web-5d9'], 'none OwnerDecides');
  t.equal(planOf([set])['ReplicaSet/web-5d9'], DELETED, 'its owner is gone: an object like any other');
  const another = object('Deployment', { name: 'web', uid: 'uid-2' });
  t.equal(planOf([another, set])['ReplicaSet/web-5d9'], DELETED, 'another one of its owner’s name is not its owner');
  const said = (seen: KubeObject, rest: Seen) => inShort(decisionOn('ReplicaSet', seen, policy(), rest));
  t.equal(said(set, { owner: 'unknown' }), 'blocked OwnerUnknown');
  t.equal(
    said(annotated('ReplicaSet', { ttl: '2h' }, owned('Deployment', 'web')), { owner: 'unknown' }),
    'none OwnerDecides 13:00',
  );
  t.equal(
    said(annotated('ReplicaSet', { tll: '30m' }, owned('Deployment', 'web')), { owner: 'alive' }),
    'none NoDeadline',
    'and its mistakes are its owner’s',
  );
});

t.test('a rule reaches what is owned only by name, and when it is finished', async (t) => {
  const ended = { status: { conditions: [{ type: 'Failed', status: 'True' }] } };
  const rows: readonly [of: KindName, seen: KubeObject, resources: string, said: string][] = [
    ['Job', by('Job', owned('CronJob', 'nightly'), ended), 'jobs', DELETED],
    ['Job', by('Job', owned('CronJob', 'nightly')), 'jobs', 'blocked OwnerDecides'],
    ['Job', by('Job', owned('CronJob', 'nightly'), ended), '*', 'blocked OwnerDecides'],
    ['Pod', by('Pod', owned('ReplicaSet', 'web'), { status: { phase: 'Failed', reason: 'Evicted' } }), 'pods', DELETED],
    ['Pod', by('Pod', owned('Job', 'nightly'), { status: { phase: 'Succeeded' } }), 'pods', DELETED],
    ['Pod', by('Pod', owned('ReplicaSet', 'web'), { status: { phase: 'Running' } }), 'pods', 'blocked OwnerDecides'],
    ['ReplicaSet', by('ReplicaSet', owned('Deployment', 'web'), ended), 'replicasets', 'blocked OwnerDecides'],
  ];
  for (const [of, seen, resources, expected] of rows)
    t.equal(inShort(decisionOn(of, seen, rule({ resources: [resources] }))), expected, `${of} by ${resources}`);
  const job = by('Job', owned('CronJob', 'nightly'), ended);
  t.equal(
    inShort(decisionOn('Job', job, rule({ resources: ['jobs'] }), { owner: 'unknown' })),
    DELETED,
    'whoever owns it',
  );
});

t.test('a namespace that holds what somebody protects, and those of the system', async (t) => {
  const namespace = (name: string) => annotated('Namespace', TTL, { name });
  const kept = annotated('ConfigMap', { protect: 'true' }, { name: 'evidence', namespace: 'pr-1' });
  t.equal(planOf([namespace('pr-1'), kept])['Namespace/pr-1'], 'blocked HoldsProtected');
  t.equal(planOf([namespace('pr-2'), kept])['Namespace/pr-2'], DELETED);
  const misread = annotated('ConfigMap', { protect: 'yes' }, { name: 'evidence', namespace: 'pr-1' });
  t.equal(planOf([namespace('pr-1'), misread])['Namespace/pr-1'], 'blocked HoldsProtected', 'whatever was meant by it');
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-flannel'])
    t.equal(
      inShort(decisionOn('Namespace', namespace(name), policy({ namespaces: { include: 'all', exclude: new Set() } }))),
      'blocked SystemObject',
      name,
    );
  t.equal(inShort(decisionOn('Namespace', namespace('ops'), policy({ ownNamespace: 'ops' }))), 'blocked OwnObject');
  t.equal(
    inShort(decisionOn('Namespace', object('Namespace', { name: 'pr-1' }), rule())),
    'none NoDeadline',
    '* does not reach it',
  );
});

t.test('what a * would sweep away', async (t) => {
  const rows: readonly [of: KindName, seen: KubeObject, said: string][] = [
    ['ServiceAccount', by('ServiceAccount', { name: 'default' }), 'blocked SystemObject'],
    ['ServiceAccount', by('ServiceAccount', { name: 'builder' }), 'blocked SystemObject'],
    ['ConfigMap', by('ConfigMap', { name: 'kube-root-ca.crt' }), 'blocked SystemObject'],
    ['Lease', by('Lease', { name: 'controller' }), 'blocked SystemObject'],
    ['EndpointSlice', by('EndpointSlice', { name: 'web-x' }), 'blocked SystemObject'],
    ['Service', by('Service', { name: 'kubernetes', namespace: 'default' }), 'blocked SystemObject'],
    ['Deployment', by('Deployment', { labels: { 'app.kubernetes.io/part-of': 'kube-steward' } }), 'blocked OwnObject'],
    ['Secret', by('Secret', { name: 'token' }), 'none NoDeadline'],
    ['PersistentVolumeClaim', by('PersistentVolumeClaim'), 'none NoDeadline'],
    ['PersistentVolume', by('PersistentVolume'), 'none Excluded'],
    ['CustomResourceDefinition', by('CustomResourceDefinition'), 'none Excluded'],
    ['ConfigMap', by('ConfigMap', { name: 'settings' }), DELETED],
  ];
  for (const [of, seen, said] of rows)
    t.equal(inShort(decisionOn(of, seen, rule())), said, `${of}/${seen.metadata.name}`);
  const wide = { ...rule({ allowWildcard: true }), includeClusterResources: true };
  const release = by('Secret', { name: 'sh.helm.release.v1.shop.v3', labels: { owner: 'helm', status: 'deployed' } });
  t.equal(inShort(decisionOn('Secret', release, wide)), 'blocked SystemObject');
  for (const of of [
    'Secret',
    'PersistentVolumeClaim',
    'Namespace',
    'PersistentVolume',
    'CustomResourceDefinition',
  ] as const)
    t.equal(inShort(decisionOn(of, object(of), wide)), DELETED, `${of}, where the rule says so`);
  t.equal(inShort(decisionOn('Secret', object('Secret'), rule({ resources: ['secrets'] }))), DELETED, 'or names it');
  t.equal(
    inShort(decisionOn('ServiceAccount', annotated('ServiceAccount', TTL, { name: 'builder' }))),
    DELETED,
    'its own annotation',
  );
});

t.test('a rule that suddenly matches everything, by a new version or a slip', async (t) => {
  const pinned = rule({ resources: ['apps/v1beta1/deployments'], jmespath: '!(spec.gone)' });
  t.equal(
    inShort(decisionOn('Deployment', object('Deployment'), pinned)),
    'none NoDeadline',
    'it reads another version',
  );
  const sweeping = rule({ jmespath: '!(spec.gone)' });
  const deletes = Array.from({ length: 60 }, (_, index) => {
    const seen = object('Deployment', { name: `web-${index}` });
    return deleteOf(observation('Deployment', seen, sweeping).candidate, decisionOn('Deployment', seen, sweeping));
  });
  t.same(
    tripsIn(deletes, (kind) => (kind === 'deployments.apps' ? 60 : 1000), NOW).map(({ scope }) => scope),
    ['rule/rule', 'kind/deployments.apps', 'namespace/shop'],
    'other kinds do not water it down',
  );
});

t.test('what is not known is not unused', async (t) => {
  const unused = rule({ resources: ['persistentvolumeclaims'], jmespath: '_context.pvc_is_not_mounted' });
  for (const jmespath of ['_context.pvc_is_not_mounted', '!_context.pvc_is_mounted', '!(_context.in_use)'])
    t.equal(
      inShort(
        decisionOn(
          'PersistentVolumeClaim',
          object('PersistentVolumeClaim'),
          rule({ resources: ['persistentvolumeclaims'], jmespath }),
          {
            references: { state: 'unknown', why: 'pods have not been read yet' },
          },
        ),
      ),
      'blocked ReferencesUnknown',
      jmespath,
    );
  t.equal(inShort(decisionOn('PersistentVolumeClaim', object('PersistentVolumeClaim'), unused)), DELETED);
});

t.test('a claim that is a year old when its pod stops', async (t) => {
  const since = rule({
    resources: ['persistentvolumeclaims'],
    jmespath: '_context.pvc_is_not_mounted',
    ttl: '7d',
    since: 'firstMatched',
  });
  const old = object('PersistentVolumeClaim', { creationTimestamp: ago(365 * DAY) });
  const said = (firstMatched?: { rule: string; at: number }) =>
    inShort(decisionOn('PersistentVolumeClaim', old, since, { firstMatched }));
  t.equal(said(), 'none NotYetDue 2026-11-27T12:00:00Z');
  t.equal(said({ rule: 'rule', at: NOW - 6 * DAY }), 'none NotYetDue 2026-11-21T12:00:00Z');
  t.equal(said({ rule: 'rule', at: NOW - 8 * DAY }), DELETED);
  t.equal(
    said({ rule: 'other', at: NOW - 8 * DAY }),
    'none NotYetDue 2026-11-27T12:00:00Z',
    'matched by another rule until now',
  );
  const ended = rule({ resources: ['jobs'], ttl: '30m', since: 'status.completionTime' });
  const job = (status: object) =>
    inShort(decisionOn('Job', object('Job', { creationTimestamp: ago(DAY) }, { status }), ended));
  t.equal(job({ completionTime: ago(10 * MINUTE) }), 'none NotYetDue 12:20');
  t.equal(job({ completionTime: ago(31 * MINUTE) }), DELETED);
  t.equal(job({}), 'none AgeUnknown');
  t.equal(job({ completionTime: 'soon' }), 'invalid RuleFailed');
  t.equal(job({ completionTime: 5 }), 'invalid RuleFailed');
});

t.test('somebody who makes it again, and those who say that it is to be kept', async (t) => {
  const candidate = candidateOf(
    KINDS.Deployment,
    policy(),
  )(annotated('Deployment', TTL, { uid: 'uid-4', labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }));
  const deletes = [1, 2, 3].map((index) => ({ uid: `uid-${index}`, at: NOW - index * MINUTE })).reverse();
  const decision = guard(
    decisionOn('Deployment', annotated('Deployment', TTL)),
    candidate,
    { recreations: { deletes, times: 0 } },
    NOW,
  );
  t.equal(decision.reason, 'RecreationLoop');
  t.match(decision.message, /made again by Flux \(shop\)/);
  const marks: Record<string, string>[] = [
    { 'argocd.argoproj.io/sync-options': 'Prune=false' },
    { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true, Delete=false' },
    { 'argocd.argoproj.io/sync-options': 'Prune=confirm' },
    { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    { 'helm.sh/resource-policy': 'keep' },
  ];
  for (const annotations of marks)
    t.equal(
      inShort(decisionOn('Deployment', object('Deployment', { annotations }), rule())),
      'blocked KeptByAnnotation',
      JSON.stringify(annotations),
    );
  const others = { 'argocd.argoproj.io/sync-options': 'Prune=true', 'helm.sh/resource-policy': 'delete' };
  t.equal(inShort(decisionOn('Deployment', object('Deployment', { annotations: others }), rule())), DELETED);
});

t.test('what is on its way out already', async (t) => {
  const going = annotated('Deployment', TTL, { deletionTimestamp: ago(DAY), finalizers: ['example.org/hold'] });
  t.equal(inShort(decisionOn('Deployment', going)), 'none Terminating');
});

t.test('whoever may annotate may not delete what is worth more, if the kind is switched off', async (t) => {
  for (const of of ['Namespace', 'PersistentVolumeClaim', 'Secret'] as const) {
    const off = policy({ resources: { include: 'all', exclude: [{ plural: KINDS[of].plural }] } });
    t.equal(inShort(decisionOn(of, annotated(of, TTL), off)), 'none Excluded', of);
  }
});

t.test('a Job whose pods would stay', async (t) => {
  t.equal(decisionOn('Job', annotated('Job', TTL)).deletion?.propagation, 'Background');
});

t.test('a clock that is wrong', async (t) => {
  const candidate = candidateOf(KINDS.Deployment, policy())(annotated('Deployment', TTL));
  const due = decisionOn('Deployment', annotated('Deployment', TTL));
  t.equal(guard(due, candidate, { skewMs: 2 * MINUTE }, NOW).reason, 'ClockSkew');
});

t.test('everything at once, after a dry run or a pause', async (t) => {
  const candidate = candidateOf(KINDS.Deployment, policy())(annotated('Deployment', TTL));
  const due = decisionOn('Deployment', annotated('Deployment', TTL));
  t.equal(inShort(guard(due, candidate, { turn: NOW + 5 * MINUTE }, NOW)), 'none WaitsForTurn 12:05');
  t.equal(inShort(decisionOn('Deployment', object('Deployment'), rule({ mode: 'dryRun' }))), 'blocked RuleDryRun');
});

t.test('one bad object, and nothing is deleted any more', async (t) => {
  const bad: KubeObject[] = [
    annotated('Deployment', { ttl: 'soon' }, { name: 'ttl' }),
    annotated('Deployment', { expires: '31.12.2026' }, { name: 'expires' }),
    annotated('Deployment', { tll: '1h' }, { name: 'key' }),
    annotated('Deployment', { protect: 'yes' }, { name: 'protect' }),
    annotated('Deployment', TTL, { name: 'undated', creationTimestamp: null }),
    object('Deployment', { name: 'nulls', annotations: null, labels: null, ownerReferences: null }),
  ];
  t.same(planOf([...bad, annotated('Deployment', TTL, { name: 'good' })]), {
    'Deployment/ttl': 'invalid InvalidAnnotation',
    'Deployment/expires': 'invalid InvalidAnnotation',
    'Deployment/key': 'invalid UnknownAnnotation',
    'Deployment/protect': 'invalid InvalidAnnotation',
    'Deployment/undated': 'none AgeUnknown',
    'Deployment/nulls': 'none NoDeadline',
    'Deployment/good': DELETED,
  });
});

t.test('janitor/protect is an absolute veto, and says whose it is', async (t) => {
  const kept = (annotations: object, labels = {}) =>
    decisionOn(
      'Deployment',
      object('Deployment', { annotations: { 'janitor/protect': 'true', ...annotations }, labels }),
      rule(),
    );
  t.equal(inShort(kept({})), 'blocked Protected');
  t.equal(inShort(kept({ 'janitor/ttl': '30m', 'janitor/expires': '2026-11-20' })), 'blocked Protected');
  t.equal(inShort(kept({ 'janitor/ttl': '2h' })), 'none Protected');
  t.equal(kept({}, { team: 'shop' }).message, 'janitor/protect keeps it (team=shop)');
  t.equal(
    inShort(decisionOn('Deployment', object('Deployment', { annotations: { 'janitor/protect': 'false' } }), rule())),
    DELETED,
  );
});

t.test('quarantine: stopped first, deleted later, brought back when it is not due any more', async (t) => {
  const quarantine = rule({ resources: ['deployments', 'cronjobs', 'configmaps', 'namespaces'], quarantine: '2d' });
  const web = (metadata: object = {}, spec: object = { replicas: 3 }) =>
    decisionOn('Deployment', by('Deployment', metadata, { spec }), quarantine);
  const begun = web();
  t.equal(inShort(begun), 'quarantine Quarantined 2026-11-22T12:00:00Z');
  t.same(begun.changes, [
    { path: '/spec/replicas', from: 3, to: 0 },
    { path: '/metadata/annotations/janitor~1quarantined', to: '2026-11-20T12:00:00Z replicas=3' },
  ]);
  const mark = (since: string) => ({ annotations: { 'janitor/quarantined': `${since} replicas=3` } });
  t.equal(inShort(web(mark(ago(DAY)), { replicas: 0 })), 'none InQuarantine 2026-11-21T12:00:00Z');
  t.equal(inShort(web(mark(ago(2 * DAY + 1000)), { replicas: 0 })), DELETED);
  const extended = web({ annotations: { ...mark(ago(DAY)).annotations, 'janitor/ttl': '2h' } }, { replicas: 0 });
  t.equal(inShort(extended), 'scaleUp QuarantineLifted');
  t.same(extended.changes, [
    { path: '/spec/replicas', to: 3 },
    { path: '/metadata/annotations/janitor~1quarantined', from: `${ago(DAY)} replicas=3` },
  ]);
  t.equal(inShort(web({ annotations: { 'janitor/quarantined': 'x' } })), 'invalid InvalidAnnotation');
  t.match(decisionOn('CronJob', object('CronJob'), quarantine).changes[0], { path: '/spec/suspend', to: true });
  t.equal(
    decisionOn('ConfigMap', object('ConfigMap'), quarantine).changes.length,
    1,
    'nothing to stop, and time to notice',
  );
});

t.test('most objects are let go on arrival', async (t) => {
  const kept = (of: KindName, seen: KubeObject, policies = policy()) =>
    candidateProjection(KINDS[of], policies)(seen) !== undefined;
  t.notOk(kept('Deployment', object('Deployment', { annotations: { 'example.org/ttl': '1h' } })));
  t.notOk(kept('Deployment', annotated('Deployment', { ttl: 'forever' })));
  t.notOk(kept('Deployment', annotated('Deployment', { notified: 'yes' })));
  t.notOk(kept('Deployment', object('Deployment'), rule({ jmespath: 'metadata.labels.preview' })));
  t.notOk(kept('Deployment', object('Deployment'), rule({ ttl: 'forever' })));
  t.notOk(kept('ConfigMap', annotated('ConfigMap', TTL, { namespace: 'kube-system' })));
  for (const annotations of [TTL, { expires: 'x' }, { tll: '1h' }, { protect: 'true' }, { quarantined: ago(HOUR) }])
    t.ok(kept('Deployment', annotated('Deployment', annotations)), JSON.stringify(annotations));
  t.ok(
    kept('ConfigMap', annotated('ConfigMap', { protect: 'true' }, { namespace: 'kube-system' })),
    'it protects what it is in',
  );
  t.ok(kept('Deployment', object('Deployment'), rule()));
});
