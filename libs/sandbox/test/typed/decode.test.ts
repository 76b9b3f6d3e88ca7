import t from 'tap';
import { decode } from '../../src/typed/decode.ts';
import { typeOf, type GoType } from '../../src/typed/go-type.ts';
import { asRecord, valueAt, withValueAt } from '../../src/json-path.ts';
import { imageTag } from '../../src/defaults/image-tag.ts';

const type = (apiVersion: string, kind: string): GoType => {
  const found = typeOf(apiVersion, kind);
  if (!found) throw new Error(`no type of ${apiVersion} ${kind}`);
  return found;
};
const read = (apiVersion: string, kind: string, value: unknown): unknown => decode(type(apiVersion, kind), value).value;

t.test('what is empty and may be left out is left out, what is always sent is there', (t) => {
  const deployment = read('apps/v1', 'Deployment', {
    spec: { replicas: 0, paused: false, minReadySeconds: 0, selector: null, unheardOf: 1, template: { spec: {} } },
  });
  t.equal(valueAt(deployment, 'spec.replicas'), 0, 'a pointer to zero is something');
  t.equal(valueAt(deployment, 'spec.selector'), null);
  t.equal(valueAt(deployment, 'spec.template.spec.containers'), null, 'a list that is always sent');
  const given = Object.keys(asRecord(valueAt(deployment, 'spec')));
  t.notOk(
    given.some((field) => ['paused', 'minReadySeconds', 'unheardOf'].includes(field)),
    'zero itself is nothing',
  );
  t.same(read('v1', 'ConfigMap', { data: {}, metadata: { labels: {}, finalizers: [] } }), { metadata: {} });
  t.match(read('v1', 'Event', {}), { firstTimestamp: null, source: {}, reportingComponent: '' });
  t.match(read('autoscaling/v2', 'HorizontalPodAutoscaler', {}), {
    status: { desiredReplicas: 0, currentMetrics: null },
  });
  t.end();
});

t.test('fields that are not known are reported with their place', (t) => {
  const value = { spec: { template: { spec: { containers: [{ name: 'a', imag: 'b' }] }, x: 1 } }, data: {} };
  t.same(decode(type('apps/v1', 'Deployment'), value).unknown, [
    'data',
    'spec.template.x',
    'spec.template.spec.containers[0].imag',
  ]);
  t.end();
});

t.test('parts shared with the object before are taken over as they are', (t) => {
  const before = read('apps/v1', 'Deployment', { spec: { template: { spec: { containers: [{ name: 'a' }] } } } });
  const changed = withValueAt(asRecord(before), 'spec.replicas', 2);
  const after = decode(type('apps/v1', 'Deployment'), changed, before).value;
  t.equal(valueAt(after, 'spec.template'), valueAt(before, 'spec.template'));
  t.end();
});

t.test('a value of the wrong type is refused in the words of the server', (t) => {
  const cases: [value: object, fault: string][] = [
    [
      { spec: { replicas: 'two' } },
      'cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { spec: { replicas: 1.5 } },
      'cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { spec: { replicas: 3e9 } },
      'cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [{ spec: { paused: 1 } }, 'cannot unmarshal number into Go struct field DeploymentSpec.spec.paused of type bool'],
    [
      { metadata: { labels: { a: true } } },
      'cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { metadata: { labels: [] } },
      'cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      { spec: { strategy: { rollingUpdate: { maxSurge: true } } } },
      'cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32',
    ],
    [
      { spec: { template: { spec: { volumes: [{ emptyDir: 'x' }] } } } },
      'cannot unmarshal string into Go struct field Volume.spec.template.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource',
    ],
    [
      { spec: { template: { spec: { dnsPolicy: {} } } } },
      'cannot unmarshal object into Go struct field PodSpec.spec.template.spec.dnsPolicy of type v1.DNSPolicy',
    ],
  ];
  for (const [value, fault] of cases) {
    t.throws(() => read('apps/v1', 'Deployment', value), { message: `json: ${fault}` }, JSON.stringify(value));
  }
  t.end();
});

t.test(
  'of several wrong values the first by name is reported, but types with a form of their own before all others',
  (t) => {
    const wrong = { spec: { paused: 1, minReadySeconds: 'x' }, metadata: 'x' };
    t.throws(() => read('apps/v1', 'Deployment', wrong), { message: /Deployment\.metadata of type v1\.ObjectMeta/ });
    const labels = { b: 1, a: true };
    t.throws(() => read('apps/v1', 'Deployment', { metadata: { labels } }), { message: /cannot unmarshal bool/ });
    const resources = { limits: { cpu: 'much' } };
    const template = { spec: { containers: [{ resources }] } };
    t.throws(() => read('apps/v1', 'Deployment', { metadata: 'x', spec: { template } }), {
      message: /^quantities must match/,
    });
    t.end();
  },
);

t.test('times are stored in UTC, and refused in any other form', (t) => {
  const times = (renewTime: unknown) =>
    valueAt(read('coordination.k8s.io/v1', 'Lease', { spec: { renewTime } }), 'spec.renewTime');
  t.equal(times('2026-11-20T12:00:00.123456+02:00'), '2026-11-20T10:00:00.123456Z');
  t.throws(() => times('2026-11-20T10:00:00.123Z'), { message: /^parsing time/ });
  const last = (lastTimestamp: unknown) => valueAt(read('v1', 'Event', { lastTimestamp }), 'lastTimestamp');
  t.equal(last('2026-11-20T12:00:00.5+02:00'), '2026-11-20T10:00:00Z');
  t.throws(() => last('yesterday'), { message: /^parsing time "yesterday"/ });
  t.equal(last('2028-02-29T23:59:59Z'), '2028-02-29T23:59:59Z');
  for (const [text, part] of [
    ['2026-02-30T10:00:00Z', 'day'],
    ['2026-02-00T10:00:00Z', 'day'],
    ['2026-13-01T10:00:00Z', 'month'],
    ['2026-02-01T24:00:00Z', 'hour'],
    ['2026-02-01T10:60:00+02:00', 'minute'],
    ['2026-02-30T10:00:60Z', 'second'],
  ] as const)
    t.throws(() => last(text), { message: `parsing time "${text}": ${part} out of range` });
  t.throws(() => times('2026-02-30T10:00:00.000000Z'), { message: /day out of range$/ });
  t.end();
});

t.test('binary data is base64, or a list of bytes', (t) => {
  const data = (x: unknown) => valueAt(read('v1', 'ConfigMap', { binaryData: { x } }), 'binaryData.x');
  t.equal(data('AAEC'), 'AAEC');
  t.equal(data([0, 1, 2]), 'AAEC');
  t.equal(data([]), '');
  t.equal(data(null), '');
  for (const [text, at] of [
    ['1', 0],
    ['AAEC1', 4],
    ['AA*C', 2],
  ] as const) {
    t.throws(() => data(text), { message: `illegal base64 data at input byte ${at}` }, text);
  }
  t.end();
});

t.test('the tag of an image decides how it is pulled', (t) => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const cases: [image: string, tag: string | undefined][] = [
    ['web', 'latest'],
    ['web:1', '1'],
    ['registry.example.com:5000/shop/web', 'latest'],
    ['localhost/web:v1.2', 'v1.2'],
    [`web@${digest}`, undefined],
    [`web:1@${digest}`, '1'],
    ['web@sha256:abc', undefined],
    ['Web', undefined],
    ['', undefined],
    ['a'.repeat(64), undefined],
  ];
  for (const [image, tag] of cases) t.equal(imageTag(image), tag, image);
  t.end();
});
