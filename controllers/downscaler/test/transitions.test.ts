import t from 'tap';
import { deployment, hpa, namespace, pod } from '@kube-steward/sandbox';
import type { TraceEntry } from '@kube-steward/plan';
import { decide } from '../src/decide.ts';
import { observeAll, type Observation } from '../src/observe.ts';
import { traceOf } from '../src/trace.ts';
import { transitionsOf } from '../src/transitions.ts';
import { viewOfManifests } from '../src/view.ts';
import type { Policy } from '../src/policy.ts';
import { FRIDAY_EVENING, OFFICE_HOURS, decisionsOn, policy, prefixed } from './decisions.ts';

interface Given {
  readonly own?: Record<string, string>;
  readonly around?: Record<string, string>;
  readonly argv?: readonly string[];
}
const observed = ({ own, around, argv = [] }: Given): [Observation, Policy] => {
  const configured = policy(argv);
  const objects = [
    namespace({ name: 'default', annotations: prefixed(around) }),
    deployment({ name: 'api', replicas: 3, annotations: prefixed(own), creationTimestamp: '2026-10-10T00:00:00Z' }),
  ];
  const [o] = observeAll(viewOfManifests(objects, configured), configured);
  if (!o) throw new Error('nothing observed');
  return [o, configured];
};

const statesOf = (given: Given, from = FRIDAY_EVENING, days = 3): string[] => {
  const [o, configured] = observed(given);
  const start = Date.parse(from);
  return [...transitionsOf(o, configured, start, start + days * 86_400_000)].map(
    ({ at, state }) => `${new Date(at).toISOString().slice(5, 16)} ${state}`,
  );
};

t.test('what a workload should be from now on, and every change of it', (t) => {
  const rows: readonly (readonly [says: string, given: Given, expected: readonly string[]])[] = [
    ['always up', {}, ['11-20T19:41 up']],
    ['office hours', { own: { uptime: OFFICE_HOURS } }, ['11-20T19:41 down', '11-23T06:30 up', '11-23T19:30 down']],
    [
      'uptime and downtime together, both opening and closing',
      { own: { uptime: OFFICE_HOURS, downtime: 'Mon-Fri 12:00-13:00 Europe/Berlin' } },
      ['11-20T19:41 down', '11-23T06:30 up', '11-23T11:00 down', '11-23T12:00 up', '11-23T19:30 down'],
    ],
    [
      'never up, whatever the downtime does',
      { own: { uptime: 'never', downtime: OFFICE_HOURS } },
      ['11-20T19:41 down'],
    ],
    [
      'a force value that ends',
      { own: { uptime: OFFICE_HOURS, 'force-uptime': 'until 2026-11-21T10:00:00Z' } },
      ['11-20T19:41 up', '11-21T10:00 down', '11-23T06:30 up', '11-23T19:30 down'],
    ],
    [
      'excluded until a moment',
      { own: { uptime: OFFICE_HOURS, 'exclude-until': '2026-11-21' } },
      ['11-20T19:41 ignore', '11-21T00:00 down', '11-23T06:30 up', '11-23T19:30 down'],
    ],
    [
      'an exclusion that is still to come',
      { own: { exclude: 'Sat 00:00-24:00 UTC' }, argv: ['--default-uptime=never'] },
      ['11-20T19:41 down', '11-21T00:00 ignore', '11-22T00:00 down'],
    ],
    [
      'periods',
      { around: { 'downscale-period': 'Sat 10:00-11:00 UTC', 'upscale-period': 'Sat 10:30-12:00 UTC' } },
      ['11-20T19:41 ignore', '11-21T10:00 down', '11-21T10:30 ignore', '11-21T11:00 up', '11-21T12:00 ignore'],
    ],
    ['a bad value', { own: { uptime: 'soon' } }, ['11-20T19:41 ignore']],
    [
      'a bad value behind a force value that begins and ends',
      { own: { 'force-uptime': 'Sat 10:00-12:00 UTC' }, around: { uptime: 'soon' } },
      ['11-20T19:41 ignore', '11-21T10:00 up', '11-21T12:00 ignore'],
    ],
  ];
  for (const [says, given, expected] of rows) t.strictSame(statesOf(given), expected, says);
  t.end();
});

t.test('the switch to summer time is told in the zone of the window', (t) => {
  t.strictSame(statesOf({ own: { uptime: OFFICE_HOURS } }, '2027-03-27T00:00:00Z', 2.5), [
    '03-27T00:00 down',
    '03-29T05:30 up',
  ]);
  t.end();
});

t.test('messages say since when and until when, in the zone of the schedule that decided', (t) => {
  const said = (given: Given, at = FRIDAY_EVENING): string | undefined => {
    const [o, configured] = observed(given);
    return decide(o, configured, Date.parse(at)).message;
  };
  t.equal(said({ own: { uptime: OFFICE_HOURS } }), 'outside uptime since 20:30; up again Mon 07:30');
  t.equal(
    said({ own: { uptime: OFFICE_HOURS } }, '2026-11-21T12:00:00Z'),
    'outside uptime since Fri 20:30; up again Mon 07:30',
  );
  t.equal(said({ own: { uptime: OFFICE_HOURS } }, '2026-11-20T12:00:00Z'), 'inside uptime until 20:30');
  t.equal(said({ own: { downtime: 'Fri 20:00-22:00 Europe/Berlin' } }), 'inside downtime since 20:00; up again 22:00');
  t.equal(said({ own: { uptime: 'never', downtime: 'Fri 20:00-22:00 Europe/Berlin' } }), 'inside downtime since 20:00');
  t.equal(said({ argv: ['--default-uptime=never'] }), 'outside uptime');
  t.equal(said({ own: { 'force-downtime': 'until 2026-11-21T10:00:00Z' } }), 'forced down; up again Sat 10:00');
  t.equal(
    said({ own: { 'downscale-period': 'Fri 20:00-22:00 Europe/Berlin' } }),
    'inside downscale period since 20:00; up again 22:00',
  );
  t.end();
});

const traced = (given: Given): TraceEntry[] => {
  const [o, configured] = observed(given);
  const now = Date.parse(FRIDAY_EVENING);
  return traceOf(o, configured, decide(o, configured, now), now);
};

t.test('a trace names every layer asked, which one decided, what was checked, and what comes next', (t) => {
  const trace = traced({ own: { 'downtime-replicas': '1' }, around: { uptime: OFFICE_HOURS } });
  t.match(trace, [
    { kind: 'considered', source: 'object', key: 'downscaler/downtime-replicas', value: '1' },
    { kind: 'considered', source: 'namespace/default', key: 'downscaler/uptime', value: OFFICE_HOURS, used: true },
    { kind: 'considered', source: 'config', key: undefined },
  ]);
  t.equal(trace.filter((entry) => entry.kind === 'considered' && entry.used).length, 1);
  const checks = trace.filter((entry) => entry.kind === 'check');
  t.ok(checks.every(({ passed }) => passed));
  t.match(checks.find(({ name }) => name === 'min age 15m')?.result, /^41d.* ok$/);
  t.match(trace.at(-1), { kind: 'next', action: 'scaleUp', message: 'to 3' });
  t.end();
});

t.test('a trace of a follower shows the layers of what it follows; pods are layers too', (t) => {
  const configured = policy(['--downtime-replicas=1']);
  const objects = [
    deployment({ name: 'api', replicas: 3, annotations: prefixed({ uptime: OFFICE_HOURS }) }),
    hpa({ name: 'api', minReplicas: 2 }),
    pod({ name: 'debug', annotations: prefixed({ 'force-uptime': 'false' }) }),
  ];
  const [api, scaler] = [...observeAll(viewOfManifests(objects, configured), configured)];
  const now = Date.parse(FRIDAY_EVENING);
  const layers = (o: Observation | undefined): string[] =>
    o
      ? traceOf(o, configured, decide(o, configured, now), now).flatMap((entry) =>
          entry.kind === 'considered' ? [`${entry.source} ${entry.key ?? '-'}`] : [],
        )
      : [];
  t.ok(layers(api).includes('pod/debug downscaler/force-uptime'));
  t.ok(layers(scaler).includes('object downscaler/uptime'));
  t.end();
});

t.test('manifests: no namespace is default, finished pods keep nothing up, any version of a kind counts', (t) => {
  const bare = deployment({ name: 'api', replicas: 3, metadata: { namespace: undefined } as never });
  const objects = [
    { ...bare, metadata: { name: 'api' } },
    namespace({ name: 'default', annotations: prefixed({ uptime: 'never' }) }),
    pod({ name: 'done', phase: 'Succeeded', annotations: prefixed({ 'force-uptime': 'true' }) }),
    { ...hpa({ name: 'old', minReplicas: 3 }), apiVersion: 'autoscaling/v1' },
  ];
  const decisions = decisionsOn(objects, { argv: ['--include-resources=deployments,hpa'] });
  t.match(decisions.get('Deployment/api'), { action: 'scaleDown', object: { namespace: 'default' } });
  t.match(decisions.get('HorizontalPodAutoscaler/old'), { action: 'scaleDown' });
  t.end();
});
