import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';

type Preparation = (object: Unstructured, state: State, user: string) => Unstructured;

/** A job without a selector selects the pods labelled with its uid. */
const prepareJob: Preparation = (object) => {
  const spec = asRecord(object['spec']);
  if (spec['manualSelector'] === true) return object;
  const { name, uid = '' } = object.metadata;
  const template = asRecord(spec['template']);
  const metadata = asRecord(template['metadata']);
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const labels = { ...asRecord(metadata['labels']), ...own };
  return {
    ...object,
    metadata: { ...object.metadata, labels: object.metadata.labels ?? labels },
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
};

/** `stringData` is for writers alone: it ends up in `data`. */
const prepareSecret: Preparation = (object) => {
  const { stringData, data, ...rest } = object;
  if (stringData === undefined) return object;
  const encoded = Object.entries(asRecord(stringData)).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ]);
  return { ...rest, data: { ...asRecord(data), ...Object.fromEntries(encoded) } };
};

/** An address of the service network, unless the service brings one, or wants none (`None`). */
const prepareService: Preparation = (object, state) => {
  const spec = asRecord(object['spec']);
  if (spec['type'] === 'ExternalName' || spec['clusterIPs'] !== undefined) return object;
  const byte = (): number => 1 + Math.floor(state.random() * 254);
  const clusterIP = spec['clusterIP'] ?? `10.96.${byte()}.${byte()}`;
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return { ...object, spec: { ...families, ...spec, clusterIP, clusterIPs: [clusterIP] } };
};

/** Who asks for a certificate is not for him to say. */
const prepareCertificateRequest: Preparation = (object, _state, username) => ({
  ...object,
  spec: { ...asRecord(object['spec']), username },
});

const evicted = (condition: string) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

/** What admission adds to pods, and the class of service their requests put them in. */
const preparePod: Preparation = (object) => {
  const spec = asRecord(object['spec']);
  const tolerations = (Array.isArray(spec['tolerations']) ? spec['tolerations'] : []).map(asRecord);
  const added = ['not-ready', 'unreachable']
    .map(evicted)
    .filter(({ key }) => !tolerations.some((one) => tolerates(one, key)));
  const defaults = { priority: 0, preemptionPolicy: 'PreemptLowerPriority' };
  return {
    ...object,
    spec: { ...defaults, ...spec, tolerations: [...tolerations, ...added] },
    status: { ...asRecord(object['status']), qosClass: qosClassOf(spec) },
  };
};

const tolerates = (toleration: Readonly<Record<string, unknown>>, key: string): boolean =>
  (toleration['key'] === key || toleration['key'] === undefined) &&
  (toleration['effect'] === 'NoExecute' || toleration['effect'] === undefined);

/** Guaranteed: every container has cpu and memory limits equal to its requests. BestEffort: none has any. */
const qosClassOf = (spec: Readonly<Record<string, unknown>>): string => {
  const containers = ['containers', 'initContainers'].flatMap((field): unknown[] =>
    Array.isArray(spec[field]) ? spec[field] : [],
  );
  const resources = containers.map((container) => asRecord(asRecord(container)['resources']));
  const amounts = (one: Readonly<Record<string, unknown>>, field: string) =>
    ['cpu', 'memory'].map((name) => asRecord(one[field])[name]);
  const isFree = resources.every((one) =>
    [...amounts(one, 'requests'), ...amounts(one, 'limits')].every((a) => a === undefined),
  );
  if (isFree) return 'BestEffort';
  const isFull = resources.every((one) => {
    const limits = amounts(one, 'limits');
    const requests = amounts(one, 'requests');
    return limits.every((limit, index) => limit !== undefined && (requests[index] ?? limit) === limit);
  });
  return isFull ? 'Guaranteed' : 'Burstable';
};

/** A definition says how it converts and what its lists are called. */
const prepareDefinition: Preparation = (object) => {
  const spec = asRecord(object['spec']);
  const names = asRecord(spec['names']);
  const kind = String(names['kind']);
  return {
    ...object,
    spec: {
      conversion: { strategy: 'None' },
      ...spec,
      names: { listKind: `${kind}List`, singular: kind.toLowerCase(), ...names },
    },
    status: { ...asRecord(object['status']), storedVersions: storedVersions(valueAt(spec, 'versions')) },
  };
};

const storedVersions = (versions: unknown): string[] =>
  (Array.isArray(versions) ? versions : [])
    .map(asRecord)
    .filter((version) => version['storage'] === true)
    .map((version) => String(version['name']));

const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  'batch/Job': prepareJob,
  '/Namespace': (object) => ({ ...object, spec: { finalizers: ['kubernetes'], ...asRecord(object['spec']) } }),
  '/Secret': prepareSecret,
  '/Service': prepareService,
  '/Pod': preparePod,
  'certificates.k8s.io/CertificateSigningRequest': prepareCertificateRequest,
  'apiextensions.k8s.io/CustomResourceDefinition': prepareDefinition,
};

/** What the server itself decides about a new object of a kind. Nobody is the manager of it. */
export const prepareNew = (state: State, kind: ServedKind, object: Unstructured, user: string): Unstructured => {
  const preparation = kind.custom ? undefined : PREPARATIONS[`${kind.group}/${kind.kind}`];
  return preparation ? preparation(object, state, user) : object;
};
