import { RESOURCES } from '@kube-steward/kube';
import { deployment, hpa, namespace } from '@kube-steward/sandbox';
import t from 'tap';
import { createStage } from './controller-stage.ts';
import { FRIDAY_NOON, OFFICE_HOURS, carriedOut, decisionsOn } from './decisions.ts';

const STATUS = 'downscaler/status';
const OFFICE = `--default-uptime=${OFFICE_HOURS}`;
const api = deployment({ name: 'api', replicas: 3 });

t.test('asleep, it carries why and until when; awake, it is what it was', (t) => {
  const options = { argv: [OFFICE, '--status-annotation'] };
  const [asleep] = carriedOut([api], options);
  t.strictSame(asleep?.metadata.annotations, {
    'downscaler/original-replicas': '3',
    [STATUS]: 'OutsideUptime until 2026-11-23T06:30:00Z: outside uptime since 20:30; up again Mon 07:30',
  });
  if (!asleep) throw new Error('nothing was carried out');
  t.equal(decisionsOn([asleep], options).get('Deployment/api')?.action, 'none', 'and nothing is wrong with that');
  t.strictSame(carriedOut([asleep], { ...options, at: FRIDAY_NOON }), [api]);
  t.strictSame(
    carriedOut([asleep], { argv: [OFFICE], at: FRIDAY_NOON }),
    [api],
    'also when it is not asked for any more',
  );
  t.end();
});

t.test('nobody asked for it: it is not written', (t) => {
  const [asleep] = carriedOut([api], { argv: [OFFICE] });
  t.notOk(asleep?.metadata.annotations?.[STATUS]);
  t.end();
});

t.test('a sleep without an end says so by saying nothing', (t) => {
  const [asleep] = carriedOut([api], { argv: ['--default-uptime=never', '--status-annotation'] });
  t.equal(asleep?.metadata.annotations?.[STATUS], 'OutsideUptime: outside uptime');
  t.end();
});

t.test('an autoscaler that is lowered carries it too', (t) => {
  const objects = [api, hpa({ name: 'api', minReplicas: 2 })];
  const argv = [OFFICE, '--status-annotation', '--downtime-replicas=1'];
  const [target, autoscaler] = carriedOut(objects, { argv });
  t.notOk(target?.metadata.annotations?.[STATUS], 'its target is left to it');
  t.match(autoscaler?.metadata.annotations?.[STATUS], 'OutsideUptime until ');
  t.end();
});

t.test('it costs no request of its own', async (t) => {
  const objects = [
    namespace({ name: 'shop', annotations: { 'downscaler/downtime': 'Mon-Sun 20:00-20:30 UTC' } }),
    deployment({ namespace: 'shop', name: 'web', replicas: 2, creationTimestamp: '2026-01-01T00:00:00Z' }),
  ];
  const stage = await createStage({ at: '2026-11-19T19:59:50Z', objects });
  t.teardown(() => stage.close());
  await stage.start(['--status-annotation']);
  await stage.passTo('2026-11-19T20:10:00Z');
  const status = () => stage.get(RESOURCES.deployments, 'web')?.metadata.annotations?.[STATUS];
  t.equal(status(), 'InsideDowntime until 2026-11-19T20:30:00Z: inside downtime since 20:00; up again 20:30');
  await stage.passTo('2026-11-19T20:31:00Z');
  t.equal(status(), undefined);
  t.equal(stage.writes({ verb: 'patch', resource: 'deployments' }).length, 2);
});
