import { type Resource, setPointer, type Unstructured } from '@kube-steward/kube';
import t from 'tap';
import { configMap, deployment, makeCluster, R, refusal } from '../server/world.ts';

/** The value at a pointer is what is wrong. */
type Row = [rule: string, pointer: string, value: unknown, error: string];

/** What a create of the object is refused with, as `field: message`. */
const errorsOf = (resource: Resource, object: unknown): string[] => {
  const { cluster } = makeCluster();
  const status = refusal(() => cluster.create(resource, object as Unstructured));
  return (status.details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`);
};

const check = (
  t: { ok(holds: boolean, rule: string): void; end(): void },
  resource: Resource,
  object: object,
  rows: readonly Row[],
): void => {
  for (const [rule, pointer, value, error] of rows) {
    const errors = errorsOf(resource, setPointer(object, pointer, value));
    t.ok(errors.includes(error), `${rule}: ${errors.join('; ')}`);
  }
  t.end();
};

const metadata = { name: 'web', namespace: 'shop' };
const pod = { metadata, spec: { containers: [{ name: 'main', image: 'web:1', ports: [{ containerPort: 80 }] }] } };

t.test('containers of a pod', (t) => {
  const at = 'spec.containers[0]';
  check(t, R.pods, pod, [
    ['at least one', '/spec/containers', [], 'spec.containers: Required value'],
    ['each with a name', '/spec/containers/0/name', '', `${at}.name: Required value`],
    ['names have no dots', '/spec/containers/0/name', 'a.b', `${at}.name: Invalid value: "a.b": must not contain dots`],
    ['each with an image', '/spec/containers/0/image', '', `${at}.image: Required value`],
    ['names once', '/spec/containers/1', pod.spec.containers[0], 'spec.containers[1].name: Duplicate value: "main"'],
    [
      'ports that exist',
      '/spec/containers/0/ports/0/containerPort',
      70000,
      `${at}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
    ],
    [
      'port names are short',
      '/spec/containers/0/ports/0/name',
      'a-very-long-name',
      `${at}.ports[0].name: Invalid value: "a-very-long-name": must be no more than 15 characters`,
    ],
    [
      'a protocol there is',
      '/spec/containers/0/ports/0/protocol',
      'ICMP',
      `${at}.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"`,
    ],
    [
      'a policy there is',
      '/spec/containers/0/imagePullPolicy',
      'Never ever',
      `${at}.imagePullPolicy: Unsupported value: "Never ever": supported values: "Always", "IfNotPresent", "Never"`,
    ],
    [
      'names of variables',
      '/spec/containers/0/env',
      [{ name: 'A=B' }],
      `${at}.env[0].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ],
    [
      'a variable has one source',
      '/spec/containers/0/env',
      [{ name: 'A', valueFrom: {} }],
      `${at}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
    ],
    [
      'mounts are of volumes',
      '/spec/containers/0/volumeMounts',
      [{ name: 'x', mountPath: '/x' }],
      `${at}.volumeMounts[0].name: Not found: "x"`,
    ],
    [
      'requests up to the limit',
      '/spec/containers/0/resources',
      { requests: { cpu: '2' }, limits: { cpu: '1' } },
      `${at}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
    ],
    [
      'no less than nothing',
      '/spec/containers/0/resources',
      { limits: { cpu: '-1' } },
      `${at}.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
    ],
    [
      'resources there are',
      '/spec/containers/0/resources',
      { limits: { cpus: '1' } },
      `${at}.resources.limits[cpus]: Invalid value: "cpus": must be a standard resource for containers`,
    ],
    [
      'a probe has a handler',
      '/spec/containers/0/livenessProbe',
      {},
      `${at}.livenessProbe: Required value: must specify a handler type`,
    ],
    [
      'init containers have no probes',
      '/spec/initContainers',
      [{ name: 'i', image: 'i', livenessProbe: { exec: { command: ['a'] } } }],
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ]);
});

t.test('the rest of a pod', (t) => {
  check(t, R.pods, pod, [
    ['volumes once', '/spec/volumes', [{ name: 'a' }, { name: 'a' }], 'spec.volumes[1].name: Duplicate value: "a"'],
    [
      'of one type',
      '/spec/volumes',
      [{ name: 'a', emptyDir: {}, configMap: { name: 'c' } }],
      'spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'tolerations of nothing',
      '/spec/tolerations',
      [{}],
      'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
    [
      'for a while',
      '/spec/tolerations',
      [{ key: 'a', tolerationSeconds: 1 }],
      `spec.tolerations[0].effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
    ],
    [
      'spread once',
      '/spec/topologySpreadConstraints',
      [1, 2].map((maxSkew) => ({ maxSkew, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' })),
      'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{z, DoNotSchedule}"',
    ],
    [
      'addresses of aliases',
      '/spec/hostAliases',
      [{ ip: 'home' }],
      'spec.hostAliases[0].ip: Invalid value: "home": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'deadlines',
      '/spec/activeDeadlineSeconds',
      0,
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
  ]);
});

t.test('a Deployment', (t) => {
  check(t, R.deployments, deployment('web'), [
    [
      'replicas are no debt',
      '/spec/replicas',
      -1,
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'its selector selects its pods',
      '/spec/selector/matchLabels',
      { app: 'other' },
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    ['and is there', '/spec/selector', null, 'spec.selector: Required value'],
    [
      'its pods are restarted',
      '/spec/template/spec/restartPolicy',
      'Never',
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      'something may move',
      '/spec/strategy',
      { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    [
      'not more than all',
      '/spec/strategy',
      { rollingUpdate: { maxUnavailable: '101%' } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
    [
      'a deadline after the wait',
      '/spec/minReadySeconds',
      600,
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ],
  ]);
});

t.test('other kinds', (t) => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } };
  const rows: [resource: Resource, object: object, error: string][] = [
    [
      R.jobs,
      { metadata, spec: { template: { spec: { ...template.spec, restartPolicy: 'Always' } } } },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      R.cronJobs,
      { metadata, spec: { schedule: '* *', jobTemplate: { spec: { template } } } },
      'spec.schedule: Invalid value: "* *": expected exactly 5 fields, found 2: [* *]',
    ],
    [
      R.cronJobs,
      { metadata, spec: { schedule: '60 * * * *', jobTemplate: { spec: { template } } } },
      'spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60',
    ],
    [
      R.cronJobs,
      { metadata, spec: { schedule: '@often', jobTemplate: { spec: { template } } } },
      'spec.schedule: Invalid value: "@often": unrecognized descriptor: @often',
    ],
    [
      R.cronJobs,
      { metadata, spec: { schedule: '@daily', timeZone: 'Mars', jobTemplate: { spec: { template } } } },
      'spec.timeZone: Invalid value: "Mars": unknown time zone Mars',
    ],
    [
      R.leases,
      { metadata, spec: { leaseDurationSeconds: 0 } },
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    ],
    [
      R.podDisruptionBudgets,
      { metadata, spec: { minAvailable: 1, maxUnavailable: 1 } },
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
    [R.services, { metadata, spec: { ports: [{ port: 80 }, { port: 81 }] } }, 'spec.ports[0].name: Required value'],
    [
      R.configMaps,
      configMap('a', { data: { 'a b': '' } }),
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
    [
      R.persistentVolumeClaims,
      { metadata, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '0' } } } },
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    ],
    [
      R.nodes,
      { metadata: { name: 'n' }, spec: { taints: [{ key: 'a' }] } },
      'metadata.taints[0].effect: Required value',
    ],
  ];
  for (const [resource, object, error] of rows)
    t.ok(errorsOf(resource, object).includes(error), errorsOf(resource, object).join('; '));
  t.end();
});

t.test('metadata', (t) => {
  const owner = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name, uid: name, controller: true });
  const rows: [metadata: object, error: RegExp][] = [
    [{ labels: { 'a b': '' } }, /^metadata\.labels: Invalid value: "a b": name part must consist of/],
    [{ labels: { a: 'b c' } }, /^metadata\.labels: Invalid value: "b c": a valid label must be/],
    [
      { finalizers: ['keep'] },
      /^metadata\.finalizers\[0\]: Invalid value: "keep": name is neither a standard finalizer/,
    ],
    [
      { ownerReferences: [{ ...owner('a'), uid: '' }] },
      /^metadata\.ownerReferences\.uid: Invalid value: "": must not be empty/,
    ],
    [
      { ownerReferences: [owner('a'), owner('b')] },
      /Only one reference can have Controller set to true\. Found "true" in references for Node\/a and Node\/b/,
    ],
  ];
  for (const [given, error] of rows) {
    t.ok(
      errorsOf(R.configMaps, configMap('a', {}, given)).some((one) => error.test(one)),
      error.source,
    );
  }
  t.end();
});

t.test('what must not change, and what may', (t) => {
  const { cluster } = makeCluster();
  const patch = (resource: Resource, body: object) => () =>
    cluster.patch(resource, 'web', { namespace: 'shop', type: 'merge', body });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } };
  cluster.create(R.pods, pod);
  cluster.create(R.jobs, { metadata, spec: { suspend: true, template } });
  cluster.create(R.statefulSets, deployment('web'));
  const refused: [resource: Resource, body: object, message: RegExp][] = [
    [
      R.pods,
      { spec: { containers: null } },
      /spec\.containers: Forbidden: pod updates may not add or remove containers/,
    ],
    [R.pods, { spec: { hostNetwork: true } }, /spec: Forbidden: pod updates may not change fields other than/],
    [R.jobs, { spec: { completions: 2 } }, /spec\.completions: Invalid value: 2: field is immutable/],
    [R.jobs, { spec: { template: { spec: { hostNetwork: true } } } }, /spec\.template: .*: field is immutable/],
    [
      R.statefulSets,
      { spec: { serviceName: 'other' } },
      /spec: Forbidden: updates to statefulset spec for fields other/,
    ],
  ];
  for (const [resource, body, message] of refused) {
    t.match(refusal(patch(resource, body)), { code: 422, message }, JSON.stringify(body));
  }
  const allowed: [resource: Resource, body: object][] = [
    [R.pods, { spec: { tolerations: [{ key: 'a', operator: 'Exists' }], activeDeadlineSeconds: 5 } }],
    [R.pods, { spec: { containers: [{ ...pod.spec.containers[0], image: 'web:2' }] } }],
    [R.jobs, { spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } } }],
    [R.statefulSets, { spec: { ordinals: { start: 1 } } }],
  ];
  for (const [resource, body] of allowed) t.ok(patch(resource, body)(), JSON.stringify(body));
  t.end();
});
