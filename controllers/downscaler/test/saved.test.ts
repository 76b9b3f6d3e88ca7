import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import type { Freed, Requests } from '@kube-steward/plan';
import { cronJob, daemonSet, deployment, statefulSet } from '@kube-steward/sandbox';
import { decide } from '../src/decide.ts';
import { observeAll } from '../src/observe.ts';
import { freedBy, savedBy } from '../src/saved.ts';
import { viewOfManifests } from '../src/view.ts';
import { FRIDAY_EVENING, OFFICE_HOURS, policy } from './decisions.ts';

const MI = 1024 ** 2;
const requests = { cpu: '500m', memory: '256Mi' };
const asleep = (original: string): Record<string, string> => ({ 'downscaler/original-replicas': original });

const seen = (object: KubeObject, ...argv: string[]): { saved: Requests | undefined; freed: Freed | undefined } => {
  const configured = policy(['--include-resources=deployments,statefulsets,cronjobs,daemonsets', ...argv]);
  const [o] = observeAll(viewOfManifests([object], configured), configured);
  if (!o) throw new Error('nothing observed');
  return {
    saved: savedBy(o.workload),
    freed: freedBy(o.workload, decide(o, configured, Date.parse(FRIDAY_EVENING))),
  };
};

t.test('a sleeping workload saves its requests, times the replicas it is short of its original', (t) => {
  const saved = (replicas: number, original: string): Requests | undefined =>
    seen(deployment({ name: 'api', replicas, requests, annotations: asleep(original) })).saved;
  t.strictSame(saved(0, '3'), { cpuCores: 1.5, memoryBytes: 768 * MI });
  t.strictSame(saved(1, '3'), { cpuCores: 1, memoryBytes: 512 * MI });
  t.equal(saved(3, '3'), undefined);
  t.equal(saved(0, 'many'), undefined);
  t.equal(seen(deployment({ name: 'api', replicas: 0, requests })).saved, undefined, 'asleep by somebody else');
  t.end();
});

t.test('a decision to go down frees them until the workload comes back', (t) => {
  const { freed } = seen(
    statefulSet({ name: 'db', replicas: 3, requests }),
    `--default-uptime=${OFFICE_HOURS}`,
    '--downtime-replicas=1',
  );
  t.strictSame(freed, {
    requests: { cpuCores: 0.5, memoryBytes: 256 * MI },
    replicas: 2,
    until: Date.parse('2026-11-23T06:30:00Z'),
  });
  const forever = seen(deployment({ name: 'api', replicas: 2, requests }), '--default-uptime=never');
  t.match(forever.freed, { replicas: 2 });
  t.notOk(forever.freed && 'until' in forever.freed);
  t.end();
});

t.test('nothing else frees anything that is known', (t) => {
  t.equal(seen(deployment({ name: 'api', replicas: 2, requests })).freed, undefined, 'awake');
  t.equal(
    seen(cronJob({ name: 'api', requests }), '--default-uptime=never').freed,
    undefined,
    'a CronJob may not be running',
  );
  t.equal(
    seen(daemonSet({ name: 'api', requests }), '--default-uptime=never').freed,
    undefined,
    'as many as there are nodes',
  );
  t.end();
});
