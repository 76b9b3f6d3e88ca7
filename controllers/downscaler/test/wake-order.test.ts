import type { KubeObject, Unstructured } from '@kube-steward/kube';
import { deployment, hpa, namespace, simulateWorkloads, statefulSet, SANDBOX_ANNOTATIONS } from '@kube-steward/sandbox';
import { RESOURCES } from '@kube-steward/kube';
import t from 'tap';
import { createStage } from './controller-stage.ts';
import { decisionsOn, inShort, ownerOf, prefixed } from './decisions.ts';
import { createLooks } from './looks.ts';

const MORNING = Date.parse('2026-11-20T07:00:00Z');
const AT = '2026-11-20T07:00:00Z';
const ARGV = ['--default-uptime=Mon-Sun 07:00-20:00 UTC', '--include-resources=deployments,statefulsets'];

const asleep = (name: string, order?: string, more: Record<string, string> = {}): Unstructured =>
  deployment({
    name,
    namespace: 'shop',
    replicas: 0,
    annotations: prefixed({ 'original-replicas': '2', ...(order !== undefined && { 'wake-order': order }), ...more }),
  });

/** The same, woken at the second of the transition, with so many of its two pods ready. */
const woken = (name: string, ready: number, order?: string): Unstructured => {
  const { metadata, ...rest } = deployment({ name, namespace: 'shop', replicas: 2 });
  const managedFields = [ownerOf('/spec/replicas', 'kube-steward-downscaler-wake', { time: AT })];
  const annotations = order === undefined ? {} : prefixed({ 'wake-order': order });
  return { ...rest, metadata: { ...metadata, annotations, managedFields }, status: { readyReplicas: ready } };
};

t.test('who waits for whom', (t) => {
  const rows: readonly (readonly [title: string, others: readonly KubeObject[], own: KubeObject, expected: string])[] =
    [
      ['nobody has an order', [asleep('db')], asleep('web'), 'scaleUp InsideUptime 0→2'],
      ['a lower one sleeps', [asleep('db', '-1')], asleep('web'), 'none WaitsForWakeOrder'],
      ['a higher one does not count', [asleep('front', '10')], asleep('web'), 'scaleUp InsideUptime 0→2'],
      ['nor one of the same order', [asleep('db', '5')], asleep('web', '5'), 'scaleUp InsideUptime 0→2'],
      ['without one it is 0', [asleep('db')], asleep('web', '1'), 'none WaitsForWakeOrder'],
      ['a lower one is waking', [woken('db', 1, '-1')], asleep('web'), 'none WaitsForWakeOrder'],
      ['a lower one is back', [woken('db', 2, '-1')], asleep('web'), 'scaleUp InsideUptime 0→2'],
      [
        'a lower one was never asleep',
        [deployment({ name: 'db', namespace: 'shop' })],
        asleep('web', '1'),
        'scaleUp InsideUptime 0→2',
      ],
      [
        'a lower one goes on sleeping',
        [asleep('db', '-1', { uptime: 'never' })],
        asleep('web'),
        'scaleUp InsideUptime 0→2',
      ],
      [
        'a lower one that cannot be woken',
        [asleep('db', '-1', { 'original-replicas': 'many' })],
        asleep('web'),
        'scaleUp InsideUptime 0→2',
      ],
      [
        'a lower one in another namespace',
        [{ ...asleep('db', '-1'), metadata: { ...asleep('db', '-1').metadata, namespace: 'lab' } }],
        asleep('web'),
        'scaleUp InsideUptime 0→2',
      ],
      [
        'its namespace has an order, one of its workloads a lower one',
        [namespace({ name: 'shop', annotations: prefixed({ 'wake-order': '3' }) }), asleep('db', '2')],
        asleep('web'),
        'none WaitsForWakeOrder',
      ],
      [
        'an order of its namespace that cannot be read keeps nobody asleep',
        [namespace({ name: 'shop', annotations: prefixed({ 'wake-order': 'first' }) }), asleep('db', '2')],
        asleep('web'),
        'scaleUp InsideUptime 0→2',
      ],
      [
        'what is not at 0 has no order to keep to',
        [asleep('db', '-1')],
        deployment({ name: 'web', namespace: 'shop', replicas: 2 }),
        'none InsideUptime',
      ],
    ];
  for (const [title, others, own, expected] of rows) {
    const decisions = decisionsOn([...others, own], { argv: ARGV, at: AT });
    t.equal(inShort(decisions.get('Deployment/web')), expected, title);
  }
  t.end();
});

t.test('an autoscaler comes when its target does', (t) => {
  const argv = ['--default-uptime=Mon-Sun 07:00-20:00 UTC'];
  const lowered = prefixed({ 'original-replicas': '3', 'downtime-replicas': '1' });
  const target = deployment({
    name: 'web',
    namespace: 'shop',
    replicas: 1,
    annotations: prefixed({ 'downtime-replicas': '1', 'wake-order': '5' }),
  });
  const scaler = hpa({ name: 'web', namespace: 'shop', minReplicas: 1, annotations: lowered });
  const decisions = decisionsOn([asleep('db'), target, scaler], { argv, at: AT });
  t.equal(inShort(decisions.get('HorizontalPodAutoscaler/web')), 'none WaitsForWakeOrder');
  t.end();
});

t.test('it says whom it waits for, and for how long at most: the wake timeout for each order below', (t) => {
  const decisions = decisionsOn([asleep('cache', '-1'), asleep('db', '-2'), asleep('web')], { argv: ARGV, at: AT });
  t.match(decisions.get('Deployment/web'), {
    message: 'its wake order is 0: Deployment/db (-2) and 1 more must be back first, for 20m at most',
    nextTransition: '2026-11-20T07:20:00Z',
    changes: [],
  });
  t.end();
});

t.test('the longest wait counts from when it was to be woken first', (t) => {
  const looks = createLooks(ARGV);
  looks.show(asleep('db', '-1'), asleep('web'));
  t.equal(looks.look('web', MORNING).nextTransition, '2026-11-20T07:10:00Z');
  t.match(looks.look('web', MORNING + 300_000), { action: 'none', nextTransition: '2026-11-20T07:10:00Z' });
  t.equal(looks.look('web', MORNING + 600_000, { fails: true }).action, 'scaleUp', 'then it comes all the same');
  t.equal(looks.look('web', MORNING + 601_000).action, 'scaleUp', 'and does not begin to wait again');
  t.end();
});

t.test('a value that is no whole number', (t) => {
  t.match(decisionsOn([asleep('web', '1.5')], { argv: ARGV, at: AT }).get('Deployment/web'), {
    action: 'invalid',
    message: 'downscaler/wake-order: "1.5" is no whole number (allowed: 10, 0, -5 and the like)',
  });
  t.end();
});

t.test('waking has a limit of its own, sleeping has none', (t) => {
  const looks = createLooks([...ARGV, '--max-wake-per-minute=1', '--max-changes-per-minute=2']);
  looks.show(asleep('a'), asleep('b'), deployment({ name: 'c', namespace: 'shop' }));
  t.equal(looks.look('a', MORNING).action, 'scaleUp');
  t.match(looks.look('b', MORNING), {
    reason: 'WaitsForTurn',
    message: 'at most 1 workload a minute is woken: its turn comes in 1m',
  });
  t.end();
});

const { deployments, statefulSets } = RESOURCES;
const start = (span: string) => ({ podAnnotations: { [SANDBOX_ANNOTATIONS.podStart]: span } });

t.test('in a cluster, each order is woken once the one before is ready', async (t) => {
  const night = prefixed({ downtime: 'Mon-Sun 20:00-20:05 UTC' });
  const stage = await createStage({
    at: '2026-11-19T19:59:00Z',
    objects: [namespace({ name: 'shop', annotations: night })],
  });
  t.teardown(() => stage.close());
  const simulation = simulateWorkloads(stage.cluster);
  t.teardown(() => simulation.stop());
  const at = (name: string, order?: string) => ({
    namespace: 'shop',
    name,
    replicas: 1,
    ...(order !== undefined && { annotations: prefixed({ 'wake-order': order }) }),
  });
  stage.cluster.create(statefulSets, statefulSet({ ...at('db', '-10'), ...start('70s') }));
  stage.cluster.create(deployments, deployment({ ...at('api'), ...start('30s') }));
  stage.cluster.create(
    deployments,
    deployment({ ...at('broken', '10'), podAnnotations: { [SANDBOX_ANNOTATIONS.fail]: 'image' } }),
  );
  stage.cluster.create(deployments, deployment(at('web', '20')));
  const actor = await stage.start(['--include-resources=deployments,statefulsets', '--grace-period=0']);
  await stage.passTo('2026-11-19T20:30:00Z');
  const woken = stage
    .writes({ verb: 'patch' })
    .filter(({ at: time, resource }) => resource !== 'events' && time >= Date.parse('2026-11-19T20:05:00Z'))
    .map(({ at: time, name = '' }) => `${new Date(time).toISOString().slice(11, 19)} ${name}`);
  t.strictSame(
    woken,
    ['20:05:00 db', '20:06:10 api', '20:06:40 broken', '20:16:40 web'],
    'who is late is waited for no more',
  );
  t.match(
    actor.logs().flatMap(({ msg }) => (/ awake at /.test(String(msg)) ? [msg] : [])),
    ['3 of 4 awake at 20:16, slowest shop/db 1m 10s; 1 incomplete: shop/broken (image)'],
    'and it is one morning',
  );
});
