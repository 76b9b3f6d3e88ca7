import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { customObject, customResourceDefinition, deployment, replicaSet, rollout } from '@kube-steward/sandbox';
import { policyOf } from '../src/configure.ts';
import { decideAll } from '../src/decide-all.ts';
import { viewOfManifests } from '../src/view.ts';
import { resolveOptions } from '@kube-steward/cli';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import { FRIDAY_EVENING, decisionsOn, inShort } from './decisions.ts';

const decided = (objects: readonly KubeObject[], ...argv: string[]): string =>
  inShort(decisionsOn(objects, { argv: ['--default-uptime=never', ...argv] }).get('Deployment/api'));

const DOWN = 'scaleDown OutsideUptime 3→0';
const api = (options: Partial<Parameters<typeof deployment>[0]> = {}): KubeObject =>
  deployment({ name: 'api', namespace: 'team', replicas: 3, ...options });

const service = (selector: Record<string, string>, namespace = 'team'): KubeObject =>
  customObject({ apiVersion: 'v1', kind: 'Service', name: 'api', namespace, spec: { selector } });
const reference = { service: { namespace: 'team', name: 'api' } };
const hooks = (kind: string): KubeObject =>
  customObject({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    name: 'policy',
    fields: {
      webhooks: [{ name: 'a.example.org', clientConfig: { url: 'https://example.org' } }, { clientConfig: reference }],
    },
  });
const aggregated = customObject({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  name: 'v1beta1.metrics.k8s.io',
  spec: { service: reference.service },
});
const converted = ((): KubeObject => {
  const definition = customResourceDefinition({ group: 'example.org', version: 'v1', plural: 'caches', kind: 'Cache' });
  const conversion = { strategy: 'Webhook', webhook: { clientConfig: reference } };
  return { ...definition, spec: { ...(definition['spec'] as object), conversion } } as KubeObject;
})();

t.test('what the system or the API server depends on is never put to sleep', (t) => {
  const rows: readonly (readonly [says: string, objects: readonly KubeObject[], expected: string])[] = [
    ['system-cluster-critical', [api({ priorityClassName: 'system-cluster-critical' })], 'none SystemPriority'],
    ['system-node-critical', [api({ priorityClassName: 'system-node-critical' })], 'none SystemPriority'],
    ['another priority', [api({ priorityClassName: 'important' })], DOWN],
    ['part of kube-steward', [api({ labels: { 'app.kubernetes.io/part-of': 'kube-steward' } })], 'none OwnWorkload'],
    [
      'a mutating webhook',
      [api(), service({ app: 'api' }), hooks('MutatingWebhookConfiguration')],
      'none ServesApiServer',
    ],
    [
      'a validating webhook',
      [api(), service({ app: 'api' }), hooks('ValidatingWebhookConfiguration')],
      'none ServesApiServer',
    ],
    ['an aggregated API', [api(), service({ app: 'api' }), aggregated], 'none ServesApiServer'],
    ['a conversion', [api(), service({ app: 'api' }), converted], 'none ServesApiServer'],
    ['a service of other pods', [api(), service({ app: 'web' }), aggregated], DOWN],
    ['a service that selects nothing', [api(), service({}), aggregated], DOWN],
    ['a service of that name elsewhere', [api(), service({ app: 'api' }, 'other'), aggregated], DOWN],
    ['a service that nothing of the API server calls', [api(), service({ app: 'api' })], DOWN],
  ];
  for (const [says, objects, expected] of rows) {
    t.equal(decided(objects), expected, says);
    t.equal(decided(objects, '--sleep-protected=team/api'), DOWN, `${says}, but named one by one`);
    t.equal(decided(objects, '--sleep-protected=team/other'), expected, `${says}, and another is named`);
  }
  t.end();
});

t.test('what is protected and asleep all the same is brought back', (t) => {
  const asleep = deployment({
    name: 'api',
    namespace: 'team',
    replicas: 0,
    priorityClassName: 'system-cluster-critical',
    annotations: { 'downscaler/original-replicas': '2' },
  });
  const decision = decisionsOn([asleep], { argv: ['--default-uptime=never'] }).get('Deployment/api');
  t.equal(inShort(decision), 'scaleUp SystemPriority 0→2');
  t.match(decision?.message, /never put to sleep unless named in sleepProtected; brought back to what it was/);
  t.end();
});

t.test('namespaces of the cluster and our own are protected whatever the list says', (t) => {
  const configured = policyOf(
    resolveOptions(DOWNSCALER_OPTIONS, {
      argv: ['--default-uptime=never', '--exclude-namespaces=playground'],
      env: {},
    }),
    'steward-system',
  );
  const objects = ['kube-system', 'kube-public', 'kube-node-lease', 'steward-system', 'playground', 'kube-systems'].map(
    (namespace) => deployment({ name: 'api', namespace, replicas: 3 }),
  );
  const decisions = [...decideAll(viewOfManifests(objects, configured), configured, Date.parse(FRIDAY_EVENING))];
  t.strictSame(
    decisions.map((decision) => `${String(decision.object.namespace)}: ${inShort(decision)}`),
    [
      'kube-system: none ProtectedNamespace',
      'kube-public: none ProtectedNamespace',
      'kube-node-lease: none ProtectedNamespace',
      'steward-system: none ProtectedNamespace',
      'playground: none ExcludedNamespace',
      `kube-systems: ${DOWN}`,
    ],
  );
  t.end();
});

t.test('a child is left to its owner where the owner is of a kind that can be put to sleep', (t) => {
  const owner = (apiVersion: string, kind: string): KubeObject =>
    customObject({ apiVersion, kind, name: 'main', metadata: { name: 'main', uid: '1' } });
  const stack = owner('zalando.org/v1', 'Stack');
  t.equal(decided([api({ owner: stack })]), 'none OwnedByManagedKind', 'a Deployment of a Stack');
  t.equal(
    decided([api({ owner: rollout({ name: 'main', metadata: { name: 'main', uid: '1' } }) })]),
    'none OwnedByManagedKind',
  );
  t.equal(decided([api({ owner: replicaSet({ name: 'main', metadata: { name: 'main', uid: '1' } }) })]), DOWN);
  const cache = owner('example.org/v1', 'Cache');
  t.equal(decided([api({ owner: cache })]), DOWN, 'an operator we do not know');
  t.equal(
    decided([cache, api({ owner: cache })], '--scale-target=example.org/v1/caches:/spec/replicas=0'),
    'none OwnedByManagedKind',
    'an operator that --scale-target names',
  );
  const gateway = owner('gateway.networking.k8s.io/v1', 'Gateway');
  t.equal(decided([api({ owner: gateway })]), DOWN, 'a kind that is never put to sleep itself');
  t.end();
});
