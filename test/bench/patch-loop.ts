/**
 * The least that 2,000 patches cost: a loop over kept-alive connections that sends them and nothing else. Arguments: a
 * kubeconfig, how many Deployments in how many namespaces, connections. Reads a size from each line; says what that took.
 */
import https from 'node:https';
import { createInterface } from 'node:readline';
import { loadEndpoint } from '@kube-steward/kube';

const [kubeconfig, workloads = '', namespaces = '', sockets = ''] = process.argv.slice(2);
const endpoint = await loadEndpoint({ kubeconfig });
const { headers, tls } = await endpoint.credentials();
const agent = new https.Agent({ ...tls, keepAlive: true, maxSockets: Number(sockets) });

const patch = (index: number, replicas: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const path = `/apis/apps/v1/namespaces/load-${index % Number(namespaces)}/deployments/api-${index}`;
    const options = {
      host: endpoint.server.hostname,
      port: endpoint.server.port,
      method: 'PATCH',
      path,
      agent,
      headers: { ...headers, 'content-type': 'application/merge-patch+json' },
    };
    https
      .request(options, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
        response.on('end', resolve).resume();
      })
      .on('error', reject)
      .end(JSON.stringify({ spec: { replicas } }));
  });

const sweep = async (replicas: number): Promise<void> => {
  const rest = Array(Number(workloads)).keys();
  const work = async (): Promise<void> => {
    for (const index of rest) await patch(index, replicas);
  };
  await Promise.all(Array.from({ length: Number(sockets) }, work));
};

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  await sweep(Number(line));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1000 })}\n`);
}
