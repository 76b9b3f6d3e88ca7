import t from 'tap';
import { deployment, scaledObject } from '@kube-steward/sandbox';
import { decide } from '../src/decide.ts';
import { observeAll } from '../src/observe.ts';
import { viewOfManifests } from '../src/view.ts';
import { FRIDAY_EVENING, decisionsOn, inShort, policy } from './decisions.ts';

const ALWAYS_DOWN = ['--default-uptime=never'];

t.test('a workload whose stored original cannot be read is not put down again: it would never come back', (t) => {
  for (const original of ['-3', 'false', '', 'three']) {
    const api = deployment({ name: 'api', replicas: 3, annotations: { 'downscaler/original-replicas': original } });
    const decision = decisionsOn([api], { argv: ALWAYS_DOWN }).get('Deployment/api');
    t.equal(inShort(decision), 'invalid InvalidAnnotation', JSON.stringify(original));
  }
  t.end();
});

t.test('a value too long to be meant is refused unread', (t) => {
  const uptime = Array.from({ length: 2000 }, () => 'Mon-Fri 08:00-20:00 UTC').join(', ');
  const api = deployment({ name: 'api', annotations: { 'downscaler/uptime': uptime } });
  const decision = decisionsOn([api]).get('Deployment/api');
  t.match(decision, { action: 'invalid', message: /characters are too many to read \(allowed: 4096\)/ });
  t.end();
});

t.test(
  'nothing new is put to sleep while what says who must not sleep cannot be read; what sleeps is woken all the same',
  (t) => {
    const configured = policy(ALWAYS_DOWN);
    const asleep = deployment({
      name: 'night',
      replicas: 0,
      annotations: { 'downscaler/original-replicas': '2', 'downscaler/uptime': 'always' },
    });
    const view = {
      ...viewOfManifests([deployment({ name: 'api', replicas: 3 }), asleep], configured),
      unread: () => 'services',
    };
    const found = [...observeAll(view, configured)].map((each) =>
      inShort(decide(each, configured, Date.parse(FRIDAY_EVENING))),
    );
    t.strictSame(found.sort(), ['none ProtectionUnknown', 'scaleUp InsideUptime 0→2']);
    t.end();
  },
);

t.test('the next moment is never told earlier than it is', (t) => {
  const api = deployment({ name: 'api', annotations: { 'downscaler/exclude-until': '2026-11-20T20:00:00.900Z' } });
  t.match(decisionsOn([api], { argv: ALWAYS_DOWN }).get('Deployment/api'), { nextTransition: '2026-11-20T20:00:01Z' });
  t.end();
});

t.test('an object out of shape is left out and named, and the rest is decided', (t) => {
  const odd = deployment({ name: 'odd' });
  const broken = { ...odd, metadata: { ...odd.metadata, ownerReferences: 'nobody' as never } };
  const left: string[] = [];
  const configured = policy(ALWAYS_DOWN);
  const view = viewOfManifests(
    [broken, deployment({ name: 'api' }), scaledObject({ name: 'so', target: 'api' })],
    configured,
    (object) => left.push(object.metadata.name),
  );
  t.strictSame(left, ['odd']);
  t.equal(
    [...observeAll(view, configured)].filter(({ workload }) => workload.row.resource.kind === 'Deployment').length,
    1,
  );
  t.end();
});
