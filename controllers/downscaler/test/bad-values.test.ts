import t from 'tap';
import type { Decision } from '@kube-steward/plan';
import { CliError, resolveOptions } from '@kube-steward/cli';
import { cronJob, deployment, namespace, pod } from '@kube-steward/sandbox';
import { policyOf } from '../src/configure.ts';
import { observeAll } from '../src/observe.ts';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import { viewOfManifests } from '../src/view.ts';
import { warningsOf, warningsOfNamespace } from '../src/warnings.ts';
import { FRIDAY_EVENING, OFFICE_HOURS, decisionsOn, inShort, policy, prefixed } from './decisions.ts';

const NIGHT = ['--default-uptime=never', '--grace-period=1m'];

interface Where {
  readonly object?: Record<string, string>;
  readonly namespace?: Record<string, string>;
  readonly argv?: readonly string[];
}
const decisionsWith = ({ object, argv = NIGHT, ...where }: Where): Map<string, Decision> =>
  decisionsOn(
    [
      namespace({ name: 'team', annotations: prefixed(where.namespace) }),
      deployment({
        name: 'api',
        namespace: 'team',
        replicas: 3,
        creationTimestamp: '2026-01-01T00:00:00Z',
        annotations: prefixed(object),
      }),
    ],
    { argv },
  );

/** A bad value of each annotation, and what the message says of it. */
const BAD: Readonly<Record<string, readonly [value: string, said: RegExp]>> = {
  uptime: ['Mon-Fri 8:00-20:00 UTC', /downscaler\/uptime: /],
  downtime: ['Mon-Fri 08:00-20:00 CEST', /downscaler\/downtime: .*CEST/],
  'upscale-period': ['sometimes', /downscaler\/upscale-period: /],
  'downscale-period': ['Mon-Fri 08:00-25:00 UTC', /downscaler\/downscale-period: /],
  'force-uptime': ['yes', /downscaler\/force-uptime: /],
  'force-downtime': ['until tomorrow', /downscaler\/force-downtime: /],
  'exclude-until': ['next week', /downscaler\/exclude-until: .*no moment/],
  'downtime-replicas': ['-1', /downscaler\/downtime-replicas: "-1" is no size/],
  'downscale-replicas': ['150%', /downscaler\/downscale-replicas: "150%" is no size/],
  'grace-period': ['soon', /downscaler\/grace-period: /],
};

t.test('a bad value on a workload leaves it as it is, and says what is allowed', (t) => {
  for (const [key, [value, said]] of Object.entries(BAD)) {
    const decision = decisionsWith({ object: { [key]: value } }).get('Deployment/api');
    t.match(decision, { action: 'invalid', reason: 'InvalidAnnotation', changes: [] }, key);
    t.match(decision?.message, said, key);
    t.strictSame(decision?.decidedBy, { source: 'object', key: `downscaler/${key}`, value }, key);
  }
  for (const key of ['scale-children', 'upscale-excluded'])
    t.match(decisionsWith({ object: { [key]: 'maybe' } }).get('Deployment/api'), {
      action: 'invalid',
      message: `downscaler/${key}: "maybe" is neither true nor false`,
    });
  t.end();
});

t.test(
  'a bad value on a namespace leaves those alone that would have used it, and is said once of the namespace',
  (t) => {
    for (const [key, [value, said]] of Object.entries(BAD)) {
      const decisions = decisionsWith({ namespace: { [key]: value } });
      t.equal(inShort(decisions.get('Deployment/api')), 'invalid InvalidAnnotation', key);
      t.equal(decisions.get('Deployment/api')?.decidedBy?.source, 'namespace/team', key);
      t.match(decisions.get('Namespace/team'), { action: 'invalid', reason: 'InvalidAnnotation', message: said }, key);
    }
    t.end();
  },
);

t.test('and nobody else', (t) => {
  const down = 'scaleDown OutsideUptime 3→0';
  const rows: readonly (readonly [says: string, where: Where, expected: string])[] = [
    ['its own value instead', { namespace: { uptime: 'soon' }, object: { uptime: 'never' } }, down],
    ['its own size instead', { namespace: { 'downtime-replicas': '-1' }, object: { 'downtime-replicas': '0' } }, down],
    ['its own grace period', { namespace: { 'grace-period': 'soon' }, object: { 'grace-period': '0' } }, down],
    [
      'periods hide uptimes',
      { namespace: { uptime: 'soon', 'downscale-period': 'always' } },
      'scaleDown InsideDownscalePeriod 3→0',
    ],
    [
      'its own force value decides before',
      { namespace: { 'force-uptime': 'soon' }, object: { 'force-downtime': 'true' } },
      'scaleDown ForcedDown 3→0',
    ],
    [
      'uptime is forced before downtime is asked',
      { namespace: { 'force-uptime': 'true', 'force-downtime': 'soon' } },
      'none ForcedUp',
    ],
    ['no size is needed to stay awake', { namespace: { 'downtime-replicas': '-1' }, argv: [] }, 'none InsideUptime'],
    ['excluded anyway', { namespace: { uptime: 'soon' }, object: { exclude: 'true' } }, 'none Excluded'],
  ];
  for (const [says, where, expected] of rows)
    t.equal(inShort(decisionsWith(where).get('Deployment/api')), expected, says);
  t.end();
});

t.test('everything wrong on one object is named at once', (t) => {
  const wrong = { uptime: 'soon', 'grace-period': 'later', uptme: 'never' };
  for (const [where, id] of [
    [{ object: wrong }, 'Deployment/api'],
    [{ namespace: wrong }, 'Namespace/team'],
  ] as const) {
    const message = decisionsWith(where).get(id)?.message ?? '';
    t.match(message, /^downscaler\/uptme is no annotation.*; downscaler\/uptime: .*; downscaler\/grace-period: /, id);
    t.equal(message.split('downscaler/uptme').length, 2, 'each once');
  }
  t.end();
});

t.test('an original that cannot be read is told while it sleeps already, and not only in the morning', (t) => {
  const api = (original: string) =>
    deployment({
      name: 'api',
      replicas: 0,
      annotations: prefixed({ uptime: OFFICE_HOURS, 'original-replicas': original }),
    });
  const rows: readonly (readonly [original: string, expected: string])[] = [
    ['abc', 'invalid InvalidAnnotation'],
    ['3', 'none OutsideUptime'],
    ['0', 'none OutsideUptime'],
  ];
  for (const [original, expected] of rows) {
    const decision = decisionsOn([api(original)]).get('Deployment/api');
    t.equal(inShort(decision), expected, original);
    t.match(decision?.nextTransition, '2026-11-23T06:30:00Z', 'it is looked at again in the morning');
  }
  t.end();
});

t.test('a misspelt key is reported with what was probably meant, and never widens what sleeps', (t) => {
  const onObject = decisionsWith({ object: { uptme: 'never' } }).get('Deployment/api');
  t.match(onObject, { action: 'invalid', reason: 'UnknownAnnotation' });
  t.match(onObject?.message, 'downscaler/uptme is no annotation of the downscaler (did you mean downscaler/uptime?)');
  for (const key of ['exclud', 'exlude', 'Exclude', 'excluded', 'exclude-untill'])
    for (const where of [{ object: { [key]: 'true' } }, { namespace: { [key]: 'true' } }])
      t.equal(
        decisionsWith(where).get('Deployment/api')?.action,
        'invalid',
        `${key} on ${Object.keys(where).join('')}`,
      );
  const onNamespace = decisionsWith({ namespace: { 'down-time': 'always' }, argv: [] });
  t.equal(inShort(onNamespace.get('Deployment/api')), 'invalid InvalidAnnotation');
  t.match(onNamespace.get('Namespace/team')?.message, /did you mean downscaler\/downtime\?/);
  const stranger = decisionsWith({ namespace: { 'owner-of-the-team': 'ada' } });
  t.equal(
    inShort(stranger.get('Deployment/api')),
    'scaleDown OutsideUptime 3→0',
    'a key near to none is nobody’s value',
  );
  t.equal(inShort(stranger.get('Namespace/team')), 'invalid UnknownAnnotation');
  t.equal(decisionsWith({ object: { 'owner-of-the-team': 'ada' } }).get('Deployment/api')?.action, 'invalid');
  t.end();
});

t.test('the correct key counts where a misspelt one stands beside it', (t) => {
  const decisions = decisionsWith({ namespace: { uptime: 'always', uptme: 'never' } });
  t.equal(inShort(decisions.get('Deployment/api')), 'none InsideUptime');
  t.equal(inShort(decisions.get('Namespace/team')), 'invalid UnknownAnnotation');
  const both = decisionsWith({ object: { 'downtime-replicas': '1', 'downscale-replicas': '2' } });
  t.equal(inShort(both.get('Deployment/api')), 'scaleDown OutsideUptime 3→1', 'downtime-replicas wins over its alias');
  t.end();
});

t.test('an annotation that can never act is reported', (t) => {
  const annotations = prefixed({ uptime: 'never' });
  const never = (objects: Parameters<typeof decisionsOn>[0], id: string, ...argv: string[]): string =>
    inShort(decisionsOn(objects, { argv }).get(id));
  const dns = deployment({ name: 'api', namespace: 'kube-system', annotations });
  t.equal(never([dns], 'Deployment/api'), 'invalid NeverActs', 'in a protected namespace');
  t.equal(never([namespace({ name: 'kube-system', annotations })], 'Namespace/kube-system'), 'invalid NeverActs');
  const cron = cronJob({ name: 'api', annotations });
  t.equal(never([cron], 'CronJob/api'), 'invalid NeverActs', 'of a kind that is not included');
  t.equal(never([cron], 'CronJob/api', '--include-resources=cronjobs'), 'suspend OutsideUptime false→true');
  const asleep = cronJob({ name: 'api', suspend: true, annotations: prefixed({ 'original-replicas': '1' }) });
  t.equal(never([asleep], 'CronJob/api'), 'invalid NeverActs', 'an original that nobody will restore');
  t.equal(never([cronJob({ name: 'api' })], 'CronJob/api'), 'no decision', 'nothing to say of other kinds');
  const excluded = cronJob({ name: 'api', annotations: prefixed({ exclude: 'true' }) });
  t.equal(never([excluded], 'CronJob/api'), 'no decision', 'to exclude what is not included is no mistake');
  t.end();
});

t.test('what can be read but is hardly meant is a warning and changes nothing', (t) => {
  const objects = [
    namespace({ name: 'default', annotations: prefixed({ downtime: 'Sat-Sun 03:00-03:00 UTC' }) }),
    deployment({ name: 'api', annotations: prefixed({ exclude: 'yes, please' }) }),
    deployment({ name: 'fine', annotations: prefixed({ exclude: 'true', uptime: 'Mon-Fri 08:00-20:00 UTC' }) }),
    pod({ name: 'debug', annotations: prefixed({ 'force-uptime': 'true' }) }),
  ];
  const configured = policy(NIGHT);
  const view = viewOfManifests(objects, configured);
  const [api, fine] = [...observeAll(view, configured)].map((o) =>
    warningsOf(o, configured, Date.parse(FRIDAY_EVENING)).map(({ message }) => message),
  );
  t.match(api, [/downscaler\/exclude: "yes, please" is neither true, false nor a time window: it excludes/]);
  t.strictSame(fine, []);
  const [team] = view.namespaces.list();
  const pods = view.awakePods.byIndex('namespace', 'default');
  const said = (argv: readonly string[]): string[] =>
    team ? warningsOfNamespace(team, pods, policy(argv)).map(({ message }) => message) : [];
  t.match(said([]), [/downscaler\/downtime: /, /pod\/debug keeps only its namespace default up; --pods-force-cluster/]);
  t.equal(said(['--pods-force-cluster']).length, 1);
  t.equal(inShort(decisionsOn(objects, { argv: NIGHT }).get('Deployment/api')), 'none Excluded');
  t.end();
});

t.test('an uptime that its downtime covers is told as such, and not as a wake where the search gave up', (t) => {
  const rows: readonly (readonly [uptime: string, downtime: string, message: RegExp, warnings: number])[] = [
    [OFFICE_HOURS, OFFICE_HOURS, /^outside uptime since 20:30; never up, as far as was looked$/, 1],
    [OFFICE_HOURS, 'Mon-Fri 07:00-21:00 CET', /; never up, as far as was looked$/, 1],
    [OFFICE_HOURS, 'Mon-Fri 07:30-20:00 Europe/Berlin', /; up again Mon 20:00$/, 0],
    ['2028-06-03T08:00:00Z - 2028-06-03T09:00:00Z', OFFICE_HOURS, /; up again Sat 2028-06-03 08:00 UTC$/, 0],
    ['never', OFFICE_HOURS, /^outside uptime$/, 0],
  ];
  for (const [uptime, downtime, message, warnings] of rows) {
    const objects = [deployment({ name: 'api', annotations: prefixed({ uptime, downtime }) })];
    const configured = policy();
    const [o] = observeAll(viewOfManifests(objects, configured), configured);
    if (!o) throw new Error('nothing observed');
    const told = warningsOf(o, configured, Date.parse(FRIDAY_EVENING));
    const says = `${uptime} less ${downtime}`;
    t.match(decisionsOn(objects).get('Deployment/api')?.message, message, says);
    t.equal(told.length, warnings, says);
    for (const each of told)
      t.match(each.message, /^downscaler\/downtime "Mon.* leaves nothing of downscaler\/uptime/, says);
  }
  t.end();
});

t.test('a bad force value on one pod does not hide another pod that keeps the namespace up', (t) => {
  const objects = (...values: string[]): Parameters<typeof decisionsOn>[0] => [
    deployment({ name: 'api', replicas: 3 }),
    ...values.map((value, index) => pod({ name: `p-${index}`, annotations: prefixed({ 'force-uptime': value }) })),
  ];
  const decided = (...values: string[]): string =>
    inShort(decisionsOn(objects(...values), { argv: NIGHT }).get('Deployment/api'));
  t.equal(decided('perhaps'), 'invalid InvalidAnnotation');
  t.equal(decided('perhaps', 'true'), 'none ForcedUp');
  t.equal(decided('false'), 'scaleDown OutsideUptime 3→0');
  t.end();
});

const refusal = (act: () => unknown): CliError | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  return undefined;
};

t.test('all bad flags are reported at once, with what is allowed', (t) => {
  const argv = [
    '--default-uptime=sometimes',
    '--downtime-replicas=-1',
    '--default-timezone=Europe/Berln',
    '--default-weekframe=Mon-Foo',
    '--include-resources=deployment,cronjbs',
    '--scale-target=caches=0',
    '--scale-target=example.org/v1/caches:/status/replicas=0',
    '--scale-target=example.org/v1/caches:/spec/pools/0/size=0',
    '--scale-target=example.org/v1/caches:/spec/replicas=-1',
    '--scale-target=example.org/v1/caches:/scale=true',
  ];
  const error = refusal(() => policyOf(resolveOptions(DOWNSCALER_OPTIONS, { argv, env: {} })));
  t.equal(error?.exitCode, 3);
  const problems = error?.problems.map(({ where, message }) => `${where ?? ''} ${message}`) ?? [];
  const expected = [
    /defaultTimezone|--default-timezone.*no IANA zone \(did you mean Europe\/Berlin\?\)/,
    /--default-weekframe/,
    /--default-uptime/,
    /--downtime-replicas.*"-1" is no size/,
    /"caches=0" is no scale target \(allowed: group\/version\/plural:path=down/,
    /"\/status\/replicas" holds no size/,
    /leads into a list/,
    /-1 is no size to go down to/,
    /true is no size to go down to/,
    /"cronjbs" is no kind the downscaler knows \(did you mean cronjobs\?\)/,
  ];
  t.equal(problems.length, expected.length, problems.join('\n'));
  for (const pattern of expected)
    t.ok(
      problems.some((problem) => pattern.test(problem)),
      String(pattern),
    );
  t.end();
});

t.test('values that the command line itself refuses are reported together too', (t) => {
  const argv = ['--on-manual-change=ignore', '--grace-period=soon', '--exclude-namespaces=[', '--selector=a b'];
  const error = refusal(() => resolveOptions(DOWNSCALER_OPTIONS, { argv, env: {} }));
  t.match(error, { exitCode: 3, problems: { length: 4 } });
  const unknown = refusal(() => resolveOptions(DOWNSCALER_OPTIONS, { argv: ['--default-uptme=never'], env: {} }));
  t.equal(unknown?.exitCode, 64);
  t.end();
});
