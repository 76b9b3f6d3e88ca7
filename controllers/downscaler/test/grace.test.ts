import t from 'tap';
import { deployment, namespace } from '@kube-steward/sandbox';
import { carriedOut, decisionsOn, inShort, prefixed } from './decisions.ts';

interface Row {
  readonly says: string;
  /** Seconds before the moment of the decision. */
  readonly age: number;
  readonly argv?: readonly string[];
  readonly object?: Record<string, string>;
  readonly namespace?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly expected: string;
}

const NOW = Date.parse('2026-11-20T19:41:00Z');
const MINUTE = 60;
const before = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString().replace('.000', '');

const DOWN = 'scaleDown OutsideUptime 3→0';
const YOUNG = 'none GracePeriod';

const decided = ({ age, argv = [], object, annotations, ...row }: Row): string => {
  const objects = [
    namespace({ name: 'default', annotations: prefixed(row.namespace) }),
    deployment({
      name: 'api',
      replicas: 3,
      creationTimestamp: before(age),
      annotations: { ...prefixed(object), ...annotations },
    }),
  ];
  return inShort(decisionsOn(objects, { argv: ['--default-uptime=never', ...argv] }).get('Deployment/api'));
};

t.test('nothing goes down while its age is at most the grace period', (t) => {
  const deployed = '--deployment-time-annotation=example.org/deployed';
  const rows: readonly Row[] = [
    { says: 'exactly the default of 15 minutes', age: 15 * MINUTE, expected: YOUNG },
    { says: 'a second more', age: 15 * MINUTE + 1, expected: DOWN },
    { says: 'created in the future, by another clock', age: -5, expected: YOUNG },
    { says: 'a flag in seconds', age: 31, argv: ['--grace-period=30'], expected: DOWN },
    { says: 'a flag as a duration', age: 59, argv: ['--grace-period=1m'], expected: YOUNG },
    { says: 'none at all', age: 1, argv: ['--grace-period=0'], expected: DOWN },
    { says: 'shorter on the workload', age: 6 * MINUTE, object: { 'grace-period': '300' }, expected: DOWN },
    { says: 'longer on the workload', age: 20 * MINUTE, object: { 'grace-period': '30m' }, expected: YOUNG },
    { says: 'longer on the namespace', age: 20 * MINUTE, namespace: { 'grace-period': '1h' }, expected: YOUNG },
    {
      says: 'the workload before its namespace',
      age: 20 * MINUTE,
      object: { 'grace-period': '5m' },
      namespace: { 'grace-period': '1h' },
      expected: DOWN,
    },
    { says: 'force-downtime waits too', age: 60, object: { 'force-downtime': 'true' }, expected: YOUNG },
    {
      says: 'a deploy after the creation counts',
      age: 86_400,
      argv: [deployed],
      annotations: { 'example.org/deployed': before(10 * MINUTE) },
      expected: YOUNG,
    },
    {
      says: 'a deploy before the creation does not',
      age: 10 * MINUTE,
      argv: [deployed],
      annotations: { 'example.org/deployed': before(86_400) },
      expected: YOUNG,
    },
    {
      says: 'an old deploy',
      age: 86_400,
      argv: [deployed],
      annotations: { 'example.org/deployed': before(20 * MINUTE) },
      expected: DOWN,
    },
    {
      says: 'a deploy time that is none: left as it is',
      age: 86_400,
      argv: [deployed],
      annotations: { 'example.org/deployed': 'yesterday' },
      expected: 'invalid InvalidAnnotation',
    },
    {
      says: 'no length of time: left as it is',
      age: 86_400,
      object: { 'grace-period': '-1' },
      expected: 'invalid InvalidAnnotation',
    },
  ];
  for (const row of rows) t.equal(decided(row), row.expected, row.says);
  t.end();
});

t.test('the end of the grace period is the next transition', (t) => {
  const object = deployment({ name: 'api', replicas: 3, creationTimestamp: '2026-11-20T19:30:00Z' });
  const argv = ['--default-uptime=Mon-Fri 07:30-20:30 Europe/Berlin'];
  const decision = decisionsOn([object], { argv, at: '2026-11-20T19:41:00Z' }).get('Deployment/api');
  t.match(decision, { message: '11m old; not put to sleep before 15m', nextTransition: '2026-11-20T19:45:01Z' });
  const then = decisionsOn([object], { argv, at: '2026-11-20T19:45:01Z' }).get('Deployment/api');
  t.equal(inShort(then), DOWN);
  t.equal(decision?.decidedBy?.source, 'default');
  t.end();
});

t.test('the grace period never delays waking, and a manifest without a creation is old', (t) => {
  const asleep = deployment({
    name: 'api',
    replicas: 0,
    creationTimestamp: before(10),
    annotations: { 'downscaler/original-replicas': '3', 'downscaler/grace-period': '1h' },
  });
  t.equal(inShort(decisionsOn([asleep]).get('Deployment/api')), 'scaleUp InsideUptime 0→3');
  const ageless = deployment({ name: 'api', replicas: 3 });
  t.equal(inShort(decisionsOn([ageless], { argv: ['--default-uptime=never'] }).get('Deployment/api')), DOWN);
  t.end();
});

t.test('a workload that was down tonight already has had its grace', (t) => {
  const argv = ['--default-uptime=never', '--downtime-replicas=0'];
  const lowered = deployment({
    name: 'api',
    replicas: 1,
    creationTimestamp: before(60),
    annotations: { 'downscaler/original-replicas': '3' },
  });
  t.equal(inShort(decisionsOn([lowered], { argv }).get('Deployment/api')), 'scaleDown OutsideUptime 1→0');
  t.match(carriedOut([lowered], { argv })[0]?.metadata.annotations, { 'downscaler/original-replicas': '3' });
  t.end();
});
