import t from 'tap';
import { resolveOptions } from '@kube-steward/cli';
import { deleteOf } from '../src/breaker.ts';
import { policyOf } from '../src/configure.ts';
import { JANITOR_OPTIONS } from '../src/options.ts';
import type { Policy } from '../src/policy.ts';
import { NO_RULES, readRules } from '../src/rules.ts';
import { formatAge } from '../src/ttl.ts';
import { HOUR, MINUTE, NOW, annotated, decisionOn, inShort, object, observation, planOf, policy } from './decisions.ts';
import { decidePoints } from './points/decide.ts';
import { KUBE_JANITOR } from './points/index.ts';
import { DELETED, rule } from './points/point.ts';

/** What kube-janitor 20.10 does, point by point: kept as it is, or changed on purpose. */
decidePoints(t, KUBE_JANITOR);

const flags = (...argv: string[]): Policy =>
  policyOf(resolveOptions(JANITOR_OPTIONS, { argv, env: {} }), { rules: NO_RULES });

t.test('kept: flags by their names', async (t) => {
  const said = (...argv: string[]) =>
    inShort(decisionOn('Deployment', annotated('Deployment', { ttl: '30m' }), flags(...argv)));
  t.equal(said('--include-namespaces=shop', '--include-resources=deployments'), DELETED);
  for (const flag of [
    '--include-namespaces=other,team',
    '--exclude-namespaces=other,shop',
    '--include-resources=services,configmaps',
    '--exclude-resources=services,deployments',
  ])
    t.equal(said(flag), 'none Excluded', flag);
  const role = annotated('ClusterRole', { ttl: '30m' });
  t.equal(inShort(decisionOn('ClusterRole', role, flags('--include-cluster-resources'))), DELETED);
});

t.test('changed: a rules file with a mistake is refused whole, with everything that is wrong in it', async (t) => {
  const rule = { id: 'rule', resources: ['pods'], jmespath: 'a', ttl: '1d' };
  t.same(readRules([{ ...rule, description: 'why' }]).rules.length, 1, 'a foreign key is a warning');
  t.equal(readRules([rule, rule]).warnings.length, 1, 'the same id twice');
  for (const bad of [
    { id: 'Rule' },
    { resources: 'pods' },
    { jmespath: 'lower(a)' },
    { jmespath: 'length(a, b)' },
    { ttl: 3 },
  ])
    t.throws(() => readRules([{ ...rule, ...bad }]), JSON.stringify(bad));
});

t.test('changed: where somebody cannot be asked who uses a claim, it is kept, and nothing else is', async (t) => {
  const unknown = { state: 'unknown', why: 'jobs may not be read' } as const;
  const by = policy({
    rules: [rule({ resources: ['persistentvolumeclaims'], jmespath: '_context.pvc_is_not_mounted' })],
  });
  t.equal(
    inShort(decisionOn('PersistentVolumeClaim', object('PersistentVolumeClaim'), by, { references: unknown })),
    'blocked ReferencesUnknown',
  );
  const own = annotated('PersistentVolumeClaim', { ttl: '30m' });
  t.equal(inShort(decisionOn('PersistentVolumeClaim', own, by, { references: unknown })), DELETED);
});

t.test('changed: no code of others is run; the flag for it names what takes its place', async (t) => {
  t.throws(() => flags('--resource-context-hook=module.hook'), /_context\.pvc_is_not_mounted/);
});

t.test('changed: waiting after a delete, and polling, mean nothing here, and are said so', async (t) => {
  const { notices } = resolveOptions(JANITOR_OPTIONS, {
    argv: ['--wait-after-delete=5', '--interval=60', '--debug', '--quiet'],
    env: {},
  });
  t.equal(notices.length, 4);
  for (const notice of notices) t.match(notice, /has no effect/);
});

t.test('kept: names in the environment', async (t) => {
  const env = {
    INCLUDE_RESOURCES: 'deployments',
    EXCLUDE_RESOURCES: 'pods',
    INCLUDE_NAMESPACES: 'shop',
    EXCLUDE_NAMESPACES: 'other',
    RULES_FILE: '/rules.yaml',
  };
  const { values } = resolveOptions(JANITOR_OPTIONS, { argv: [], env });
  t.match(values, {
    includeResources: ['deployments'],
    excludeResources: ['pods'],
    includeNamespaces: ['shop'],
    excludeNamespaces: ['other'],
    rulesFile: '/rules.yaml',
  });
});

t.test('kept: what is counted has the kind and the rule to it', async (t) => {
  const by = policy({ rules: [rule()] });
  const seen = observation('Deployment', object('Deployment'), by);
  t.same(deleteOf(seen.candidate, decisionOn('Deployment', object('Deployment'), by)), {
    kind: 'deployments.apps',
    namespace: 'shop',
    rule: 'rule',
  });
});

t.test('changed: an object is decided on once, by its uid and in one version', async (t) => {
  const twice = [
    annotated('Deployment', { ttl: '30m' }),
    { ...annotated('Deployment', { ttl: '30m' }), apiVersion: 'apps/v1beta2' },
  ];
  t.same(planOf(twice), { 'Deployment/web': DELETED });
});

t.test('kept: the furthest deadline there can be', async (t) => {
  const { action, nextTransition } = decisionOn('Deployment', annotated('Deployment', { ttl: '52000w' }));
  t.match([action, nextTransition], ['none', /^3023-/]);
});

t.test('changed: a notice is guaranteed, and repeated when the deadline moves', async (t) => {
  const by = policy({ noticeMs: 30 * MINUTE });
  const said = (ttl: string, deadline: number, at: number) =>
    inShort(decisionOn('Deployment', annotated('Deployment', { ttl }), by, { notice: { deadline, at } }));
  t.equal(said('80m', NOW + 20 * MINUTE, NOW - 10 * MINUTE), 'none NotYetDue 12:20');
  t.equal(said('50m', NOW - 10 * MINUTE, NOW - 5 * MINUTE), 'none NoticeStands 12:25');
  t.equal(said('50m', NOW - 10 * MINUTE, NOW - 31 * MINUTE), DELETED);
  t.equal(said('80m', NOW - 10 * MINUTE, NOW - HOUR), 'notify DeleteNotification 12:30', 'extended since');
});

t.test('kept: ages that begin in the future or now', async (t) => {
  t.equal(formatAge(0), '0s');
  t.equal(formatAge(-1000), '-1s');
});
