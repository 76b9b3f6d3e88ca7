/** Leaves a cluster running for people to play with: nodes on which pods run, and a Deployment. */
import { once } from 'node:events';
import { RESOURCES } from '@kube-steward/kube';
import { deployment } from '@kube-steward/sandbox';
import { startCluster } from './index.ts';

const NODES = 3;

process.stderr.write('starting etcd, kube-apiserver, controllers, scheduler and nodes …\n');
const cluster = await startCluster({ nodes: NODES });
await cluster.admin.create(RESOURCES.deployments, deployment({ name: 'web', namespace: 'default', replicas: 3 }));
const kubeconfig = cluster.kubeconfig();
process.stdout.write(
  [
    `Kubernetes ${cluster.version} at ${cluster.server}, ${NODES} simulated nodes. Try:`,
    '',
    `  export KUBECONFIG=${kubeconfig}`,
    '  kubectl get nodes,deployments,pods',
    '  node controllers/downscaler/dist/main.mjs --dry-run --once --default-uptime=never --grace-period=0',
    '',
    'Ctrl-C stops it, and nothing is left.',
    '',
  ].join('\n'),
);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await cluster.stop();
