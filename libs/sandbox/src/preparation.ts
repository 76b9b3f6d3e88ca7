import type { Unstructured } from '@kube-steward/kube';
import { equalJson } from './canonical.ts';
import { fill } from './defaults/fill.ts';
import { asRecord, valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';

/** How an object comes to be. */
interface Birth {
  readonly state: State;
  readonly user: string;
  /** The object as it was before it was read. */
  readonly given: Unstructured;
}

type Preparation = (object: Unstructured, birth: Birth) => Unstructured;

/** A job without a selector selects the pods labelled with its uid. */
const prepareJob: Preparation = (object, { given }) => {
  const spec = asRecord(object['spec']);
  if (spec['manualSelector'] === true) return object;
  const { name, uid = '' } = object.metadata;
  const template = asRecord(spec['template']);
  const metadata = asRecord(template['metadata']);
  const generated = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const labels = { ...(asRecord(metadata['labels']) as Record<string, string>), ...generated };
  const own = Object.keys(given.metadata.labels ?? {}).length > 0 ? object.metadata.labels : undefined;
  return {
    ...object,
    metadata: { ...object.metadata, labels: own ?? labels },
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
const prepareService: Preparation = (object, { state }) => {
  const spec = asRecord(object['spec']);
  if (spec['type'] === 'ExternalName' || spec['clusterIPs'] !== undefined) return object;
  const byte = (): number => 1 + Math.floor(state.random() * 254);
  const clusterIP = spec['clusterIP'] ?? `10.96.${byte()}.${byte()}`;
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return { ...object, spec: { ...families, ...spec, clusterIP, clusterIPs: [clusterIP] } };
};

/** Who asks for a certificate is not for him to say. */
const prepareCertificateRequest: Preparation = (object, { user: username }) => ({
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
  const defaults = { priority: 0, preemptionPolicy: 'PreemptLowerPriority' };
  return {
    ...object,
    spec: fill({ ...spec, tolerations: tolerationsOf(spec) }, defaults),
    status: { ...asRecord(object['status']), qosClass: qosClassOf(spec) },
  };
};

/** With those for nodes that are in trouble for a short while. */
const tolerationsOf = (spec: Readonly<Record<string, unknown>>): readonly unknown[] => {
  const tolerations = (Array.isArray(spec['tolerations']) ? spec['tolerations'] : []).map(asRecord);
  const added = ['not-ready', 'unreachable']
    .map(evicted)
    .filter(({ key }) => !tolerations.some((one) => tolerates(one, key)));
  return [...tolerations, ...added];
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

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const withTemplateGeneration = (object: Unstructured, generation: number): Unstructured => {
  const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return { ...object, metadata: { ...object.metadata, annotations } };
};

const templateGenerationOf = ({ metadata }: Unstructured): number =>
  Number(metadata.annotations?.[TEMPLATE_GENERATION]);

/** Counts the changes of the template in an annotation, as a field of an older API did. */
const prepareDaemonSet: Preparation = (object) =>
  withTemplateGeneration(object, Math.max(1, templateGenerationOf(object) || 0));

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

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A node takes no pods before it is ready. */
const prepareNode: Preparation = (object) => {
  const spec = asRecord(object['spec']);
  const taints: readonly unknown[] = Array.isArray(spec['taints']) ? spec['taints'] : [];
  const hasIt = taints.map(asRecord).some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect);
  return hasIt ? object : { ...object, spec: { ...spec, taints: [...taints, NOT_READY] } };
};

/** Of the secrets of an account nothing but their names is kept. */
const prepareServiceAccount = (object: Unstructured): Unstructured => {
  const { secrets } = object;
  if (!Array.isArray(secrets)) return object;
  return {
    ...object,
    secrets: secrets.map((secret) => asRecord(secret)['name']).map((name) => (name === undefined ? {} : { name })),
  };
};

const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  'batch/Job': prepareJob,
  '/Namespace': (object) => ({ ...object, spec: { finalizers: ['kubernetes'], ...asRecord(object['spec']) } }),
  '/Secret': prepareSecret,
  '/Service': prepareService,
  '/Pod': preparePod,
  '/Node': prepareNode,
  '/ServiceAccount': prepareServiceAccount,
  'apps/DaemonSet': prepareDaemonSet,
  'certificates.k8s.io/CertificateSigningRequest': prepareCertificateRequest,
  'apiextensions.k8s.io/CustomResourceDefinition': prepareDefinition,
};

/** What the server itself decides about a new object of a kind. Nobody is the manager of it. */
export const prepareNew = (kind: ServedKind, object: Unstructured, birth: Birth): Unstructured => {
  const preparation = kind.custom ? undefined : PREPARATIONS[`${kind.group}/${kind.kind}`];
  return preparation ? preparation(object, birth) : object;
};

type Revision = (object: Unstructured, before: Unstructured) => Unstructured;

const reviseDaemonSet: Revision = (object, before) => {
  const isSame = equalJson(valueAt(object, 'spec.template'), valueAt(before, 'spec.template'));
  return withTemplateGeneration(object, (templateGenerationOf(before) || 1) + (isSame ? 0 : 1));
};

/** Addresses stay when a writer leaves them out. */
const reviseService: Revision = (object, before) => {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = asRecord(before['spec']);
  return { ...object, spec: fill(asRecord(object['spec']), { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy }) };
};

/** The finalizers of a namespace have a subresource of their own. */
const reviseNamespace: Revision = (object, before) => ({ ...object, spec: before['spec'] });

/** Admission looks at pods again, and lets nobody forget their priority. */
const revisePod: Revision = (object, before) => {
  if (object['spec'] === before['spec']) return object;
  const spec = asRecord(object['spec']);
  const { priority, preemptionPolicy } = asRecord(before['spec']);
  return { ...object, spec: fill({ ...spec, tolerations: tolerationsOf(spec) }, { priority, preemptionPolicy }) };
};

const REVISIONS: Readonly<Record<string, Revision>> = {
  'apps/DaemonSet': reviseDaemonSet,
  '/Service': reviseService,
  '/Namespace': reviseNamespace,
  '/Pod': revisePod,
  '/ServiceAccount': prepareServiceAccount,
};

/** What the server itself decides about a changed object of a kind. */
export const prepareChanged = (kind: ServedKind, object: Unstructured, before: Unstructured): Unstructured => {
  const revision = kind.custom ? undefined : REVISIONS[`${kind.group}/${kind.kind}`];
  return revision ? revision(object, before) : object;
};
