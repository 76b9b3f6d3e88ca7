import t from 'tap';
import type { KubeObject, ManagedFieldsEntry } from '@kube-steward/kube';
import { cronJob, customObject, deployment, pdb } from '@kube-steward/sandbox';
import { FRIDAY_NOON, OFFICE_HOURS, carriedOut, decisionsOn, inShort, ownerOf } from './decisions.ts';

/** The change by somebody else, 41 minutes before the evening of the tables. */
const EARLIER = '2026-11-20T19:00:00Z';
const US = ownerOf('/spec/replicas', 'kube-steward-downscaler', { time: '2026-11-20T18:00:00Z' });
const kubectl = (time = EARLIER): ManagedFieldsEntry => ownerOf('/spec/replicas', 'kubectl-scale', { time });

const asleep = (replicas: number, owner: ManagedFieldsEntry, more: Record<string, string> = {}): KubeObject =>
  deployment({
    name: 'api',
    replicas,
    annotations: { 'downscaler/original-replicas': '5', ...more },
    metadata: { managedFields: [owner] },
  });

const NIGHT = ['--default-uptime=never'];
const decided = (object: KubeObject, ...argv: string[]): string =>
  inShort(decisionsOn([object], { argv: [...NIGHT, ...argv] }).get(`${object.kind ?? ''}/api`));
const originalAfter = (object: KubeObject, ...argv: string[]): string | undefined =>
  carriedOut([object], { argv: [...NIGHT, ...argv] })[0]?.metadata.annotations?.['downscaler/original-replicas'];

t.test('scaled up by hand at night: down again, and the true original is kept', (t) => {
  const scaled = asleep(2, kubectl());
  t.equal(decided(scaled), 'scaleDown ManualChange 2→0');
  t.equal(originalAfter(scaled), '5');
  t.end();
});

t.test('but only a minute after the change, so that a person sees it', (t) => {
  const at = '2026-11-20T19:41:00Z';
  const changed = (time: string): KubeObject => asleep(2, kubectl(time));
  const waiting = decisionsOn([changed('2026-11-20T19:40:01Z')], { argv: NIGHT, at }).get('Deployment/api');
  t.equal(inShort(waiting), 'none ManualChange');
  t.match(waiting, {
    message: 'set to 2 by kubectl-scale while down; put to sleep again in 1s',
    nextTransition: '2026-11-20T19:41:01Z',
  });
  t.equal(decided(changed('2026-11-20T19:40:00Z')), 'scaleDown ManualChange 2→0');
  t.end();
});

t.test('respected where that is configured, until the next transition', (t) => {
  const scaled = asleep(2, kubectl());
  const argv = ['--default-uptime=Mon-Fri 07:30-20:30 Europe/Berlin', '--on-manual-change=respect'];
  const night = decisionsOn([scaled], { argv }).get('Deployment/api');
  t.equal(inShort(night), 'none ManualChange');
  t.equal(night?.nextTransition, '2026-11-23T06:30:00Z');
  const morning = decisionsOn([scaled], { argv, at: '2026-11-23T06:30:00Z' }).get('Deployment/api');
  t.equal(inShort(morning), 'scaleUp InsideUptime 2→5', 'and in the morning it is what it was before the night');
  t.end();
});

t.test('a size that Git applied is the original from now on', (t) => {
  const flux = ownerOf('/spec/replicas', 'kustomize-controller', { time: EARLIER, operation: 'Apply' });
  t.equal(decided(asleep(8, flux)), 'scaleDown ChangedByGit 8→0');
  t.equal(originalAfter(asleep(8, flux)), '8');
  t.equal(originalAfter(asleep(8, flux), '--on-manual-change=respect'), '8', 'a wish of Git is no manual change');
  const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"replicas":8}}' };
  const applied = asleep(8, ownerOf('/spec/replicas', 'kubectl-client-side-apply', { time: EARLIER }), lastApplied);
  t.equal(decided(applied), 'scaleDown ChangedByGit 8→0');
  t.equal(originalAfter(applied), '8');
  t.equal(originalAfter(asleep(2, kubectl(), lastApplied)), '5', 'another size than the one last applied is manual');
  t.end();
});

t.test('what an operator scaled back up is left awake, with the line that would help', (t) => {
  const owner = customObject({
    apiVersion: 'db.example.org/v1',
    kind: 'Postgres',
    name: 'main',
    metadata: { name: 'main', uid: '1' },
  });
  const child = (entry: ManagedFieldsEntry, original = true): KubeObject =>
    deployment({
      name: 'api',
      replicas: 2,
      owner,
      ...(original && { annotations: { 'downscaler/original-replicas': '2' } }),
      metadata: { managedFields: [entry] },
    });
  const operator = ownerOf('/spec/replicas', 'postgres-operator', { time: EARLIER });
  t.equal(decided(child(operator, false)), 'scaleDown OutsideUptime 2→0', 'the first time the child is scaled');
  const reverted = decisionsOn([child(operator)], { argv: NIGHT }).get('Deployment/api');
  t.equal(inShort(reverted), 'blocked ManagedByOperator');
  t.match(reverted?.message, 'set back to 2 by postgres-operator');
  t.match(reverted?.message, '--scale-target db.example.org/v1/postgreses:/spec/replicas=0');
  t.end();
});

t.test('a downtime size that was changed at night is followed, and the original is kept', (t) => {
  const lowered = asleep(1, US);
  t.equal(decided(lowered, '--downtime-replicas=0'), 'scaleDown OutsideUptime 1→0');
  t.equal(originalAfter(lowered, '--downtime-replicas=0'), '5');
  const raised = asleep(0, US);
  t.equal(decided(raised, '--downtime-replicas=2'), 'scaleUp OutsideUptime 0→2');
  t.equal(originalAfter(raised, '--downtime-replicas=2'), '5');
  t.equal(decided(raised, '--downtime-replicas=9'), 'scaleUp OutsideUptime 0→5', 'never above the original');
  t.equal(
    decided(asleep(0, kubectl()), '--downtime-replicas=2'),
    'none OutsideUptime',
    "another's smaller size is theirs",
  );
  t.end();
});

t.test('in the morning a size below the original is restored, and one above it is left', (t) => {
  const rows = [
    [2, 'scaleUp InsideUptime 2→5'] as const,
    [5, 'scaleUp InsideUptime'] as const,
    [7, 'scaleUp InsideUptime'] as const,
  ];
  for (const [replicas, expected] of rows) {
    const [object] = [asleep(replicas, kubectl())];
    t.equal(inShort(decisionsOn([object]).get('Deployment/api')), expected);
    t.equal(carriedOut([object])[0]?.metadata.annotations, undefined, 'the annotation is gone either way');
  }
  t.end();
});

t.test('what a user put to sleep before the night is never touched', (t) => {
  const scaled = deployment({ name: 'api', replicas: 0, metadata: { managedFields: [kubectl()] } });
  const suspended = cronJob({ name: 'api', suspend: true });
  for (const [id, object] of [['Deployment/api', scaled] as const, ['CronJob/api', suspended] as const]) {
    const argv = ['--include-resources=deployments,cronjobs'];
    t.equal(decisionsOn([object], { argv: [...argv, ...NIGHT] }).get(id)?.action, 'none', `${id} at night`);
    t.equal(decisionsOn([object], { argv }).get(id)?.action, 'none', `${id} in the morning`);
  }
  t.end();
});

t.test('resumed by hand at night: suspended again after a minute', (t) => {
  const resumed = cronJob({
    name: 'api',
    suspend: false,
    annotations: { 'downscaler/original-replicas': '1' },
    metadata: { managedFields: [ownerOf('/spec/suspend', 'kubectl-edit', { time: EARLIER })] },
  });
  t.equal(decided(resumed, '--include-resources=cronjobs'), 'suspend ManualChange false→true');
  t.end();
});

t.test('a budget changed at night is followed by the field it uses', (t) => {
  const changed = pdb({
    name: 'api',
    maxUnavailable: 1,
    annotations: { 'downscaler/original-replicas': '2' },
    metadata: { managedFields: [ownerOf('/spec/maxUnavailable', 'kubectl-edit', { time: EARLIER })] },
  });
  t.equal(decided(changed, '--include-resources=pdb', '--downtime-replicas=5'), 'scaleDown ManualChange 1→5');
  t.end();
});

t.test('a budget knows which of its bounds is stored, and never gets the one back in the place of the other', (t) => {
  const argv = [`--default-uptime=${OFFICE_HOURS}`, '--include-resources=pdb', '--downtime-replicas=5'];
  const stored = { 'downscaler/original-replicas': '9', 'downscaler/original-bound': 'minAvailable' };
  const [asleep] = carriedOut([pdb({ name: 'api', minAvailable: 9 })], { argv });
  t.match(asleep, { metadata: { annotations: stored }, spec: { minAvailable: 5 } });
  for (const maxUnavailable of [1, 5, 12, '25%']) {
    const switched = pdb({ name: 'api', maxUnavailable, annotations: stored });
    const kept = [pdb({ name: 'api', maxUnavailable })];
    t.strictSame(carriedOut([switched], { argv, at: FRIDAY_NOON }), kept, `${maxUnavailable} stays in the morning`);
    const night = carriedOut([switched], { argv });
    t.strictSame(carriedOut(night, { argv, at: FRIDAY_NOON }), kept, `${maxUnavailable} is what it comes back to`);
  }
  t.end();
});

t.test('a budget whose bound was switched or tightened at night keeps what was written, and is forgotten', (t) => {
  for (const [written, morning] of [
    [{ minAvailable: 0 }, { minAvailable: 2 }],
    [{ minAvailable: 3 }, { minAvailable: 3 }],
    [{ minAvailable: '10%' }, { minAvailable: '10%' }],
    [{ maxUnavailable: 1 }, { maxUnavailable: 1 }],
    [{ maxUnavailable: '25%' }, { maxUnavailable: '25%' }],
  ] as const) {
    const options = { argv: [`--default-uptime=${OFFICE_HOURS}`, '--include-resources=pdb'], at: FRIDAY_NOON };
    const asleep = pdb({ name: 'api', ...written, annotations: { 'downscaler/original-replicas': '2' } });
    t.strictSame(carriedOut([asleep], options), [pdb({ name: 'api', ...morning })], JSON.stringify(written));
  }
  t.end();
});
