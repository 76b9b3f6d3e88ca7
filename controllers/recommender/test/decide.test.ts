import t from 'tap';
import { decide } from '../src/decide.ts';
import type { Observation, Policy } from '../src/observation.ts';
import { createUsage } from '../src/usage/usage.ts';
import { BALANCED, MIB, NOW, container, observation, steadyUsage } from './observations.ts';

const HUNGRY = { cpu: 100, memory: 100 * MIB };
const fits = container({ requests: { cpu: 321, memory: 460 * MIB } });
const scaledBy = (kind: 'Utilization' | 'AverageValue') =>
  [{ autoscaler: 'HorizontalPodAutoscaler/web', resource: 'cpu', kind, target: 80 }] as const;

interface Row {
  readonly name: string;
  readonly o: Partial<Observation>;
  readonly policy?: Partial<Policy>;
  readonly action: string;
  readonly reason: string;
  /** Paths below the first container's `resources`, and their values. */
  readonly changes: Readonly<Record<string, string>>;
  readonly message: RegExp;
}

const ROWS: readonly Row[] = [
  {
    name: 'it requests more than it takes',
    o: {},
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '321m', 'requests/memory': '460Mi' },
    message: /^web: cpu 500m -> 321m, memory 1Gi -> 460Mi$/,
  },
  {
    name: 'it requests what it takes',
    o: { containers: [fits] },
    action: 'none',
    reason: 'Fits',
    changes: {},
    message: /^its requests fit$/,
  },
  {
    name: 'it is excluded',
    o: { excludedBy: { source: 'object', key: 'recommender/exclude', value: 'true' } },
    action: 'none',
    reason: 'Excluded',
    changes: {},
    message: /excluded/,
  },
  {
    name: 'it was never seen',
    o: { containers: [container({ usage: createUsage() })] },
    action: 'none',
    reason: 'NoUsage',
    changes: {},
    message: /no usage/,
  },
  {
    name: 'its only container is excluded',
    o: { containers: [container({ isExcluded: true })] },
    action: 'none',
    reason: 'NoUsage',
    changes: {},
    message: /no usage/,
  },
  {
    name: 'it was seen for half a day: lowered it is not',
    o: { containers: [container({ usage: steadyUsage(300, 400, 0.5) })] },
    action: 'none',
    reason: 'LowConfidence',
    changes: {},
    message: /^its requests fit \(little was seen yet\)$/,
  },
  {
    name: 'it was seen for half a day: raised it is',
    o: { containers: [container({ requests: HUNGRY, usage: steadyUsage(300, 400, 0.5) })] },
    action: 'recommend',
    reason: 'LowConfidence',
    changes: { 'requests/cpu': '321m', 'requests/memory': '460Mi' },
    message: /\(little was seen yet\)$/,
  },
  {
    name: 'nothing is requested yet',
    o: { containers: [container({ requests: {} })] },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '321m', 'requests/memory': '460Mi' },
    message: /cpu unset -> 321m/,
  },
  {
    name: 'its limits are below its number',
    o: { containers: [container({ requests: HUNGRY, limits: { cpu: 200, memory: 450 * MIB } })] },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '200m', 'requests/memory': '450Mi' },
    message: /cpu 100m -> 200m, memory 100Mi -> 450Mi$/,
  },
  {
    name: 'limits are asked for: memory, and never CPU',
    o: { containers: [container({ limits: { cpu: 1000, memory: 2048 * MIB } })] },
    policy: { profile: 'guaranteed', changeLimits: true },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '321m', 'requests/memory': '460Mi', 'limits/memory': '460Mi' },
    message: /memory limit 2Gi -> 460Mi$/,
  },
  {
    name: 'an autoscaler scales by a percentage of its CPU',
    o: { autoscaler: scaledBy('Utilization') },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/memory': '460Mi' },
    message: /^web: memory/,
  },
  {
    name: 'an autoscaler scales by an amount',
    o: { autoscaler: scaledBy('AverageValue') },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '321m', 'requests/memory': '460Mi' },
    message: /cpu/,
  },
  {
    name: 'annotations and configuration have a least and a most',
    o: { containers: [container({ least: { cpu: 400 }, most: { memory: 450 * MIB } })] },
    policy: { least: { cpu: 450, memory: 100 * MIB } },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '400m', 'requests/memory': '450Mi' },
    message: /cpu/,
  },
  {
    name: 'a quota has no room for it',
    o: {
      containers: [container({ requests: HUNGRY })],
      quotas: [{ name: 'all', hard: { cpu: 300, memory: 3000 * MIB }, used: { cpu: 200, memory: 200 * MIB } }],
    },
    action: 'recommend',
    reason: 'ExceedsQuota',
    changes: { 'requests/memory': '460Mi' },
    message: /3 × 321m of cpu is above the 300m that quota all leaves$/,
  },
  {
    name: 'no node is large enough for more',
    o: {
      containers: [container({ requests: { cpu: 200, memory: 460 * MIB } })],
      largestNode: { cpu: 200, memory: 1e12 },
    },
    action: 'blocked',
    reason: 'FitsNoNode',
    changes: {},
    message: /the pod's 321m of cpu is above the 200m of the largest node; it stays as it is$/,
  },
  {
    name: 'a LimitRange allows less',
    o: { limitRange: { containerMax: { memory: 300 * MIB } } },
    action: 'recommend',
    reason: 'ExceedsLimitRange',
    changes: { 'requests/cpu': '321m', 'requests/memory': '300Mi' },
    message: /web's 460 MiB of memory is above the LimitRange's 300 MiB$/,
  },
  {
    name: "the VPA's numbers, to the last byte",
    o: { profile: { name: 'vpa', decidedBy: { source: 'object', key: 'recommender/profile', value: 'vpa' } } },
    action: 'recommend',
    reason: 'Recommended',
    changes: { 'requests/cpu': '350m', 'requests/memory': '511772986' },
    message: /cpu 500m -> 350m/,
  },
];

for (const { name, o, policy, action, reason, changes, message } of ROWS)
  t.test(name, async (t) => {
    const { decision } = decide(observation(o), { ...BALANCED, ...policy }, NOW);
    t.match(decision, { controller: 'recommender', action, reason, message });
    const found = decision.changes.map(({ path, to }) => [path.replace(/^.*\/resources\//, ''), to]);
    t.strictSame(Object.fromEntries(found), changes);
  });

t.test('what is injected has a number, and is in no patch', async (t) => {
  const proxy = container({
    name: 'istio-proxy',
    injectedBy: { cpu: 'sidecar.istio.io/proxyCPU' },
    requests: { cpu: 100, memory: 128 * MIB },
    usage: steadyUsage(20, 50),
  });
  const { path: _path, ...injected } = proxy;
  const { decision, notes, targets } = decide(observation({ containers: [fits, injected] }), BALANCED, NOW);
  t.strictSame(decision.changes, []);
  t.equal(targets.length, 2);
  t.match(decision.message, /^istio-proxy: cpu 100m -> 22m/);
  t.strictSame(notes, [
    'istio-proxy is injected, and no part of a patch: annotate the pods with sidecar.istio.io/proxyCPU: 22m',
  ]);
});

t.test('an autoscaler is told what a new request would do to it', async (t) => {
  const { notes } = decide(observation({ autoscaler: scaledBy('Utilization') }), BALANCED, NOW);
  t.strictSame(notes, [
    'web would fit in 321m, but HorizontalPodAutoscaler/web scales by 80 % of the cpu request: another one would give 155.76 % of the replicas, unless averageUtilization is 125',
  ]);
});

t.test('containers that are left alone still take their part of a node', async (t) => {
  const other = container({ name: 'other', path: '/spec/template/spec/containers/1', isExcluded: true });
  const { verdicts } = decide(
    observation({ containers: [container({ requests: HUNGRY }), other], largestNode: { cpu: 700, memory: 1e12 } }),
    BALANCED,
    NOW,
  );
  t.match(verdicts, [{ kind: 'FitsNoNode', message: /the pod's 821m of cpu/ }]);
});
