import { RESOURCES, type KubeObject } from '@kube-steward/kube';
import { deployment, namespace } from '@kube-steward/sandbox';
import { formatTimestamp } from '@kube-steward/schedule';
import t, { type Test } from 'tap';
import { createGitOpsTool, type GitOpsTool, type GitOpsToolOptions } from '../../../test/players/index.ts';
import { createStage, type Stage } from './controller-stage.ts';
import { eventsOn } from './stage-events.ts';

const { deployments } = RESOURCES;
const OURS = 'kube-steward-downscaler';
/** Two short nights. */
const NIGHTS = { 'downscaler/downtime': 'Mon-Sun 20:00-22:00 UTC, Mon-Sun 23:00-24:00 UTC' };

/** What is in Git. */
const web = (replicas: number | 'unsaid'): KubeObject => {
  const object = deployment({
    namespace: 'shop',
    name: 'web',
    replicas: 1,
    requests: { cpu: '500m', memory: '1Gi' },
  });
  const { replicas: _replicas, ...spec } = object['spec'] as { replicas: number };
  return { ...object, spec: replicas === 'unsaid' ? spec : { replicas, ...spec } } as KubeObject;
};

/** An evening: the tool has deployed `web`, the downscaler is running. */
const begin = async (
  t: Test,
  options: Pick<GitOpsToolOptions, 'apply' | 'ignoredManagers'>,
  replicas: Parameters<typeof web>[0] = 3,
) => {
  const stage = await createStage({
    at: '2026-11-19T19:59:30Z',
    objects: [namespace({ name: 'shop', annotations: NIGHTS })],
  });
  t.teardown(() => stage.close());
  const client = stage.client('argo');
  const tool = createGitOpsTool(
    { client, resource: deployments, manager: 'argocd-controller', ...options },
    web(replicas),
  );
  await tool.sync();
  const actor = await stage.start(['--grace-period=0']);
  await stage.settle();
  return { stage, tool, actor };
};

const EVERY = 30_000;
/** Where nothing is expected to happen. */
const SELDOM = 10 * 60_000;

/** Time passes, and the tool looks now and then. @returns how often it had to apply */
const healing = async (stage: Stage, tool: GitOpsTool, until: string, every = EVERY): Promise<number> => {
  let applied = 0;
  while (stage.clock.now() < Date.parse(until)) {
    await stage.pass(every);
    if (await tool.sync()) applied += 1;
    await stage.settle();
  }
  return applied;
};

const sleeps = (stage: Stage): string[] =>
  stage.writes({ verb: 'patch', resource: 'deployments' }).map(({ at }) => formatTimestamp(at).slice(11, 19));

for (const apply of ['server-side', 'client-side'] as const) {
  t.test(`a tool that heals by ${apply} apply: left alone for an hour, then tried again`, async (t) => {
    const { stage, tool, actor } = await begin(t, { apply });
    await healing(stage, tool, '2026-11-19T21:01:30Z');
    t.strictSame(sleeps(stage), ['20:00:00', '20:01:00', '20:02:00'], 'put to sleep three times, and no more');
    t.equal(stage.size('web'), 3);
    const warnings = eventsOn(stage, 'web').filter(({ type }) => type === 'Warning');
    t.match(warnings, [
      {
        reason: 'LeftToOtherManager',
        note: 'set back to 3 by argocd-controller 3 times in 10m: left awake for 1h, which costs 1.5 vCPU-hours and 3.0 GiB-hours. steward plan prints what makes GitOps tools leave /spec/replicas alone',
      },
    ]);
    t.equal(await actor.metric('kube_steward_downscaler_left_to_others_total{manager="argocd-controller"}'), 1);
    t.equal(await actor.metric('kube_steward_downscaler_sleeping_workloads{namespace="shop"}'), undefined);
    await healing(stage, tool, '2026-11-19T21:10:00Z');
    t.strictSame(sleeps(stage).slice(3), ['21:02:00', '21:03:00', '21:04:00'], 'an hour later it is tried again');
    await healing(stage, tool, '2026-11-19T22:01:00Z', SELDOM);
    t.equal(stage.size('web'), 3);
    t.equal(stage.get(deployments, 'web')?.metadata.annotations?.['downscaler/original-replicas'], undefined);
  });

  t.test(`a tool that ignores our fields, by ${apply} apply: no fight, and what it says by day counts`, async (t) => {
    const { stage, tool } = await begin(t, { apply, ignoredManagers: [OURS] });
    t.equal(await healing(stage, tool, '2026-11-19T21:59:30Z', SELDOM), 0, 'it has nothing to heal');
    t.equal(stage.size('web'), 0);
    t.strictSame(sleeps(stage), ['20:00:00'], 'put to sleep once');
    t.equal(await healing(stage, tool, '2026-11-19T22:30:00Z', SELDOM), 0);
    t.equal(stage.size('web'), 3);
    tool.push(web(5));
    await tool.sync();
    t.equal(stage.size('web'), 5, 'awake, the size is not ours any more');
    await healing(stage, tool, '2026-11-19T23:00:00Z', SELDOM);
    t.equal(stage.size('web'), 0);
    tool.push(web(6));
    await healing(stage, tool, '2026-11-20T00:01:00Z', SELDOM);
    t.equal(stage.size('web'), 6, 'a size pushed at night is there in the morning');
  });

  t.test(`a new size in Git, by ${apply} apply, is the size to come back to`, async (t) => {
    const { stage, tool } = await begin(t, { apply });
    await stage.passTo('2026-11-19T21:00:00Z');
    tool.push(web(2));
    await tool.sync();
    await stage.pass(60_000);
    t.equal(stage.size('web'), 0, 'it sleeps again');
    await stage.passTo('2026-11-19T22:00:00Z');
    t.equal(stage.size('web'), 2);
  });

  t.test(`a smaller size in Git stays, where it was left awake`, async (t) => {
    const { stage, tool } = await begin(t, { apply });
    await healing(stage, tool, '2026-11-19T20:05:00Z');
    tool.push(web(2));
    await tool.sync();
    await stage.settle();
    t.match(stage.get(deployments, 'web'), { spec: { replicas: 2 } });
    t.match(stage.get(deployments, 'web')?.metadata.annotations, { 'downscaler/original-replicas': '3' });
    stage.edit(RESOURCES.namespaces, 'shop', { metadata: { annotations: { 'downscaler/downtime': null } } });
    await stage.settle();
    t.equal(stage.size('web'), 2);
    t.notMatch(stage.get(deployments, 'web')?.metadata.annotations, { 'downscaler/original-replicas': '3' });
  });
}

t.test('a size that is not in Git is nobody else’s', async (t) => {
  const { stage, tool } = await begin(t, { apply: 'server-side' }, 'unsaid');
  stage.edit(deployments, 'web', { spec: { replicas: 4 } }, 'kubectl-scale');
  t.equal(await healing(stage, tool, '2026-11-19T22:30:00Z', SELDOM), 0, 'it has nothing to heal');
  t.strictSame(sleeps(stage), ['20:00:00', '22:00:00']);
  t.equal(stage.size('web'), 4);
});
