import t from 'tap';
import type { KubeObject } from '@kube-steward/kube';
import { cronJob, daemonSet, hpa, scaledObject } from '@kube-steward/sandbox';
import { ORIGINAL, PAUSED, custom, idOf, originalOf } from './cycle.ts';
import { FRIDAY_NOON, OFFICE_HOURS, carriedOut, decisionsOn, inShort } from './decisions.ts';

t.test('what an earlier night left behind is not taken for tonight', (t) => {
  const options = { argv: ['--include-resources=scaledobjects', `--default-uptime=${OFFICE_HOURS}`] };
  const stale = scaledObject({ name: 'api', annotations: { 'downscaler/original-pause-replicas': '5' } });
  const night = carriedOut([stale], options);
  t.strictSame(night[0]?.metadata.annotations, { [ORIGINAL]: '-1', [PAUSED]: '0' });
  const morning = carriedOut(night, { ...options, at: FRIDAY_NOON });
  t.strictSame(morning[0]?.metadata.annotations ?? {}, {}, 'it is not paused, as before');
  t.end();
});

interface Left {
  readonly says: string;
  readonly include: string;
  readonly object: KubeObject;
  readonly up: string;
}

t.test('what either tool left asleep is brought back, in both forms it was stored', (t) => {
  const asleep = (original: string, more: Record<string, string> = {}): Record<string, string> => ({
    [ORIGINAL]: original,
    ...more,
  });
  const service = (kind: string, apiVersion: string, spec: Record<string, unknown>, original: string): KubeObject =>
    custom(apiVersion, kind, spec, asleep(original));
  const rows: readonly Left[] = [
    ...['1', 'false', '0'].map((stored) => ({
      says: `a CronJob stored as ${stored}`,
      include: 'cronjobs',
      object: cronJob({ name: 'api', suspend: true, annotations: asleep(stored) }),
      up: 'resume InsideUptime true→false',
    })),
    {
      says: 'a CronJob that go stored as suspended before stays so, and loses the annotation',
      include: 'cronjobs',
      object: cronJob({ name: 'api', suspend: true, annotations: asleep('true') }),
      up: 'resume InsideUptime',
    },
    ...[
      ['1', 'kube-downscaler-non-existent'] as const,
      ['false', 'downscaler/match-none'] as const,
      ['1', 'downscaler/match-none'] as const,
    ].map(([stored, key]) => ({
      says: `a DaemonSet stored as ${stored} with the selector ${key}`,
      include: 'daemonsets',
      object: daemonSet({ name: 'api', nodeSelector: { disk: 'ssd', [key]: 'true' }, annotations: asleep(stored) }),
      up: 'resume InsideUptime true→-',
    })),
    {
      says: 'a DaemonSet with the keys of both',
      include: 'daemonsets',
      object: daemonSet({
        name: 'api',
        nodeSelector: { 'kube-downscaler-non-existent': 'true', 'downscaler/match-none': 'true' },
        annotations: asleep('false'),
      }),
      up: 'resume InsideUptime true→- true→-',
    },
    {
      says: 'a ScaledObject whose pause py keeps apart',
      include: 'scaledobjects',
      object: scaledObject({
        name: 'api',
        annotations: asleep('1', { [PAUSED]: '0', 'downscaler/original-pause-replicas': '2' }),
      }),
      up: 'resume InsideUptime 0→2',
    },
    {
      says: 'a ScaledObject whose pause go keeps in original-replicas',
      include: 'scaledobjects',
      object: scaledObject({ name: 'api', annotations: asleep('2', { [PAUSED]: '0' }) }),
      up: 'resume InsideUptime 0→2',
    },
    {
      says: 'an autoscaler whose upper bound was lowered meanwhile',
      include: 'hpa',
      object: hpa({ name: 'api', minReplicas: 1, maxReplicas: 4, annotations: asleep('6') }),
      up: 'scaleUp InsideUptime 1→4',
    },
    {
      says: 'an autoscaler stored as 0 comes back to what the API accepts',
      include: 'hpa',
      object: hpa({ name: 'api', minReplicas: 1, annotations: asleep('0') }),
      up: 'scaleUp InsideUptime',
    },
    {
      says: 'a Service that go made a ClusterIP',
      include: 'services',
      object: service('Service', 'v1', { type: 'ClusterIP' }, 'LoadBalancer'),
      up: 'resume InsideUptime ClusterIP→LoadBalancer',
    },
    {
      says: 'a Service that somebody gave another type meanwhile',
      include: 'awselbservices',
      object: service('Service', 'v1', { type: 'NodePort' }, 'LoadBalancer'),
      up: 'resume InsideUptime',
    },
    {
      says: 'an Ingress class with a hyphen',
      include: 'ingresses',
      object: service(
        'Ingress',
        'networking.k8s.io/v1',
        { ingressClassName: 'kube-downscaler-ingress-class' },
        'nginx-internal-2',
      ),
      up: 'resume InsideUptime kube-downscaler-ingress-class→nginx-internal-2',
    },
    {
      says: 'a Gateway class',
      include: 'gateways',
      object: service(
        'Gateway',
        'gateway.networking.k8s.io/v1',
        { gatewayClassName: 'kube-downscaler-gateway-class' },
        'istio',
      ),
      up: 'resume InsideUptime kube-downscaler-gateway-class→istio',
    },
  ];
  for (const { says, include, object, up } of rows) {
    const options = { argv: [`--include-resources=${include}`] };
    t.equal(inShort(decisionsOn([object], options).get(idOf(object))), up, says);
    t.equal(originalOf(carriedOut([object], options)[0]), undefined, `${says}: the annotation is gone`);
  }
  t.end();
});
