import t from 'tap';
import { deployment } from '@kube-steward/sandbox';
import { FRIDAY_EVENING, FRIDAY_NOON, OFFICE_HOURS, decisionsOn, inShort } from './decisions.ts';

t.test('a workload outside its uptime goes down, and everything needed to undo it is in the same change', (t) => {
  const checkout = deployment({
    name: 'checkout',
    namespace: 'team-shop',
    replicas: 3,
    annotations: { 'downscaler/uptime': OFFICE_HOURS },
  });
  const decision = decisionsOn([checkout]).get('Deployment/checkout');
  t.strictSame(decision, {
    controller: 'downscaler',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team-shop', name: 'checkout' },
    action: 'scaleDown',
    reason: 'OutsideUptime',
    message: 'outside uptime since 20:30; up again Mon 07:30',
    decidedBy: { source: 'object', key: 'downscaler/uptime', value: OFFICE_HOURS },
    changes: [
      { path: '/spec/replicas', from: 3, to: 0 },
      { path: '/metadata/annotations/downscaler~1original-replicas', to: '3' },
    ],
    nextTransition: '2026-11-23T06:30:00Z',
  });
  t.end();
});

t.test('a workload inside its uptime comes back to its original', (t) => {
  const sleeping = deployment({
    name: 'checkout',
    replicas: 0,
    annotations: { 'downscaler/uptime': OFFICE_HOURS, 'downscaler/original-replicas': '3' },
  });
  const awake = decisionsOn([sleeping], { at: FRIDAY_NOON }).get('Deployment/checkout');
  t.equal(inShort(awake), 'scaleUp InsideUptime 0→3');
  t.match(awake, { message: 'inside uptime until 20:30', nextTransition: '2026-11-20T19:30:00Z' });
  t.equal(inShort(decisionsOn([sleeping], { at: FRIDAY_EVENING }).get('Deployment/checkout')), 'none OutsideUptime');
  t.end();
});
