import { cpus } from 'node:os';
import { renderTable } from '@kube-steward/cli';
import type { Bench } from './bench.ts';
import { clusterBench } from './cluster.ts';
import { decideBench } from './decide.ts';
import { failoverBench } from './failover.ts';
import { idleBench } from './idle.ts';
import { janitorBench } from './janitor.ts';
import { janitorClusterBench } from './janitor-cluster.ts';
import { planBench } from './plan.ts';
import { queueBench } from './queue.ts';
import { reconnectBench } from './reconnect.ts';
import { startBench } from './start.ts';
import { sweepBench } from './sweep.ts';
import { syncBench } from './sync.ts';
import { watchBench } from './watch.ts';

const BENCHES: readonly Bench[] = [
  queueBench,
  decideBench,
  startBench,
  planBench,
  idleBench,
  sweepBench,
  watchBench,
  syncBench,
  reconnectBench,
  failoverBench,
  clusterBench,
  janitorBench,
  janitorClusterBench,
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(`no bench ${unknown.join(', ')}; there are: ${BENCHES.map(({ name }) => name).join(', ')}\n`);
  process.exit(64);
}

process.stdout.write(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}\n`);
const rows: string[][] = [];
for (const bench of BENCHES.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  process.stderr.write(`${bench.name} …\n`);
  for (const { what, bar, reached, met } of await bench.run())
    rows.push([bench.name, what, bar, reached, met ? 'yes' : 'NO']);
}
process.stdout.write(renderTable(['bench', 'what', 'bar', 'reached', 'met'], rows));
