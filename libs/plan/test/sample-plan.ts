import type { Decision, TraceEntry } from '../src/index.ts';

export const AT = Date.parse('2026-11-20T19:41:00Z');

/** A decision with everything a test does not care about filled in. */
export const decision = (parts: Partial<Decision> & { name?: string; namespace?: string } = {}): Decision => {
  const { name = 'checkout', namespace = 'team-shop', ...rest } = parts;
  return {
    controller: 'downscaler',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name },
    action: 'scaleDown',
    reason: 'OutsideUptime',
    message: 'outside uptime since 20:30; up again Mon 07:30',
    decidedBy: {
      source: 'namespace/team-shop',
      key: 'downscaler/uptime',
      value: 'Mon-Fri 07:30-20:30 Europe/Berlin',
    },
    changes: [
      { path: '/spec/replicas', from: 3, to: 0 },
      { path: '/metadata/annotations/downscaler~1original-replicas', to: '3' },
    ],
    nextTransition: '2026-11-23T06:30:00Z',
    ...rest,
  };
};

const unchanged = (name: string): Decision =>
  decision({
    name,
    namespace: 'team-data',
    action: 'none',
    reason: 'InsideUptime',
    message: 'inside uptime',
    changes: [],
  });

/** A decision that only a change of some object can change. */
const withoutNext = decision({ nextTransition: undefined } as unknown as Partial<Decision>);

/** A cluster with one of everything, in no order. */
export const SAMPLE: readonly Decision[] = [
  unchanged('warehouse'),
  {
    ...withoutNext,
    controller: 'janitor',
    object: { apiVersion: 'v1', kind: 'Namespace', name: 'pr-4711' },
    action: 'delete',
    reason: 'TTLExpired',
    message: 'expired 2h 5m ago (created Mon 18:36); takes 14 objects with it',
    decidedBy: { source: 'rule/pr-namespaces', key: 'ttl', value: '4d' },
    changes: [],
  },
  decision({
    object: { apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'team-shop', name: 'report' },
    action: 'suspend',
    message: 'outside uptime since 20:30',
    changes: [{ path: '/spec/suspend', from: false, to: true }],
  }),
  decision(),
  {
    ...withoutNext,
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team-shop', name: 'cart' },
    action: 'invalid',
    reason: 'InvalidAnnotation',
    message: '"Mon-Fry 08:00-18:00": "Fry" is no weekday (did you mean Fri?)',
    decidedBy: { source: 'object', key: 'downscaler/uptime', value: 'Mon-Fry 08:00-18:00' },
    changes: [],
  },
  {
    ...withoutNext,
    controller: 'prioritizer',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'kube-system',
      name: 'cluster-autoscaler-priority-expander',
    },
    action: 'setPriority',
    reason: 'PoolExhausted',
    message: '4 pods unschedulable > 5m, 3 failed scale-ups on spot-a',
    decidedBy: { source: 'config', key: 'pools' },
    changes: [{ path: '/data/priorities', from: '100', to: '10' }],
  },
  unchanged('api'),
];

export const TRACE: readonly TraceEntry[] = [
  { kind: 'considered', source: 'object' },
  {
    kind: 'considered',
    source: 'namespace/team-shop',
    key: 'downscaler/uptime',
    value: 'Mon-Fri 07:30-20:30 Europe/Berlin',
    used: true,
  },
  { kind: 'considered', source: 'default', key: 'defaultUptime', value: 'always' },
  { kind: 'check', name: 'protected namespace', result: 'no', passed: true },
  { kind: 'check', name: 'min age 15m', result: '41d ok', passed: true },
  { kind: 'check', name: 'HPA min 3', result: 'stays', passed: true },
  { kind: 'next', action: 'scaleUp', message: 'to 3' },
];
