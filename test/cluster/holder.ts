/** Starts a cluster, says the process ids of its programs, and waits to be killed. */
import { startCluster } from './cluster.ts';

const cluster = await startCluster();
process.stdout.write(`${JSON.stringify(await cluster.pids())}\n`);
setInterval(() => undefined, 60_000);
