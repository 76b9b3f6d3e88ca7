import t from 'tap';
import { asymmetryOf } from '../src/asymmetry.ts';
import { autoscalerNote, disturbed } from '../src/autoscaler.ts';
import { createRuns, noteRun, runPercentile } from '../src/usage/runs.ts';

t.test('half the request gives twice the replicas, unless the target is doubled', async (t) => {
  const metric = { autoscaler: 'hpa/web', resource: 'cpu', kind: 'Utilization', target: 50 } as const;
  t.match(autoscalerNote(metric, 1000, 500), { replicasFactor: 2, matchingUtilization: 100 });
  t.match(autoscalerNote(metric, 500, 1000), { replicasFactor: 0.5, matchingUtilization: 25 });
  t.match(autoscalerNote(metric, 500, 0), { replicasFactor: 1 });
  t.equal(disturbed([metric], 'memory'), undefined);
  t.equal(disturbed([{ ...metric, kind: 'AverageValue' }], 'cpu'), undefined);
});

t.test('a leader is seen among its followers, when it leads for two days', async (t) => {
  const leader = [800, 200, 210, 190, 205];
  t.match(asymmetryOf([leader, leader]), { highest: 800, median: 205 });
  t.equal(asymmetryOf([leader]), undefined);
  t.equal(asymmetryOf([leader, [300, 200, 210]]), undefined);
  t.equal(asymmetryOf([[0], []]), undefined);
});

t.test('of a CronJob each run counts once, the last twenty', async (t) => {
  const runs = createRuns();
  for (let run = 1; run <= 25; run++)
    for (const cpu of [run, 2 * run, run]) noteRun(runs, run, { cpu, memory: 10 * cpu });
  t.equal(runs.cpu.length, 20);
  t.equal(runPercentile(runs.cpu, 1), 50);
  t.equal(runPercentile(runs.cpu, 0.9), 46, 'the 18th of 20');
  t.equal(runPercentile(runs.memory, 0.5), 300);
  t.equal(runPercentile([], 0.9), 0);
});
