import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { cronJob, job, namespace } from '@kube-steward/sandbox';
import { carriedOut, decisionsOn, inShort, prefixed } from './decisions.ts';

const NIGHT = '--default-uptime=never';
const CRON = '--include-resources=cronjobs';
const BOTH = '--include-resources=cronjobs,jobs';

const objects = (cron: Record<string, string> = {}, around: Record<string, string> = {}): KubeObject[] => {
  const owner = cronJob({ name: 'report', annotations: prefixed(cron), metadata: { uid: '1' } });
  return [
    namespace({ name: 'default', annotations: prefixed(around) }),
    owner,
    job({ name: 'report-1', suspend: false, owner }),
    job({ name: 'import', suspend: false }),
  ];
};

const decided = (given: readonly KubeObject[], ...argv: string[]): Record<string, string> =>
  Object.fromEntries([...decisionsOn(given, { argv })].map(([id, decision]) => [id, inShort(decision)]));

const DOWN = 'suspend OutsideUptime false→true';

t.test('a Job of a CronJob is left alone, a Job of its own goes down where Jobs are included', (t) => {
  t.strictSame(decided(objects(), NIGHT, CRON), { 'CronJob/report': DOWN }, 'Jobs are not included');
  t.strictSame(decided(objects(), NIGHT, BOTH), {
    'CronJob/report': DOWN,
    'Job/report-1': 'none OwnedByManagedKind',
    'Job/import': DOWN,
  });
  t.end();
});

t.test('with scale-children on the CronJob, its namespace or in the configuration, its Jobs follow it', (t) => {
  const expected = { 'CronJob/report': DOWN, 'Job/report-1': DOWN };
  const asked = { 'scale-children': 'true' };
  t.strictSame(decided(objects(asked), NIGHT, CRON), expected, 'on the CronJob');
  t.strictSame(decided(objects({}, asked), NIGHT, CRON), expected, 'on the namespace');
  t.strictSame(decided(objects(), NIGHT, CRON, '--scale-children'), expected, 'by a flag');
  const refused = { 'scale-children': 'false' };
  t.strictSame(decided(objects(refused, asked), NIGHT, CRON), { 'CronJob/report': DOWN }, 'the CronJob first');
  t.end();
});

t.test('Jobs wake with their CronJob, and are excluded with it', (t) => {
  const unit = objects({ 'scale-children': 'true' });
  const argv = [CRON];
  const asleep = carriedOut(unit, { argv: [...argv, NIGHT] });
  t.strictSame(carriedOut(asleep, { argv }), unit);
  const excluded = objects({ 'scale-children': 'true', exclude: 'true' });
  t.equal(decided(excluded, NIGHT, CRON)['Job/report-1'], 'none Excluded');
  t.end();
});

t.test("a Job is young by its own age, and its CronJob's grace period", (t) => {
  const [, owner] = objects({ 'scale-children': 'true', 'grace-period': '1h' });
  const child = (creationTimestamp: string): KubeObject =>
    job({ name: 'report-1', suspend: false, creationTimestamp, ...(owner && { owner }) });
  const short = (created: string): string | undefined =>
    decided([owner as KubeObject, child(created)], NIGHT, CRON)['Job/report-1'];
  t.equal(short('2026-11-20T19:00:00Z'), 'none GracePeriod');
  t.equal(short('2026-11-20T18:00:00Z'), DOWN);
  t.end();
});
