/** Starts a cluster, says the process ids of its programs and where its folder is, and waits for its end. */
import { dirname } from 'node:path';
import { startCluster } from './cluster.ts';

const cluster = await startCluster();
process.stdout.write(`${JSON.stringify({ pids: await cluster.pids(), folder: dirname(cluster.kubeconfig()) })}\n`);
setInterval(() => undefined, 60_000);
