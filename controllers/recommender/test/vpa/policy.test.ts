import t from 'tap';
import type { Estimate } from '../../src/vpa/estimate.ts';
import { policyOf, postProcess, type ContainerRecommendation, type PostProcessing } from '../../src/vpa/policy.ts';

const ESTIMATE: Estimate = {
  target: { cpu: 350, memory: 764_046_746 },
  lowerBound: { cpu: 333, memory: 728_073_195 },
  upperBound: { cpu: 8892, memory: 19_411_967_326 },
};
const any = { containerName: '*' };

const ROWS: readonly (readonly [
  name: string,
  processing: PostProcessing,
  expected: Partial<ContainerRecommendation>,
])[] = [
  ['nothing is asked for', {}, { ...ESTIMATE, uncappedTarget: ESTIMATE.target }],
  [
    'below the minimum',
    { policy: { ...any, minAllowed: { cpu: 500 } } },
    {
      target: { cpu: 500, memory: 764_046_746 },
      lowerBound: { cpu: 500, memory: 728_073_195 },
      uncappedTarget: ESTIMATE.target,
    },
  ],
  [
    'above the maximum',
    { policy: { ...any, maxAllowed: { memory: 7e8 } } },
    { target: { cpu: 350, memory: 7e8 }, upperBound: { cpu: 8892, memory: 7e8 }, uncappedTarget: ESTIMATE.target },
  ],
  ['a maximum of 0 is none', { policy: { ...any, maxAllowed: { cpu: 0 } } }, { target: ESTIMATE.target }],
  [
    "the container's maximum wins over the one for all",
    { policy: { ...any, maxAllowed: { cpu: 340 } }, maxAllowed: { cpu: 100, memory: 1e8 } },
    { target: { cpu: 340, memory: 1e8 } },
  ],
  [
    'only memory is controlled',
    { policy: { ...any, controlledResources: ['memory'] } },
    { target: { memory: 764_046_746 }, uncappedTarget: { memory: 764_046_746 } },
  ],
  [
    'whole cores, and they are capped after',
    { integerCpu: true, policy: { ...any, maxAllowed: { cpu: 900 } } },
    { target: { cpu: 900, memory: 764_046_746 }, uncappedTarget: { cpu: 1000, memory: 764_046_746 } },
  ],
  [
    'rounded up',
    { roundTo: { cpu: 100, memory: 1024 * 1024 } },
    { target: { cpu: 400, memory: 729 * 1024 * 1024 }, uncappedTarget: { cpu: 400, memory: 729 * 1024 * 1024 } },
  ],
];

t.test('what is done to an estimate before it is written', async (t) => {
  for (const [name, processing, expected] of ROWS) t.match(postProcess(ESTIMATE, processing), expected, name);
  t.notOk('cpu' in postProcess(ESTIMATE, { policy: { ...any, controlledResources: ['memory'] } }).lowerBound);
});

t.test('a policy by name wins over the one for all', async (t) => {
  const app = { containerName: 'app' };
  t.equal(policyOf([any, app], 'app'), app);
  t.equal(policyOf([any, app], 'sidecar'), any);
  t.equal(policyOf([app], 'sidecar'), undefined);
});
