import { count, flag, list, map, object, value } from '../shape.ts';
import { METADATA } from './metadata.ts';

export const CONFIG_MAP = object({
  'metadata!': METADATA,
  data: map(['a', 'b', 'c.txt'], '1', '2', ''),
  binaryData: map(['x', 'y'], 'AAEC', ''),
  immutable: value(false),
});

export const NAMESPACE = object({ 'metadata!': METADATA });

export const SERVICE_ACCOUNT = object({
  'metadata!': METADATA,
  secrets: list(object({ 'name!': value('token-a', 'token-b'), namespace: value('other') }), { key: 'name' }),
  imagePullSecrets: list(object({ 'name!': value('pull-a', 'pull-b') }), { key: 'name' }),
  automountServiceAccountToken: flag,
});

export const NODE = object({
  'metadata!': METADATA,
  spec: object({
    unschedulable: flag,
    taints: list(
      object({
        'key!': value('spot', 'example.com/gpu'),
        value: value('yes', ''),
        'effect!': value('NoSchedule', 'NoExecute'),
      }),
      { key: 'key' },
    ),
    providerID: value('kwok://node-0'),
  }),
});

export const LEASE = object({
  'metadata!': METADATA,
  spec: object({
    holderIdentity: value('pod-0', 'pod-1'),
    leaseDurationSeconds: value(15, 30),
    leaseTransitions: count(),
    acquireTime: value('2026-11-20T10:00:00.000000Z', '2026-11-20T12:00:00.123456+02:00'),
    renewTime: value('2026-11-20T10:00:00.000000Z', '2026-11-20T10:00:05.500000Z'),
  }),
});

const REFERENCE = {
  'kind!': value('Pod', 'Deployment'),
  'name!': value('web', 'api'),
  apiVersion: value('v1', 'apps/v1'),
  uid: value('u-1', 'u-2'),
};

export const CORE_EVENT = object({
  'metadata!': METADATA,
  'involvedObject!': object({ ...REFERENCE, 'namespace!': value('differential') }),
  reason: value('ScaledDown', 'ScaledUp'),
  message: value('to 0', 'to 3'),
  type: value('Normal', 'Warning'),
  count: count(),
  firstTimestamp: value('2026-11-20T10:00:00Z', '2026-11-20T12:00:00+02:00'),
  lastTimestamp: value('2026-11-20T10:00:00Z'),
  source: object({ component: value('downscaler', 'kubelet'), host: value('node-0') }),
});

const SELECTOR = object({
  matchLabels: map(['app', 'tier'], 'web', 'api'),
  matchExpressions: list(
    object({
      'key!': value('app', 'tier'),
      'operator!': value('In', 'NotIn'),
      'values!': list(value('a', 'b'), { min: 1 }),
    }),
  ),
});

export const DISRUPTION_BUDGET = object({
  'metadata!': METADATA,
  'spec!': object({
    'minAvailable!': value(0, 1, 3, '50%'),
    selector: SELECTOR,
    unhealthyPodEvictionPolicy: value('AlwaysAllow', 'IfHealthyBudget'),
  }),
});

const RULES = object({
  stabilizationWindowSeconds: value(0, 60, 300),
  selectPolicy: value('Max', 'Min', 'Disabled'),
  policies: list(
    object({ 'type!': value('Pods', 'Percent'), 'value!': value(1, 50), 'periodSeconds!': value(15, 60) }),
    { min: 1 },
  ),
});

export const AUTOSCALER = object({
  'metadata!': METADATA,
  'spec!': object({
    'scaleTargetRef!': object({
      'apiVersion!': value('apps/v1'),
      'kind!': value('Deployment', 'StatefulSet'),
      'name!': value('web', 'api'),
    }),
    minReplicas: value(1, 2, 3),
    'maxReplicas!': value(3, 5, 10),
    metrics: list(
      object({
        'type!': value('Resource'),
        'resource!': object({
          'name!': value('cpu', 'memory'),
          'target!': object({ 'type!': value('Utilization'), 'averageUtilization!': value(50, 80) }),
        }),
      }),
    ),
    behavior: object({ scaleUp: RULES, scaleDown: RULES }),
  }),
});

export const SERVICE = object({
  'metadata!': METADATA,
  'spec!': object({
    selector: map(['app', 'tier'], 'web', 'api'),
    'ports!': list(
      object({
        'name!': value('http', 'https', 'metrics'),
        'port!': value(80, 443, 9090),
        targetPort: value(8080, 'web'),
        protocol: value('TCP', 'UDP'),
      }),
      { key: 'port', min: 1 },
    ),
    sessionAffinity: value('None', 'ClientIP'),
    internalTrafficPolicy: value('Cluster', 'Local'),
    publishNotReadyAddresses: flag,
  }),
});
