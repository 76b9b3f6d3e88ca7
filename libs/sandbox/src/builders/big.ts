import type { ManagedFieldsEntry } from '@kube-steward/kube';
import type { SeedEntry } from '../cluster.ts';
import type { Container, Deployment, Pod } from '../workloads/wire.ts';
import { pod, podTemplate } from './pods.ts';
import { deployment } from './workloads.ts';

/**
 * Objects of the size production has: a pod of about 11.8 kB, of which 4.8 kB are managedFields, and a Deployment of
 * about 10 kB. What a cache must carry depends on these two more than on anything else.
 */
const WHEN = '2026-11-16T08:00:00Z';

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

const probe = (path: string, port: number): Record<string, unknown> => ({
  httpGet: { path, port, scheme: 'HTTP' },
  initialDelaySeconds: 5,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
});

const bigContainer = (name: string, variables: number): Container => ({
  name,
  image: `registry.example.com/platform/${name}:2026.11.16-${'0123456789abcdef'.repeat(2)}`,
  imagePullPolicy: 'IfNotPresent',
  env: times(variables, (i) => ({
    name: `${name.toUpperCase()}_SETTING_${i}`,
    value: `https://settings.example.com/values/of/setting/${i}/${'abcdefgh'.repeat(6)}`,
  })),
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
  livenessProbe: probe('/healthz', 8080),
  readinessProbe: probe('/readyz', 8080),
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  volumeMounts: [
    { mountPath: '/etc/config', name: 'config', readOnly: true },
    { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'kube-api-access', readOnly: true },
  ],
});

const BIG_CONTAINERS = [bigContainer('app', 20), bigContainer('proxy', 4)];
const BIG_POD_SPEC = {
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  serviceAccountName: 'default',
  volumes: [
    { name: 'config', configMap: { name: 'settings', defaultMode: 420 } },
    { name: 'kube-api-access', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token' } }] } },
  ],
};

/** The `f:` set of any value, as an Update by its manager would have recorded it. Lists of named things get `k:` keys. */
const fieldSet = (value: unknown): Record<string, unknown> => {
  if (Array.isArray(value)) {
    const items = value.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
    const keyed = items.filter((item) => 'name' in item);
    return Object.fromEntries(
      keyed.map((item) => [`k:${JSON.stringify({ name: item['name'] })}`, { '.': {}, ...fieldSet(item) }]),
    );
  }
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [`f:${key}`, fieldSet(item)]));
};

const entry = (manager: string, fields: unknown, subresource?: string): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: WHEN,
  fieldsType: 'FieldsV1',
  fieldsV1: fieldSet(fields),
  ...(subresource ? { subresource } : {}),
});

/** Options of `bigPod`. */
export interface BigPodOptions {
  name: string;
  namespace?: string;
  nodeName?: string;
  /** The workload it belongs to: label `app` and the name of its ReplicaSet's owner. Default `web`. */
  app?: string;
  uid?: string;
}

/** A running pod of about 11.8 kB with two containers, owned by a ReplicaSet. */
export const bigPod = (options: BigPodOptions): Pod => {
  const app = options.app ?? 'web';
  const body = pod({
    name: options.name,
    namespace: options.namespace ?? 'default',
    labels: { app, 'pod-template-hash': '7c5ddbdf54', team: 'platform', 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    containers: BIG_CONTAINERS,
    podSpec: BIG_POD_SPEC,
    nodeName: options.nodeName ?? 'node-1',
    phase: 'Running',
  });
  return {
    ...body,
    metadata: {
      ...body.metadata,
      uid: options.uid ?? '3f0d1a52-77c5-4a4e-9b6e-000000000000',
      creationTimestamp: WHEN,
      generateName: `${app}-7c5ddbdf54-`,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-7c5ddbdf54`,
          uid: '9a1c6f0e-1111-4222-8333-444444444444',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [
        entry('kube-controller-manager', { metadata: { labels: body.metadata.labels }, spec: body.spec }),
        entry('kubelet', { status: body.status }, 'status'),
      ],
    },
  };
};

/** A Deployment of about 10 kB, of which half are managedFields. */
export const bigDeployment = (options: { name: string; namespace?: string; replicas?: number }): Deployment => {
  const body = deployment({ ...options, containers: BIG_CONTAINERS, podSpec: BIG_POD_SPEC });
  const lastApplied = { 'kubectl.kubernetes.io/restartedAt': WHEN, 'deployment.kubernetes.io/revision': '7' };
  return {
    ...body,
    metadata: {
      ...body.metadata,
      annotations: lastApplied,
      managedFields: [
        { ...entry('helm', { metadata: { labels: body.metadata.labels }, spec: body.spec }), apiVersion: 'apps/v1' },
      ],
    },
    spec: {
      ...body.spec,
      template: { ...podTemplate(options.name, { containers: BIG_CONTAINERS, podSpec: BIG_POD_SPEC }) },
    },
  };
};

/** Options of `seedPods`. */
export interface SeedPodsOptions {
  count: number;
  /** How many namespaces they are spread over, named `load-0`, `load-1`, … Default 100. */
  namespaces?: number;
  /** How many nodes they are spread over, named `node-0`, … Default 1,000. */
  nodes?: number;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** A JSON text, cut at the values that vary: every odd part is the name of such a value. */
type Template = readonly string[];

const filled = (template: Template, values: Readonly<Record<string, string>>, resourceVersion: string): string =>
  template.map((part, at) => (at % 2 === 0 ? part : (values[part] ?? resourceVersion))).join('');

const podTemplates = (): Record<'text' | 'metadata', Template> => {
  const body = bigPod({ name: '@name@', namespace: '@namespace@', nodeName: '@node@', uid: '@uid@' });
  const metadata = { ...body.metadata, resourceVersion: '@resourceVersion@' };
  return {
    text: JSON.stringify({ metadata, spec: body.spec, status: body.status }).split('@'),
    metadata: JSON.stringify(metadata).split('@'),
  };
};

/**
 * Big pods as `Cluster.seed` takes them. The text of each is put together from one shared template when it is asked for, so
 * that 100,000 of them (1.2 GB on the wire) cost a few megabytes.
 */
export function* seedPods(options: SeedPodsOptions): Generator<SeedEntry> {
  const { namespaces = 100, nodes = 1000, count } = options;
  const { text, metadata } = podTemplates();
  for (let i = 0; i < count; i++) {
    const name = `web-7c5ddbdf54-${hex(i, 6)}`;
    const namespace = `load-${i % namespaces}`;
    const node = `node-${i % nodes}`;
    const values = { name, namespace, node, uid: `3f0d1a52-77c5-4a4e-9b6e-${hex(i, 12)}` };
    yield {
      namespace,
      name,
      text: (resourceVersion) => filled(text, values, resourceVersion),
      metadata: (resourceVersion) => filled(metadata, values, resourceVersion),
      fields: { 'status.phase': 'Running', 'spec.nodeName': node },
    };
  }
}
