import { asRecord } from '../json-path.ts';
import { type Defaulter, type Fields, fill, filled, pipe } from './fill.ts';
import { imageTag } from './image-tag.ts';

const MODE = { defaultMode: 420 };

/** `latest`, said or meant, is pulled always. */
const pullPolicyOf = (image: unknown): string =>
  imageTag(typeof image === 'string' ? image : '') === 'latest' ? 'Always' : 'IfNotPresent';

const container: Defaulter = (value) =>
  fill(value, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(value['image']),
  });

const volume: Defaulter = (value) =>
  Object.keys(value).every((field) => field === 'name') ? { ...value, emptyDir: {} } : value;

/** Requests that are not given are the limits. */
const requestsFromLimits: Defaulter = (value) => {
  const { limits, requests } = asRecord(value['resources']);
  if (limits === undefined) return value;
  const all = fill(asRecord(requests), asRecord(limits));
  return all === requests ? value : { ...value, resources: { ...asRecord(value['resources']), requests: all } };
};

/** On the network of the host a port is the port of the host. */
const hostPorts: Defaulter = (value) =>
  eachOf(value, 'ports', (port) => fill(port, { hostPort: port['containerPort'] }));

const eachOf = (value: Fields, field: string, apply: Defaulter): Fields => {
  const items = value[field];
  if (!Array.isArray(items)) return value;
  const next = items.map((item) => apply(asRecord(item)));
  return next.every((item, index) => item === items[index]) ? value : { ...value, [field]: next };
};

/** What a pod has beyond the template it may be made from. */
const pod: Defaulter = (value) => {
  const spec = asRecord(value['spec']);
  const own = spec['hostNetwork'] === true ? pipe(requestsFromLimits, hostPorts) : requestsFromLimits;
  const next = fill(eachOf(eachOf(spec, 'containers', own), 'initContainers', own), { enableServiceLinks: true });
  return next === spec ? value : { ...value, spec: next };
};

/** The old name of the field is understood, and kept up to date. */
const serviceAccount: Defaulter = (value) => {
  const name = value['serviceAccountName'] ?? value['serviceAccount'];
  if (name === value['serviceAccountName'] && name === value['serviceAccount']) return value;
  return { ...value, serviceAccountName: name, serviceAccount: name };
};

export const POD_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'v1.Pod': pod,
  'v1.PodSpec': pipe(
    filled({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    }),
    serviceAccount,
  ),
  'v1.Container': container,
  'v1.EphemeralContainer': container,
  'v1.ContainerPort': filled({ protocol: 'TCP' }),
  'v1.Probe': filled({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  'v1.HTTPGetAction': filled({ path: '/', scheme: 'HTTP' }),
  'v1.GRPCAction': filled({ service: '' }),
  'v1.ObjectFieldSelector': filled({ apiVersion: 'v1' }),
  'v1.FileKeySelector': filled({ optional: false }),
  'v1.Volume': volume,
  'v1.SecretVolumeSource': filled(MODE),
  'v1.ConfigMapVolumeSource': filled(MODE),
  'v1.DownwardAPIVolumeSource': filled(MODE),
  'v1.ProjectedVolumeSource': filled(MODE),
  'v1.ServiceAccountTokenProjection': filled({ expirationSeconds: 3600 }),
  'v1.HostPathVolumeSource': filled({ type: '' }),
  'v1.PersistentVolumeClaimSpec': filled({ volumeMode: 'Filesystem' }),
};
