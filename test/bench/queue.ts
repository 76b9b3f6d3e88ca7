import { createWorkQueue, createMetrics } from '@kube-steward/controller';
import { systemClock } from '@kube-steward/schedule';
import { figure, type Bench } from './bench.ts';

const DEEP = 100_000;
const ROUNDS = 5;

/** Adds, gets and finishes keys while the queue is 100,000 deep, every key added twice, metrics on. */
export const queueBench: Bench = {
  name: 'queue',
  run() {
    const metrics = createMetrics({ name: 'bench', version: '0', process: false });
    const queue = createWorkQueue({ clock: systemClock, name: 'bench', metrics: metrics.queue });
    const keys = Array.from({ length: DEEP }, (_, i) => `deployments.apps/namespace-${i % 200}/workload-${i}`);
    for (const key of keys) queue.add(key);
    const begun = performance.now();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const key of keys) {
        const next = queue.tryGet();
        queue.add(key);
        queue.add(key);
        if (next !== undefined) queue.done(next);
      }
    }
    const seconds = (performance.now() - begun) / 1000;
    const millions = (DEEP * ROUNDS) / seconds / 1e6;
    return Promise.resolve([figure('add/get/done a second, 100,000 deep', millions, 1, 'M/s', true)]);
  },
};
