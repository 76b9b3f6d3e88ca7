import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { breakerOn, deleteOf } from '../src/breaker.ts';
import { candidateOf, candidateProjection } from '../src/candidate.ts';
import { guard } from '../src/guard.ts';
import { matchIdOf } from '../src/since.ts';
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
  policy,
  type KindName,
} from './decisions.ts';
import { decidePoints } from './points/decide.ts';
import { DANGERS } from './points/index.ts';
import { DELETED, ownedBy, rule as ruleFor } from './points/point.ts';

/** What has gone wrong with janitors elsewhere, and what stands against it here. */
decidePoints(t, DANGERS);

const TTL = { ttl: '30m' };
const ENDED = { status: { conditions: [{ type: 'Failed', status: 'True' }] } };
const rule = (more: object = {}) => policy({ rules: [ruleFor({ ...more })] });

t.test(
  'an object that was made again, or changed, after it was looked at: what was decided is bound to its uid and version',
  async (t) => {
    const { metadata } = candidateOf(KINDS.Deployment, policy())(annotated('Deployment', TTL));
    t.match(metadata, { uid: 'uid-1', resourceVersion: '7' });
  },
);

t.test('what nobody knows the owner of is kept until somebody does, where it depends on that', async (t) => {
  const set = (annotations: Readonly<Record<string, string>>) =>
    annotated('ReplicaSet', annotations, ownedBy('Deployment', 'web'));
  const said = (of: KindName, seen: KubeObject, by = policy()) =>
    inShort(decisionOn(of, seen, by, { owner: 'unknown' }));
  t.equal(said('ReplicaSet', set(TTL)), 'blocked OwnerUnknown');
  t.equal(said('ReplicaSet', set({ ttl: '2h' })), 'none OwnerDecides 13:00');
  const ended = { status: { conditions: [{ type: 'Failed', status: 'True' }] } };
  const job = object('Job', ownedBy('CronJob', 'nightly'), ended);
  t.equal(said('Job', job, rule({ resources: ['jobs'] })), DELETED, 'whoever owns it');
});

t.test('the namespace that the janitor itself runs in', async (t) => {
  const ops = annotated('Namespace', TTL, { name: 'ops' });
  t.equal(inShort(decisionOn('Namespace', ops, policy({ ownNamespace: 'ops' }))), 'blocked OwnObject');
  const account = object('ConfigMap', { name: 'rules', namespace: 'ops' });
  const said = (seen: KubeObject) =>
    inShort(decisionOn('ConfigMap', seen, policy({ ownNamespace: 'ops', rules: [ruleFor({})] })));
  t.equal(said(account), 'blocked OwnObject', 'rules delete nothing in it');
  t.equal(said(annotated('ConfigMap', TTL, { namespace: 'ops' })), DELETED, 'somebody has said so on this very object');
  t.equal(said(object('ConfigMap')), DELETED);
});

t.test('a finished child that may have been meant to be protected', async (t) => {
  const said = (annotations: Readonly<Record<string, string>>, rules: readonly unknown[]) =>
    inShort(
      decisionOn(
        'Job',
        { ...annotated('Job', annotations, ownedBy('CronJob', 'nightly')), ...ENDED },
        policy({ rules }),
        { owner: 'alive' },
      ),
    );
  const jobs = [ruleFor({ resources: ['jobs'] })];
  t.equal(said({}, jobs), DELETED);
  t.equal(said({ protect: 'yes' }, jobs), 'invalid InvalidAnnotation');
  t.equal(said({ protected: 'true' }, jobs), 'invalid UnknownAnnotation');
  t.equal(said({ protected: 'true' }, []), 'none NoDeadline', 'a copy that changes nothing is no matter');
});

t.test('a rule that asks who uses an object, of what is no volume claim', async (t) => {
  const by = policy({ rules: [ruleFor({ jmespath: '!(_context.pvc_is_not_mounted)' })] });
  t.equal(inShort(decisionOn('Deployment', object('Deployment'), by)), 'invalid RuleFailed');
  const positive = policy({ rules: [ruleFor({ jmespath: '_context.pvc_is_not_mounted' })] });
  t.equal(inShort(decisionOn('Deployment', object('Deployment'), positive)), 'none NoDeadline');
});

t.test('a rule that suddenly matches everything, by a new version or a slip', async (t) => {
  const sweeping = rule({ jmespath: '!(spec.gone)' });
  const deletes = Array.from({ length: 60 }, (_, index) => {
    const seen = object('Deployment', { name: `web-${index}` });
    return deleteOf(observation('Deployment', seen, sweeping).candidate, decisionOn('Deployment', seen, sweeping));
  });
  t.same(
    breakerOn(deletes, (kind) => (kind === 'deployments.apps' ? 60 : 1000), NOW).state.trips.map(({ scope }) => scope),
    ['rule/rule'],
    'other kinds do not water it down',
  );
});

t.test('what is not known is not unused', async (t) => {
  const unused = rule({ resources: ['persistentvolumeclaims'], jmespath: '_context.pvc_is_not_mounted' });
  for (const jmespath of ['_context.pvc_is_not_mounted', '!(_context.pvc_is_not_referenced)'])
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
  t.equal(said({ rule: matchIdOf(since.rules[0]!), at: NOW - 6 * DAY }), 'none NotYetDue 2026-11-21T12:00:00Z');
  t.equal(said({ rule: matchIdOf(since.rules[0]!), at: NOW - 8 * DAY }), DELETED);
  t.equal(
    said({ rule: 'other', at: NOW - 8 * DAY }),
    'none NotYetDue 2026-11-27T12:00:00Z',
    'matched by another rule until now',
  );
});

t.test('somebody who makes it again', async (t) => {
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
});

t.test('what a quarantine changes, and changes back', async (t) => {
  const quarantine = rule({ resources: ['deployments', 'cronjobs', 'configmaps'], quarantine: '2d' });
  const changes = (of: KindName, seen: KubeObject) => decisionOn(of, seen, quarantine).changes;
  t.same(changes('Deployment', object('Deployment', {}, { spec: { replicas: 3 } })), [
    { path: '/spec/replicas', from: 3, to: 0 },
    { path: '/metadata/annotations/janitor~1quarantined', to: '2026-11-20T12:00:00Z replicas=3' },
  ]);
  const mark = `${ago(DAY)} replicas=3`;
  const extended = annotated('Deployment', { quarantined: mark, ttl: '2h' });
  t.same(changes('Deployment', { ...extended, spec: { replicas: 0 } } as KubeObject), [
    { path: '/spec/replicas', to: 3 },
    { path: '/metadata/annotations/janitor~1quarantined', from: mark },
  ]);
  t.match(changes('CronJob', object('CronJob'))[0], { path: '/spec/suspend', to: true });
  t.equal(changes('ConfigMap', object('ConfigMap')).length, 1, 'nothing to stop, and time to notice');
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
