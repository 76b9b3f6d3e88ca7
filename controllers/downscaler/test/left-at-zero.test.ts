import type { KubeObject } from '@kube-steward/kube';
import { deployment, scaledObject } from '@kube-steward/sandbox';
import t from 'tap';
import { decisionsOn, inShort, ownerOf, prefixed } from './decisions.ts';

const ARGV = ['--include-resources=deployments,scaledobjects', '--default-uptime=Mon-Sun 07:00-20:00 UTC'];
const at = (time: string): string => `2026-11-20T${time}Z`;
const KEDA = 'autoscaling.keda.sh';

const api = (replicas = 0): KubeObject => deployment({ name: 'api', replicas });
const scaler = (minReplicaCount = 2, more: { spec?: object; annotations?: Record<string, string> } = {}): KubeObject =>
  scaledObject({ name: 'api', minReplicaCount, ...(more as object) });

/** Scaled to 0 by somebody at that time. */
const emptied = (time: string): KubeObject => {
  const { metadata, ...rest } = api();
  return { ...rest, metadata: { ...metadata, managedFields: [ownerOf('/spec/replicas', 'kubectl-edit', { time })] } };
};

t.test('a target that its ScaledObject leaves at 0 in the morning', (t) => {
  const rows: readonly (readonly [title: string, objects: readonly KubeObject[], time: string, expected: string])[] = [
    ['KEDA has two minutes', [api(), scaler()], '07:01:59', 'none InsideUptime'],
    ['then it is scaled to what is kept at least', [api(), scaler()], '07:02:00', 'scaleUp LeftAtZero 0→2'],
    ['what KEDA has scaled is left to it', [api(1), scaler()], '07:02:00', 'none InsideUptime'],
    ['0 is allowed', [api(), scaler(0)], '07:02:00', 'none InsideUptime'],
    ['0 is allowed while idle', [api(), scaler(2, { spec: { idleReplicaCount: 0 } })], '07:02:00', 'none InsideUptime'],
    [
      'it is switched off',
      [api(), scaler(2, { annotations: { [`${KEDA}/paused`]: 'true' } })],
      '07:02:00',
      'none InsideUptime',
    ],
    [
      'it is paused by its owner',
      [api(), scaler(2, { annotations: { [`${KEDA}/paused-replicas`]: '0' } })],
      '07:02:00',
      'none InsideUptime',
    ],
    [
      'it still sleeps',
      [
        api(),
        scaler(2, { annotations: { ...prefixed({ 'original-replicas': '-1' }), [`${KEDA}/paused-replicas`]: '0' } }),
      ],
      '07:02:00',
      'none InsideUptime',
    ],
    ['somebody emptied it since', [emptied(at('07:01:00')), scaler()], '07:02:00', 'none InsideUptime'],
    ['somebody emptied it before', [emptied(at('06:00:00')), scaler()], '07:02:00', 'scaleUp LeftAtZero 0→2'],
    ['later in the day it is no matter of the morning', [api(), scaler()], '07:10:00', 'none InsideUptime'],
    ['without a ScaledObject', [api()], '07:02:00', 'none InsideUptime'],
  ];
  for (const [title, objects, time, expected] of rows)
    t.equal(inShort(decisionsOn(objects, { argv: ARGV, at: at(time) }).get('Deployment/api')), expected, title);
  t.end();
});

t.test('it is looked at again when KEDA has had its time, and the evidence is told', (t) => {
  const decided = (time: string) => decisionsOn([api(), scaler()], { argv: ARGV, at: at(time) }).get('Deployment/api');
  t.equal(decided('07:00:00')?.nextTransition, at('07:02:00'));
  t.match(decided('07:02:00'), {
    message: 'ScaledObject/api keeps at least 2, and has left it at 0: it is scaled directly',
    nextTransition: at('20:00:00'),
  });
  t.end();
});
