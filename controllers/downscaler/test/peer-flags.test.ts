import t from 'tap';
import { CliError, resolveOptions } from '@kube-steward/cli';
import { deployment } from '@kube-steward/sandbox';
import { policyOf } from '../src/configure.ts';
import { decideAll } from '../src/decide-all.ts';
import { DOWNSCALER_OPTIONS } from '../src/options.ts';
import { viewOfManifests } from '../src/view.ts';
import { FRIDAY_EVENING, inShort } from './decisions.ts';

type Env = Record<string, string>;
const resolve = (
  argv: readonly string[],
  env: Env = {},
): ReturnType<typeof resolveOptions<typeof DOWNSCALER_OPTIONS>> => resolveOptions(DOWNSCALER_OPTIONS, { argv, env });

const decided = (argv: readonly string[], env: Env = {}): string => {
  const configured = policyOf(resolve(argv, env));
  const view = viewOfManifests([deployment({ name: 'api', namespace: 'team', replicas: 3 })], configured);
  const [decision] = decideAll(view, configured, Date.parse(FRIDAY_EVENING));
  return inShort(decision);
};

const DOWN = 'scaleDown OutsideUptime 3→0';

t.test('flags of the peers that mean something here', (t) => {
  const rows: readonly (readonly [argv: readonly string[], expected: string])[] = [
    [['--default-uptime', 'Mon-Fri 07:30-20:30 Europe/Berlin'], DOWN],
    [['--default-downtime=Fri 20:00-24:00 UTC'], 'none OutsideDowntime'],
    [['--default-downtime=Fri 19:00-24:00 UTC'], 'scaleDown InsideDowntime 3→0'],
    [
      ['--downscale-period=Fri 19:00-24:00 UTC', '--upscale-period=Mon 08:00-09:00 UTC'],
      'scaleDown InsideDownscalePeriod 3→0',
    ],
    [['--force-downtime=true'], 'scaleDown ForcedDown 3→0'],
    [['--force-uptime=true', '--default-uptime=never'], 'none ForcedUp'],
    [['--default-uptime=never', '--exclude-namespaces=team,other'], 'none ExcludedNamespace'],
    [['--default-uptime=never', '--exclude-deployments=api'], 'none Excluded'],
    [['--default-uptime=never', '--explicit-include'], 'none Excluded'],
    [['--default-uptime=never', '--matching-labels=app=api'], DOWN],
    [['--default-uptime=never', '--downtime-replicas=1'], 'scaleDown OutsideUptime 3→1'],
    [['--default-uptime=never', '--include-resources=statefulsets'], 'no decision'],
    [['--default-uptime=never', '--namespace=other'], 'no decision'],
    [['--default-uptime=never', '--namespace=team,other', '--grace-period=900'], DOWN],
    [['--default-uptime=never', '--upscale-target-only', '--scale-children', '--upscale-excluded'], DOWN],
    [['--default-uptime=never', '--deployment-time-annotation=example.org/deployed'], DOWN],
  ];
  for (const [argv, expected] of rows) t.equal(decided(argv), expected, argv.join(' '));
  t.end();
});

t.test('names of the environment, ours before theirs and a flag before both', (t) => {
  const rows: readonly (readonly [env: Env, expected: string])[] = [
    [{ DEFAULT_UPTIME: 'never' }, DOWN],
    [{ DEFAULT_DOWNTIME: 'always' }, 'scaleDown InsideDowntime 3→0'],
    [{ UPSCALE_PERIOD: 'always' }, 'none InsideUpscalePeriod'],
    [{ DOWNSCALE_PERIOD: 'always' }, 'scaleDown InsideDownscalePeriod 3→0'],
    [{ DEFAULT_UPTIME: 'Mon-Fri 07:30-20:30', DEFAULT_TIMEZONE: 'Europe/Berlin' }, DOWN],
    [{ DEFAULT_UPTIME: '07:30-20:30 Europe/Berlin', DEFAULT_WEEKFRAME: 'Mon-Fri' }, DOWN],
    [{ DEFAULT_UPTIME: 'never', EXCLUDE_NAMESPACES: 'team' }, 'none ExcludedNamespace'],
    [{ DEFAULT_UPTIME: 'never', EXCLUDE_NAMESPACES: '' }, DOWN],
    [{ DEFAULT_UPTIME: 'never', EXCLUDE_DEPLOYMENTS: 'web,api' }, 'none Excluded'],
    [{ DEFAULT_UPTIME: 'never', MATCHING_LABELS: 'tier=.*' }, 'none Excluded'],
    [{ DEFAULT_UPTIME: 'never', INCLUDE_RESOURCES: 'cronjobs' }, 'no decision'],
    [{ DEFAULT_UPTIME: 'always', KUBE_STEWARD_DEFAULT_UPTIME: 'never' }, DOWN],
  ];
  for (const [env, expected] of rows) t.equal(decided([], env), expected, JSON.stringify(env));
  t.equal(decided(['--default-uptime=always'], { DEFAULT_UPTIME: 'never' }), 'none InsideUptime');
  t.end();
});

t.test('flags without a meaning here are accepted, with one notice each', (t) => {
  const rows: readonly (readonly [argv: readonly string[], notice: RegExp])[] = [
    [['--interval', '30'], /--interval.*acted on as they happen/],
    [['--debug'], /--debug.*--log-level=debug/],
    [['-d'], /-d.*--log-level=debug/],
    [['--json-logs'], /--json-logs.*JSON/],
    [['--enable-events'], /--enable-events/],
    [['--api-server-timeout=10'], /--request-timeout/],
    [['--max-retries-on-conflict=3'], /--max-retries-on-conflict/],
    [['--max-retries-on-throttling=3'], /--max-retries-on-throttling/],
    [['--metrics'], /--metrics/],
    [['--leader-election'], /--leader-elect/],
  ];
  for (const [argv, notice] of rows) {
    const { notices } = resolve(argv);
    t.equal(notices.length, 1, argv.join(' '));
    t.match(notices[0], notice);
  }
  t.end();
});

t.test('--admission-controller is refused, and what replaces it is named', (t) => {
  t.throws(() => resolve(['--admission-controller=gatekeeper']), { message: /--grace-period=0/ });
  t.throws(() => resolve(['--admission-controller=gatekeeper']), CliError);
  t.end();
});

t.test('an uptime and a period are refused together, as kube-downscaler does', (t) => {
  t.throws(() => resolve(['--upscale-period=always', '--default-uptime=always']), /upscale-period/);
  t.throws(() => resolve(['--downscale-period=always', '--default-downtime=always']), /downscale-period/);
  t.doesNotThrow(() => resolve(['--default-uptime=always', '--default-downtime=never']));
  t.end();
});
