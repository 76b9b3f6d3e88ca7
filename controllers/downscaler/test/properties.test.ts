import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { isChange } from '@kube-steward/plan';
import {
  cronJob,
  customObject,
  daemonSet,
  deployment,
  hpa,
  job,
  namespace,
  pdb,
  pod,
  scaledObject,
  statefulSet,
} from '@kube-steward/sandbox';
import { KINDS } from '../src/kinds.ts';
import { carriedOut, decisionsOn, policy, prefixed } from './decisions.ts';
import { observeAll } from '../src/observe.ts';
import { decide } from '../src/decide.ts';
import { viewOfManifests } from '../src/view.ts';

const EVERY_KIND = `--include-resources=${KINDS.map(({ resource }) => resource.plural).join(',')}`;

const WINDOWS = [
  'always',
  'never',
  'Mon-Fri 07:30-20:30 Europe/Berlin',
  'Sat-Sun 10:00-14:00 America/New_York',
  'Mon-Sun 22:00-06:00 UTC',
  '2026-11-20T00:00:00Z-2026-11-24T00:00:00Z',
  'Fri 20:00-21:00 UTC, !Fri 20:15-20:30 UTC',
];
const BAD = ['', 'soon', 'Mon-Fri 25:00-26:00 UTC', '-3', 'Mon-Fri 08:00-20:00 Europe/Atlantis'];

const window = fc.constantFrom(...WINDOWS);
const bool = fc.constantFrom('true', 'false');
const values = fc.record(
  {
    uptime: window,
    downtime: window,
    'upscale-period': window,
    'downscale-period': window,
    'force-uptime': fc.oneof(window, bool),
    'force-downtime': fc.oneof(window, bool),
    exclude: fc.oneof(window, bool),
    'exclude-until': fc.constantFrom('2026-11-20', '2026-11-22T12:00', '2027-01-01T00:00:00+01:00'),
    'downtime-replicas': fc.constantFrom('0', '1', '2', '50%'),
    'grace-period': fc.constantFrom('0', '15m', '3d'),
    'scale-children': bool,
    'upscale-excluded': bool,
  },
  { requiredKeys: [] },
);
type Values = Record<string, string>;

const at = fc
  .integer({ min: Date.parse('2026-10-20T00:00:00Z') / 1000, max: Date.parse('2027-04-05T00:00:00Z') / 1000 })
  .map((seconds) => new Date(seconds * 1000).toISOString());
const size = fc.integer({ min: 0, max: 5 });

/** One object of each shape, all in one namespace; the autoscaler's target is the Deployment. */
const objectsWith = (own: Values, count: number, created?: string): KubeObject[] => {
  const options = {
    name: 'api',
    ...(Object.keys(own).length > 0 && { annotations: prefixed(own) }),
    ...(created !== undefined && { creationTimestamp: created }),
  };
  const custom = (apiVersion: string, kind: string, spec: Record<string, unknown>): KubeObject =>
    customObject({ ...options, namespace: 'default', apiVersion, kind, spec });
  return [
    deployment({ ...options, replicas: count }),
    hpa({ ...options, minReplicas: Math.max(1, count) }),
    statefulSet({ ...options, replicas: count }),
    scaledObject({ ...options, target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'api' } }),
    daemonSet(options),
    cronJob(options),
    job({ ...options, suspend: count === 0 }),
    pdb({ ...options, minAvailable: count }),
    custom('zalando.org/v1', 'Stack', { replicas: count }),
    custom('postgresql.cnpg.io/v1', 'Cluster', {}),
    custom('v1', 'Service', { type: 'LoadBalancer' }),
  ];
};

interface Case {
  readonly own: Values;
  readonly around: Values;
  readonly onPod: Values;
  readonly count: number;
  readonly at: string;
  readonly argv: readonly string[];
}
const cases: fc.Arbitrary<Case> = fc.record({
  own: values,
  around: values,
  onPod: fc.record({ 'force-uptime': fc.oneof(window, bool) }, { requiredKeys: [] }),
  count: size,
  at,
  argv: fc.subarray([
    '--upscale-target-only',
    '--explicit-include',
    '--default-uptime=Mon-Fri 07:30-20:30 Europe/Berlin',
    '--default-downtime=Sat-Sun 00:00-24:00 UTC',
    '--scale-children',
    '--downtime-replicas=1',
  ]),
});

const surroundings = ({ around, onPod }: Case): KubeObject[] => [
  namespace({ name: 'default', annotations: prefixed(around) }),
  ...(Object.keys(onPod).length > 0 ? [pod({ name: 'debug', annotations: prefixed(onPod) })] : []),
];

const without = (values: Values, key: string): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));

const isDown = (action: string | undefined): boolean => action === 'scaleDown' || action === 'suspend';

t.test('carrying a decision out settles it: decided again at the same time, nothing more changes', (t) => {
  fc.assert(
    fc.property(cases, (one) => {
      const options = { argv: [EVERY_KIND, ...one.argv], at: one.at };
      let objects = [...surroundings(one), ...objectsWith(one.own, one.count)];
      // A unit settles in two steps: the autoscaler is restored once its target is back.
      objects = carriedOut(carriedOut(objects, options), options);
      for (const [id, decision] of decisionsOn(objects, options))
        if (isChange(decision)) assert.fail(`${id} changes again`);
    }),
    { numRuns: 200 },
  );
  t.pass('no decision repeats itself');
  t.end();
});

t.test('a night in between changes nothing: every field comes back, and no annotation of ours stays', (t) => {
  fc.assert(
    fc.property(size, fc.constantFrom('0', '1', '2'), (count, downtime) => {
      const argv = [
        EVERY_KIND,
        '--default-uptime=Mon-Fri 07:30-20:30 Europe/Berlin',
        `--downtime-replicas=${downtime}`,
      ];
      const objects = objectsWith({}, count);
      const night = carriedOut(objects, { argv, at: '2026-11-20T22:00:00Z' });
      const morning = { argv, at: '2026-11-23T06:30:00Z' };
      assert.deepEqual(carriedOut(carriedOut(night, morning), morning), objects);
    }),
    { numRuns: 30 },
  );
  t.pass('every manifest is what it was');
  t.end();
});

t.test('a bad value never puts anything to sleep that would have stayed awake without it', (t) => {
  const keys = fc.constantFrom(
    'uptime',
    'downtime',
    'upscale-period',
    'downscale-period',
    'force-uptime',
    'force-downtime',
    'exclude',
    'exclude-until',
    'downtime-replicas',
    'grace-period',
    'exclud',
    'force-upptime',
  );
  fc.assert(
    fc.property(cases, keys, fc.constantFrom(...BAD), fc.boolean(), (one, key, bad, onObject) => {
      const options = { argv: [EVERY_KIND, ...one.argv], at: one.at };
      const decisionsWith = (own: Values, around: Values): ReturnType<typeof decisionsOn> =>
        decisionsOn([...surroundings({ ...one, around }), ...objectsWith(own, one.count)], options);
      const [own, around] = [without(one.own, key), without(one.around, key)];
      const before = decisionsWith(own, around);
      const after = onObject
        ? decisionsWith({ ...own, [key]: bad }, around)
        : decisionsWith(own, { ...around, [key]: bad });
      for (const [id, decision] of after)
        if (isDown(decision.action) && !isDown(before.get(id)?.action))
          assert.fail(`${id} sleeps because of ${key}: ${bad}`);
    }),
    { numRuns: 300 },
  );
  t.pass('nothing more sleeps');
  t.end();
});

t.test('nothing changes before the next transition', (t) => {
  const created = '2026-11-20T12:00:00Z';
  fc.assert(
    fc.property(
      cases,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 5 }),
      (one, moments) => {
        const configured = policy([EVERY_KIND, ...one.argv]);
        const view = viewOfManifests([...surroundings(one), ...objectsWith(one.own, one.count, created)], configured);
        const start = Date.parse(one.at);
        for (const o of observeAll(view, configured)) {
          const first = decide(o, configured, start);
          const end = first.nextTransition === undefined ? start + 40 * 86_400_000 : Date.parse(first.nextTransition);
          if (end <= start) assert.fail(`${first.object.kind}: the next transition is in the past`);
          for (const moment of [...moments, 1 - 1e-9]) {
            const later = decide(o, configured, start + Math.floor((end - start) * moment));
            if (later.action !== first.action || later.reason !== first.reason)
              assert.fail(
                `${first.object.kind}: ${first.action} ${first.reason}, then ${later.action} ${later.reason}`,
              );
          }
        }
      },
    ),
    { numRuns: 200 },
  );
  t.pass('every change was announced');
  t.end();
});
