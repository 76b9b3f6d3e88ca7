import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VirtualClock } from '@kube-steward/schedule';
import t from 'tap';
import {
  createLogger,
  createLoopLagCheck,
  createMetrics,
  createReconcileLoop,
  createWorkQueue,
  redactAnnotations,
  startHealthServer,
  type HealthCheck,
} from '../src/index.ts';

const metrics = (): ReturnType<typeof createMetrics> =>
  createMetrics({ name: 'downscaler', version: '1.2.3', process: false });

const serve = async (readyz: HealthCheck[], healthz: HealthCheck[] = []) => {
  const server = await startHealthServer({ port: 0, host: '127.0.0.1', readyz, healthz, metrics: metrics() });
  const get = async (path: string, method = 'GET'): Promise<{ status: number; text: string; allow: string | null }> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return { status: response.status, text: await response.text(), allow: response.headers.get('allow') };
  };
  return { server, get };
};

t.test('/readyz and /healthz answer ok, and ?verbose with every check', async (t) => {
  const state: { problem?: string } = {};
  const { server, get } = await serve([{ name: 'informers', check: () => state.problem }]);
  t.match(await get('/readyz'), { status: 200, text: /^ok$/ });
  t.match(await get('/readyz?verbose'), { status: 200, text: '[+]ping ok\n[+]informers ok\nreadyz check passed\n' });
  t.match(await get('/healthz?verbose'), { status: 200, text: '[+]ping ok\nhealthz check passed\n' });
  state.problem = 'deployments.apps not synced';
  t.match(await get('/readyz'), {
    status: 500,
    text: '[+]ping ok\n[-]informers failed: deployments.apps not synced\nreadyz check failed\n',
  });
  t.match(await get('/healthz'), { status: 200 });
  await server.close();
});

t.test('a check that throws has failed', async (t) => {
  const broken = (): string => {
    throw new Error('broken');
  };
  const { server, get } = await serve([{ name: 'x', check: broken }]);
  t.match(await get('/readyz'), { status: 500, text: /x failed: broken/ });
  await server.close();
});

t.test('other paths are 404, other methods 405, HEAD has no body', async (t) => {
  const { server, get } = await serve([]);
  t.match(await get('/'), { status: 404, text: /\/healthz, \/readyz, \/metrics/ });
  t.match(await get('/toString'), { status: 404 });
  t.match(await get('/metrics', 'POST'), { status: 405, allow: 'GET, HEAD' });
  t.match(await get('/healthz', 'HEAD'), { status: 200, text: '' });
  t.match(await get('/metrics'), {
    status: 200,
    text: /kube_steward_build_info\{controller="downscaler",version="1.2.3"/,
  });
  await server.close();
});

t.test('a port in use is an error that says what to do', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const start = startHealthServer({ port, host: '127.0.0.1', readyz: [], healthz: [], metrics: metrics() });
  await t.rejects(start, { code: 'PortInUse', message: /--health-port, or 0 for none/ });
  other.close();
});

t.test('the event loop check fails once for a stall, however seldom the loop was late', (t) => {
  const histogram = { max: 2e9, reset: () => (histogram.max = 0) };
  const check = createLoopLagCheck(histogram);
  t.equal(check.check(), undefined, 'two seconds are no harm');
  t.equal(check.check(), undefined, 'nothing measured yet');
  histogram.max = 9e9;
  t.equal(check.check(), 'stood still for 9000 ms');
  t.equal(check.check(), undefined, 'it is over');
  const real = createLoopLagCheck();
  t.equal(real.check(), undefined);
  real.stop();
  t.end();
});

t.test('queue and loop metrics carry the names of controller-runtime, from 0 on', async (t) => {
  const clock = new VirtualClock(0);
  const all = metrics();
  const before = await all.render();
  for (const result of ['success', 'error', 'requeue', 'requeue_after'])
    t.match(before, `controller_runtime_reconcile_total{controller="downscaler",result="${result}"} 0`);
  const queue = createWorkQueue({ clock, name: 'downscaler', metrics: all.queue });
  const log = createLogger({ name: 'x', level: 'silent', clock, destination: { write: () => true } });
  const reconcile = (key: string): Promise<undefined> =>
    key === 'bad' ? Promise.reject(new Error('boom')) : Promise.resolve(undefined);
  const loop = createReconcileLoop({ queue, clock, log, reconcile, concurrency: 2, metrics: all.reconcile });
  for (const key of ['good', 'bad', 'good']) queue.add(key);
  clock.advance(20);
  const stop = new AbortController();
  const over = loop.run(stop.signal);
  await queue.whenIdle();
  stop.abort();
  await over;
  const text = await all.render();
  const both = '{name="downscaler",controller="downscaler"}';
  for (const line of [
    'controller_runtime_reconcile_total{controller="downscaler",result="success"} 1',
    'controller_runtime_reconcile_total{controller="downscaler",result="error"} 1',
    'controller_runtime_reconcile_errors_total{controller="downscaler"} 1',
    'controller_runtime_terminal_reconcile_errors_total{controller="downscaler"} 0',
    'controller_runtime_reconcile_panics_total{controller="downscaler"} 0',
    'controller_runtime_reconcile_timeouts_total{controller="downscaler"} 0',
    'controller_runtime_max_concurrent_reconciles{controller="downscaler"} 2',
    'controller_runtime_active_workers{controller="downscaler"} 0',
    'controller_runtime_reconcile_time_seconds_count{controller="downscaler"} 2',
    `workqueue_adds_total${both} 2`,
    `workqueue_retries_total${both} 1`,
    `workqueue_queue_duration_seconds_sum${both} 0.04`,
    `workqueue_queue_duration_seconds_count${both} 2`,
    'workqueue_queue_duration_seconds_bucket{le="0.01",name="downscaler",controller="downscaler"} 0',
    'workqueue_queue_duration_seconds_bucket{le="0.1",name="downscaler",controller="downscaler"} 2',
    'workqueue_queue_duration_seconds_bucket{le="+Inf",name="downscaler",controller="downscaler"} 2',
    `workqueue_work_duration_seconds_count${both} 2`,
    `workqueue_unfinished_work_seconds${both} 0`,
    `workqueue_longest_running_processor_seconds${both} 0`,
  ])
    t.match(text, `${line}\n`);
});

t.test('client, leader, informer and event metrics', async (t) => {
  const all = metrics();
  const request = { verb: 'patch', method: 'PATCH', host: 'api:443', durationMs: 20, rateLimitedMs: 0 } as const;
  all.onRequest({ ...request, code: 200, retries: 2 });
  all.onRequest({ ...request, code: 0, retries: 0 });
  all.setLeader(true);
  all.onEvent('sent');
  all.watchRelists('pods');
  all.onRelist('pods', 'expired');
  all.watchInformers(() => [
    { resource: 'deployments.apps', objects: 7, secondsSinceContact: 3 },
    { resource: 'pods', objects: 0, secondsSinceContact: undefined },
  ]);
  all.counter({ name: 'kube_steward_x_total', help: 'x', labels: ['reason'] }).inc({ reason: 'y' });
  const text = await all.render();
  for (const line of [
    'rest_client_requests_total{code="200",method="PATCH",host="api:443"} 1',
    'rest_client_requests_total{code="<error>",method="PATCH",host="api:443"} 1',
    'rest_client_request_retries_total{code="200",verb="PATCH",host="api:443"} 2',
    'rest_client_request_duration_seconds_count{verb="PATCH",host="api:443"} 2',
    'rest_client_rate_limiter_duration_seconds_count{verb="PATCH",host="api:443"} 2',
    'leader_election_master_status{name="downscaler"} 1',
    'kube_steward_events_total{controller="downscaler",outcome="sent"} 1',
    'kube_steward_events_total{controller="downscaler",outcome="overflowed"} 0',
    'informer_objects{resource="deployments.apps"} 7',
    'informer_relists_total{resource="pods",reason="expired"} 1',
    'informer_relists_total{resource="pods",reason="watchError"} 0',
    'informer_last_contact_seconds{resource="deployments.apps"} 3',
    'kube_steward_x_total{reason="y"} 1',
  ])
    t.match(text, `${line}\n`);
  t.notMatch(text, 'informer_last_contact_seconds{resource="pods"}');
});

t.test('log lines have the names people filter by, and hold no secrets', (t) => {
  const lines: unknown[] = [];
  const clock = new VirtualClock('2026-11-20T19:30:00Z');
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
  const log = createLogger({ name: 'downscaler', level: 'info', clock, destination, dryRun: true });
  log.info({ namespace: 'shop', name: 'cart', action: 'scaleDown', reason: 'OutsideUptime' }, 'asleep until 07:30');
  log.debug('not shown');
  log.error({ error: new Error('boom'), annotations: { 'ci/token': 'abc', 'downscaler/uptime': 'always' } }, 'failed');
  t.match(lines, [
    {
      level: 'info',
      time: '2026-11-20T19:30:00.000Z',
      controller: 'downscaler',
      dryRun: true,
      namespace: 'shop',
      name: 'cart',
      action: 'scaleDown',
      reason: 'OutsideUptime',
      msg: 'asleep until 07:30',
    },
    {
      level: 'error',
      error: { message: 'boom' },
      annotations: { 'ci/token': '[redacted]', 'downscaler/uptime': 'always' },
    },
  ]);
  t.equal(lines.length, 2);
  t.end();
});

t.test('values that look like secrets are redacted whatever their key', (t) => {
  const secret = [
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    '-----BEGIN RSA PRIVATE KEY-----',
    'Bearer abcdefgh12345',
    'postgres://app:hunter2@db/x',
    'ghp_0123456789abcdef',
  ];
  for (const value of secret) t.same(redactAnnotations({ note: value }), { note: '[redacted]' }, value);
  const plain = ['Mon-Fri 07:30-20:30 Europe/Berlin', '3', 'https://example.com/a@b', 'true'];
  for (const value of plain) t.same(redactAnnotations({ note: value }), { note: value }, value);
  t.same(redactAnnotations({ 'kubectl.kubernetes.io/last-applied-configuration': '{}' }), {
    'kubectl.kubernetes.io/last-applied-configuration': '[redacted]',
  });
  t.equal(redactAnnotations(undefined), undefined);
  t.end();
});
