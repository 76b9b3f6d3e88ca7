import { writeFileSync } from 'node:fs';
import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { createSelfSigned } from '@kube-steward/sandbox';
import { findFile } from './binaries.ts';
import { hasCondition, type Conditioned } from './conditions.ts';
import { freePorts } from './free-ports.ts';
import type { Site } from './site.ts';
import { untilReady } from './supervised.ts';

/** What a pod is said to use, in all its containers: quantities, in annotations that may change while it runs. */
export const USAGE = { cpu: 'kwok.x-k8s.io/usage-cpu', memory: 'kwok.x-k8s.io/usage-memory' } as const;

/** The least metrics-server takes. */
const SCRAPE_EVERY = '10s';

/** `metrics.k8s.io`: what pods use, as metrics-server last saw it. */
export const POD_METRICS: Resource = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  plural: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
};

/** What kwok needs to answer for the kubelets of its nodes. */
export const usageFlags = async ({ path }: Site['programs']): Promise<string[]> => {
  const [port = 0] = await freePorts(1);
  const { cert, key } = createSelfSigned(['127.0.0.1']);
  writeFileSync(path('kubelet.crt'), cert);
  writeFileSync(path('kubelet.key'), key);
  return [
    ...['metrics-resource.yaml', 'usage-from-annotation.yaml'].map((file) => `--config=${findFile(file)}`),
    `--server-address=127.0.0.1:${port}`,
    `--node-port=${port}`,
    `--tls-cert-file=${path('kubelet.crt')}`,
    `--tls-private-key-file=${path('kubelet.key')}`,
  ];
};

/** metrics-server behind the API server. Numbers come with its third look at a pod: kwok counts from the first. */
export const startMetricsServer = async ({ programs, admin, kubeconfig }: Site): Promise<void> => {
  const [port = 0] = await freePorts(1);
  const config = kubeconfig('metrics-server');
  const program = programs.run('metrics-server', [
    `--kubeconfig=${config}`,
    `--authentication-kubeconfig=${config}`,
    `--authorization-kubeconfig=${config}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${programs.path('metrics-server')}`,
    '--kubelet-insecure-tls',
    '--kubelet-use-node-status-port',
    '--kubelet-preferred-address-types=InternalIP',
    `--metric-resolution=${SCRAPE_EVERY}`,
    '--kubelet-request-timeout=5s',
  ]);
  await admin.create(RESOURCES.services, SERVICE);
  await admin.create(RESOURCES.apiServices, apiService(port));
  await untilReady(program, async () => {
    const service = await admin.get<Conditioned>(RESOURCES.apiServices, { name: 'v1beta1.metrics.k8s.io' });
    return hasCondition(service, 'Available');
  });
};

const PLACE = { namespace: 'kube-system', name: 'metrics-server' };

/** A name for this machine: the API server finds what is behind it by a Service. */
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: PLACE,
  spec: { type: 'ExternalName', externalName: 'localhost' },
};

const apiService = (port: number): Unstructured => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    service: { ...PLACE, port },
    insecureSkipTLSVerify: true,
    groupPriorityMinimum: 100,
    versionPriority: 100,
  },
});
