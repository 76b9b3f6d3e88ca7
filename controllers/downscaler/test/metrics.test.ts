import t from 'tap';
import { createMetrics } from '@kube-steward/controller';
import type { Decision } from '@kube-steward/plan';
import { deployment } from '@kube-steward/sandbox';
import { decisionsOn, policy } from './decisions.ts';
import { createDownscalerMetrics } from '../src/metrics.ts';
import { observeAll } from '../src/observe.ts';
import { viewOfManifests } from '../src/view.ts';
import type { Workload } from '../src/workload.ts';

const begin = (dryRun = false) => {
  const all = createMetrics({ name: 'downscaler', version: '1.2.3', process: false });
  return { all, ours: createDownscalerMetrics(all, dryRun) };
};

const asleep = (name: string, cpu: string): Workload => {
  const configured = policy();
  const annotations = { 'downscaler/original-replicas': '1' };
  const object = deployment({ name, namespace: 'shop', replicas: 0, requests: { cpu, memory: '1Mi' }, annotations });
  const [o] = observeAll(viewOfManifests([object], configured), configured);
  if (!o) throw new Error('nothing observed');
  return o.workload;
};

t.test('what falls asleep and wakes again leaves nothing behind in the sums, and no series', async (t) => {
  const { all, ours } = begin();
  ours.observed('rest', asleep('rest', '100m'));
  for (const cpu of ['200m', '300m', '700m', '1100m']) {
    ours.observed('api', asleep('api', cpu));
    ours.observed('api', undefined);
  }
  const text = await all.render();
  t.match(text, 'kube_steward_downscaler_sleeping_workloads{namespace="shop"} 1\n');
  t.match(text, 'kube_steward_downscaler_saved_cpu_cores{namespace="shop"} 0.1\n');
  t.match(text, 'kube_steward_downscaler_saved_memory_bytes{namespace="shop"} 1048576\n');
  ours.observed('rest', undefined);
  t.notMatch(await all.render(), 'namespace="shop"');
});

t.test('actions that a dry run does not take are counted, from 0 on', async (t) => {
  const down = decisionsOn([deployment({ name: 'api', replicas: 2 })], { argv: ['--default-uptime=never'] });
  for (const dryRun of [true, false]) {
    const { all, ours } = begin(dryRun);
    ours.decided(down.get('Deployment/api') as Decision);
    const text = await all.render();
    t.match(text, `dry_run_actions_total{controller="downscaler",action="scaleDown"} ${dryRun ? 1 : 0}\n`);
    t.match(text, 'dry_run_actions_total{controller="downscaler",action="resume"} 0\n');
  }
});
