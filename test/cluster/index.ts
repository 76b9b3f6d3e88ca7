/**
 * A real Kubernetes cluster on this machine, for tests and for people: etcd, kube-apiserver, and on request the real
 * controllers, the scheduler, simulated nodes, usage, Karpenter and the VPA recommender. README.md says where the programs come from.
 *
 * @example
 * await using cluster = await startCluster({ nodes: 2, clients: ['downscaler'] });
 * await cluster.admin.list(RESOURCES.pods, {});
 * countsOf(cluster.audit('downscaler')); // { 'list deployments': 1, 'watch deployments': 1 }
 */
export { startCluster, type ClusterOptions, type RealCluster } from './cluster.ts';
export { until } from './until.ts';
export { countsOf, type AuditEntry } from './audit.ts';
export { DOWNSCALER_RULES, JANITOR_RULES, grant, type Rule } from './rights.ts';
export { usernameOf, type ServiceAccount } from './service-account.ts';
export { POD_METRICS, USAGE } from './usage.ts';
export { NODE_CLAIMS, NODE_POOLS, POOL_LABEL, addNodePools, type Pool } from './karpenter.ts';
export { VERTICAL_POD_AUTOSCALERS, type RecommenderOptions } from './vpa.ts';
