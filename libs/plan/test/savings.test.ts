import { findZone } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';

import { formatMemory, formatSavings, parsePrices, podRequests, priceOf, savingsOf } from '../src/index.ts';
import type { PodSpecRequests } from '../src/index.ts';
import { AT } from './sample-plan.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const container = (cpu: string, memory = '0', extra: object = {}) => ({
  resources: { requests: { cpu, memory } },
  ...extra,
});
const sidecar = (cpu: string) => container(cpu, '0', { restartPolicy: 'Always' });

t.test('the requests of a pod are those the scheduler counts', (t) => {
  const rows: [what: string, spec: PodSpecRequests, cpuCores: number, memoryBytes: number][] = [
    ['no containers', {}, 0, 0],
    ['no requests', { containers: [{}] }, 0, 0],
    [
      'the sum of containers',
      { containers: [container('500m', '1Gi'), container('250m', '128Mi')] },
      0.75,
      GIB + 128 * MIB,
    ],
    ['a larger init container', { containers: [container('1')], initContainers: [container('3')] }, 3, 0],
    ['a smaller init container', { containers: [container('1')], initContainers: [container('500m')] }, 1, 0],
    ['the largest init container, not their sum', { initContainers: [container('2'), container('3')] }, 3, 0],
    ['a sidecar runs on', { containers: [container('1')], initContainers: [sidecar('500m')] }, 1.5, 0],
    [
      'an init container after a sidecar runs beside it',
      { containers: [container('1')], initContainers: [sidecar('1'), container('2')] },
      3,
      0,
    ],
    [
      'an init container before a sidecar runs alone',
      { containers: [container('1')], initContainers: [container('2'), sidecar('1')] },
      2,
      0,
    ],
    [
      'overhead comes on top',
      { containers: [container('1')], overhead: { cpu: '250m', memory: '120Mi' } },
      1.25,
      120 * MIB,
    ],
    ['a limit without a request is the request', { containers: [{ resources: { limits: { cpu: '2' } } }] }, 2, 0],
    [
      'requests of the pod win',
      { containers: [container('4')], resources: { requests: { cpu: '1' } }, overhead: { cpu: '1' } },
      2,
      0,
    ],
    ['a figure instead of text', { containers: [{ resources: { requests: { cpu: 2 } } }] }, 2, 0],
    ['what cannot be read counts as nothing', { containers: [container('many'), container('1')] }, 1, 0],
  ];
  for (const [what, spec, cpuCores, memoryBytes] of rows)
    t.strictSame(podRequests(spec), { cpuCores, memoryBytes }, what);
  t.end();
});

const requests = { cpuCores: 0.75, memoryBytes: 2 * GIB };
const monday = Date.parse('2026-11-23T06:30:00Z');

t.test('savings add up what is freed now, and the hours until it comes back', (t) => {
  const savings = savingsOf(
    [
      { requests, replicas: 2, until: AT + 3_600_000 },
      { requests, replicas: 1, until: AT + 7_200_000 },
      { requests, replicas: 1 },
    ],
    AT,
  );
  t.strictSame(savings, {
    requests: { cpuCores: 3, memoryBytes: 8 * GIB },
    cpuCoreHours: 3,
    memoryGibHours: 8,
    until: AT + 7_200_000,
  });
  t.equal(priceOf(savings, { currency: 'EUR', perVcpuHour: 0.5, perGibHour: 0.25 }), 3.5);
  t.end();
});

t.test('savings do not depend on how pods are split into workloads', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (sizes) => {
      const whole = savingsOf([{ requests, replicas: sizes.reduce((a, b) => a + b, 0), until: monday }], AT);
      const parts = savingsOf(
        sizes.map((replicas) => ({ requests, replicas, until: monday })),
        AT,
      );
      return (
        Math.abs(whole.cpuCoreHours - parts.cpuCoreHours) < 1e-6 &&
        whole.requests.memoryBytes === parts.requests.memoryBytes
      );
    }),
  );
  t.end();
});

t.test('savings are told with hours and money as far as they are known', (t) => {
  const format = { now: AT, zone: findZone('Europe/Berlin') };
  const known = savingsOf([{ requests, replicas: 3, until: monday }], AT);
  t.equal(formatSavings(known, format), '2.25 vCPU and 6.0 GiB requested now, about 132 vCPU-hours until Mon 07:30');
  const prices = { currency: 'EUR', perVcpuHour: 0.03, perGibHour: 0.0018 };
  t.match(formatSavings(known, { ...format, prices }), / until Mon 07:30 \(4\.61 EUR\)$/);
  const unknown = savingsOf([{ requests: { cpuCores: 0.1, memoryBytes: 512 * MIB }, replicas: 1 }], AT);
  t.equal(formatSavings(unknown, format), '0.1 vCPU and 512 MiB requested now');
  t.equal(formatMemory(2048 * GIB), '2.0 TiB');
  t.end();
});

t.test('a price table is YAML or JSON, and everything wrong in it is said at once', (t) => {
  const read = (text: string) => parsePrices(text, { path: 'eu.yaml' });
  const table = { currency: 'EUR', perVcpuHour: 0.031, perGibHour: 0.0042 };
  t.strictSame(read('currency: EUR\nperVcpuHour: 0.031\nperGibHour: 0.0042\n'), table);
  t.strictSame(read(JSON.stringify(table)), table);
  t.throws(() => read('{currency: 5, perVcpuHours: 1, perGibHour: -1}'), {
    code: 'InvalidPrices',
    message: [
      'eu.yaml: unknown key "perVcpuHours" (did you mean perVcpuHour?)',
      'eu.yaml: currency 5 is no text',
      'eu.yaml: perVcpuHour is missing (allowed: 0 or more, for an hour)',
      'eu.yaml: perGibHour -1 is no price (allowed: 0 or more, for an hour)',
    ].join('\n'),
  });
  t.throws(() => read('[1]'), { message: /^eu.yaml: is no map \(allowed keys: currency, perVcpuHour, perGibHour\)$/ });
  t.throws(() => read('a: [1'), { message: /^eu.yaml: bad YAML: / });
  t.end();
});
