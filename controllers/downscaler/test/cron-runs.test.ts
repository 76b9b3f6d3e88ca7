import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { cronJob } from '@kube-steward/sandbox';
import { viewOfManifests } from '../src/view.ts';
import { warningsIn } from '../src/warnings.ts';
import { FRIDAY_EVENING, OFFICE_HOURS, policy, prefixed } from './decisions.ts';

interface Row {
  readonly says: string;
  readonly schedule: string;
  readonly timeZone?: string;
  readonly deadline?: number;
  readonly annotations?: Record<string, string>;
  readonly suspend?: boolean;
  readonly argv?: readonly string[];
  /** What is told; `undefined`: nothing. */
  readonly told?: RegExp;
}

const told = ({ schedule, timeZone, deadline, annotations, suspend, argv }: Row): string | undefined => {
  const job = cronJob({
    name: 'report',
    schedule,
    ...(timeZone !== undefined && { timeZone }),
    ...(suspend !== undefined && { suspend }),
    annotations: prefixed(annotations),
  });
  const spec = { ...job.spec, ...(deadline !== undefined && { startingDeadlineSeconds: deadline }) };
  const configured = policy(argv ?? ['--include-resources=cronjobs', `--default-uptime=${OFFICE_HOURS}`]);
  const view = viewOfManifests([{ ...job, spec } as KubeObject], configured);
  const found = [...warningsIn(view, configured, Date.parse(FRIDAY_EVENING))].find(
    ({ reason }) => reason === 'NeverRuns',
  );
  return found?.message;
};

/** Office hours are Mon-Fri 07:30-20:30 in Berlin, and it is a Friday at 20:41 there. */
const ROWS: readonly Row[] = [
  {
    says: 'every night',
    schedule: '0 3 * * *',
    told: /^its schedule 0 3 \* \* \* \(UTC\) has no run inside its uptime in the next four weeks; one missed run is started late, whenever it wakes$/,
  },
  { says: 'every noon', schedule: '0 12 * * *' },
  { says: 'every five minutes', schedule: '*/5 * * * *' },
  { says: 'every five minutes at night', schedule: '*/5 0-5 * * *', told: /started late/ },
  { says: 'at weekends', schedule: '0 12 * * 6,0', told: /started late/ },
  { says: 'in a zone in which that is the day', schedule: '0 3 * * *', timeZone: 'America/New_York' },
  { says: 'in the second in which it wakes', schedule: '30 7 * * 1', timeZone: 'Europe/Berlin' },
  {
    says: 'in the second in which it goes down',
    schedule: '30 20 * * *',
    timeZone: 'Europe/Berlin',
    told: /has no run/,
  },
  {
    says: 'with a deadline that is over by the morning',
    schedule: '0 3 * * *',
    deadline: 600,
    told: /startingDeadlineSeconds are over when it wakes: it does not run at all$/,
  },
  {
    says: 'with a deadline that reaches into the morning',
    schedule: '0 3 * * *',
    deadline: 6 * 3600,
    told: /started late/,
  },
  { says: 'a monthly one', schedule: '0 3 1 * *', told: /has no run/ },
  { says: 'a yearly one that is far away', schedule: '0 3 1 7 *' },
  { says: 'hours of its own', schedule: '0 3 * * *', annotations: { uptime: 'Mon-Sun 02:00-04:00 UTC' } },
  {
    says: 'never up',
    schedule: '0 12 * * *',
    annotations: { uptime: 'never' },
    told: /nor does it wake in that time: it does not run at all$/,
  },
  { says: 'excluded', schedule: '0 3 * * *', annotations: { exclude: 'true' } },
  {
    says: 'forced up for a while that covers a run',
    schedule: '0 3 * * *',
    annotations: { 'force-uptime': 'until 2026-11-21T12:00:00Z' },
  },
  { says: 'what cannot be read is left as it is, and runs', schedule: '0 3 * * *', annotations: { uptime: 'soon' } },
  { says: 'suspended by somebody', schedule: '0 3 * * *', suspend: true },
  {
    says: 'suspended by us',
    schedule: '0 3 * * *',
    suspend: true,
    annotations: { 'original-replicas': '1' },
    told: /has no run/,
  },
  {
    says: 'asleep, and outside both periods, it stays so',
    schedule: '0 12 * * *',
    suspend: true,
    annotations: { 'original-replicas': '1', 'downscale-period': 'Sat 00:00-01:00 UTC' },
    told: /nor does it wake/,
  },
  { says: 'an expression that only Kubernetes knows', schedule: '@every 24h' },
  { says: 'not included', schedule: '0 3 * * *', argv: [`--default-uptime=${OFFICE_HOURS}`] },
];

t.test('a CronJob that never runs while it is up is told of', (t) => {
  for (const row of ROWS) {
    const found = told(row);
    if (row.told) t.match(found, row.told, row.says);
    else t.equal(found, undefined, row.says);
  }
  t.end();
});
