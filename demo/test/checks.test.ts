import { RESOURCES, createClient, createTransport, loadEndpoint } from '@kube-steward/kube';
import t from 'tap';
import { checkAwake, checkWeek, failureOf } from '../src/checks.ts';
import { Journal } from '../src/journal.ts';
import { buildStage } from '../src/stage.ts';

t.test('a write of anybody else, a size that is not back, and an original left over are found', async (t) => {
  const stage = await buildStage();
  const journal = new Journal(stage.cluster, stage.clock);
  const faults = (): string[] => [...checkWeek(stage, journal), ...checkAwake(stage)].flatMap((check) => check.faults);
  t.same(
    faults(),
    ['CronJob payments-test/reconcile-accounts is at true', 'CronJob payments-test/reconcile-accounts'],
    'before the downscaler starts only what another one left suspended is',
  );

  const transport = createTransport(await loadEndpoint({ kubeconfig: stage.kubeconfigOf('mallory'), env: {} }));
  const body = { metadata: { annotations: { 'downscaler/original-replicas': '3' } }, spec: { replicas: 1 } };
  const key = { namespace: 'shop-dev', name: 'catalog' };
  await createClient(transport, { fieldManager: 'mallory' }).patch(RESOURCES.deployments, key, { type: 'merge', body });
  transport.close();
  t.match(faults(), [
    /^PATCH .*\/shop-dev\/deployments\/catalog by mallory$/,
    'Deployment shop-dev/catalog is at 1',
    'CronJob payments-test/reconcile-accounts is at true',
    'Deployment shop-dev/catalog',
    'CronJob payments-test/reconcile-accounts',
  ]);
  await stage.close();
});

t.test('one line says what failed', (t) => {
  const holds = { claim: 'all is asleep', faults: [] };
  const fails = (claim: string) => ({ claim, faults: ['Deployment shop/web'] });
  t.equal(failureOf([holds], 0), undefined);
  t.equal(failureOf([holds], 1), 'The demo failed: the downscaler ended with exit code 1');
  t.equal(
    failureOf([holds, fails('all is awake'), fails('nothing is left')], 0),
    'The demo failed: it does not hold that all is awake; nor that nothing is left',
  );
  t.end();
});
