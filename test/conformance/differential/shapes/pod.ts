import { count, flag, list, map, object, type ObjectShape, type Shape, value } from '../shape.ts';
import { TEMPLATE_METADATA } from './metadata.ts';

const QUANTITIES = ['100m', '1', '0.5', '64Mi', '1.5Gi', '1e3'];
const RESOURCES = object({
  requests: map(['cpu', 'memory'], ...QUANTITIES),
  limits: map(['cpu', 'memory'], '2', '2000m', '4Gi', '3e9'),
});

const ENV = object({ 'name!': value('A', 'B', 'C'), value: value('1', '2', '') });

const PORT = object({
  'containerPort!': value(80, 443, 8080),
  name: value('http', 'https'),
  protocol: value('TCP', 'UDP'),
});

const PROBE = object({
  'httpGet!': object({ path: value('/', '/healthz'), 'port!': value(80, 'http') }),
  initialDelaySeconds: count(),
  periodSeconds: count(),
  timeoutSeconds: count(),
  failureThreshold: count(),
});

const VOLUMES = ['data', 'config'];

const MOUNT = object({
  'name!': value(...VOLUMES),
  'mountPath!': value('/data', '/etc/config'),
  readOnly: flag,
  subPath: value('a', 'b'),
});

const CONTAINER = {
  'name!': value('main', 'side', 'log'),
  'image!': value('web:1', 'web', 'registry.example.com:5000/web', 'web@sha256:abc', 'web:latest'),
  command: list(value('run', 'serve')),
  args: list(value('-v', '--port=80')),
  env: list(ENV, { key: 'name' }),
  ports: list(PORT, { key: 'containerPort' }),
  resources: RESOURCES,
  imagePullPolicy: value('Always', 'IfNotPresent', 'Never'),
  terminationMessagePolicy: value('File', 'FallbackToLogsOnError'),
  workingDir: value('/', '/srv'),
  stdin: flag,
  volumeMounts: list(MOUNT, { key: 'mountPath' }),
};
const MAIN_CONTAINER = object({ ...CONTAINER, livenessProbe: PROBE, readinessProbe: PROBE });
const INIT_CONTAINER = object({ ...CONTAINER, 'name!': value('init', 'migrate') });

const VOLUME = object({
  'name!': value(...VOLUMES),
  emptyDir: object({ sizeLimit: value('1Gi', '500M'), medium: value('', 'Memory') }),
});

const TOLERATION = object({
  'key!': value('spot', 'example.com/gpu'),
  operator: value('Exists'),
  effect: value('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
});

const SPREAD = object({
  'maxSkew!': value(1, 2),
  'topologyKey!': value('topology.kubernetes.io/zone', 'kubernetes.io/hostname'),
  'whenUnsatisfiable!': value('DoNotSchedule', 'ScheduleAnyway'),
  labelSelector: object({ matchLabels: map(['app'], 'web') }),
});

const ALIAS = object({ 'ip!': value('10.1.2.3', '10.1.2.4'), hostnames: list(value('a.example', 'b.example')) });

export const POD_FIELDS = {
  'containers!': list(MAIN_CONTAINER, { key: 'name', min: 1 }),
  initContainers: list(INIT_CONTAINER, { key: 'name' }),
  volumes: list(VOLUME, { key: 'name' }),
  nodeSelector: map(['disk', 'zone'], 'ssd', 'a'),
  tolerations: list(TOLERATION),
  terminationGracePeriodSeconds: value(0, 30, 45),
  serviceAccountName: value('runner', 'default'),
  hostNetwork: flag,
  dnsPolicy: value('ClusterFirst', 'Default'),
  schedulerName: value('default-scheduler', 'other'),
  imagePullSecrets: list(object({ 'name!': value('pull-a', 'pull-b') }), { key: 'name' }),
  topologySpreadConstraints: list(SPREAD, { key: 'topologyKey' }),
  hostAliases: list(ALIAS, { key: 'ip' }),
  enableServiceLinks: flag,
  automountServiceAccountToken: flag,
};

/** Of a workload whose pods are replaced when they end. */
export const TEMPLATE = object({ 'metadata!': TEMPLATE_METADATA, 'spec!': object(POD_FIELDS) });

/** The same shape, with every volume always there: nothing is mounted that is not. */
export const mountable = (shape: ObjectShape): ObjectShape => ({
  ...shape,
  fields: Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, mountableField(name, field)])),
  required: 'volumes' in shape.fields ? [...shape.required, 'volumes'] : shape.required,
});

const mountableField = (name: string, field: Shape): Shape => {
  if (field.of === 'object') return mountable(field);
  return name === 'volumes' && field.of === 'list' ? { ...field, min: VOLUMES.length } : field;
};
