import type { Resource } from '@kube-steward/kube';

/**
 * How the size of a kind is written on its objects, and what "down" does to it.
 *
 * | form | down | stored original | up |
 * | --- | --- | --- | --- |
 * | replicas | the number becomes the downtime size | `"3"` | the number, never above `max` |
 * | switch, a boolean | the field becomes `down` | `"1"`; `"unset"` where there was none | the field becomes `up`, or removed |
 * | switch, a text | the field becomes `down` | the former text; `"1"` where there was none | the former text, or removed |
 * | selector | a node selector nothing matches is added | `"1"` | the keys of every tool are removed |
 * | pause | the annotation holds the downtime size | `"-1"`, or the user's own pause | removed, or the user's pause again |
 * | budget | minAvailable falls or maxUnavailable rises | `"2"`, `"50%"`, and which bound apart | the former value |
 * | name | nothing: only restored where GoKubeDownscaler left it asleep | the name | the name |
 */
export type SizeForm =
  | {
      readonly form: 'replicas';
      readonly path: string;
      /** What an absent field counts as. Without it, an object that lacks the field is left alone. */
      readonly absent?: number;
      /** The field that bounds a restore from above. */
      readonly max?: string;
      /** It is never made smaller: the size that a further kind was configured to go down to. */
      readonly least?: number;
      /** An autoscaler's upper bound inside the object: with it set, the size is written only while down. */
      readonly autoscaledBy?: string;
    }
  | {
      readonly form: 'switch';
      readonly path: string;
      readonly down: string | boolean;
      /** What a boolean becomes; the only other text a text may have been. */
      readonly up?: string | boolean;
    }
  | { readonly form: 'selector'; readonly path: string; readonly keys: readonly [string, ...string[]] }
  | { readonly form: 'pause'; readonly path: string }
  | { readonly form: 'budget'; readonly paths: { readonly minAvailable: string; readonly maxUnavailable: string } }
  | { readonly form: 'name'; readonly path: string; readonly down: string };

export type JsonScalar = string | number | boolean;

/** How an object says that its pods are ready. */
export interface ReadyCount {
  readonly path: string;
  /** How many there should be; absent: as many as the size says. */
  readonly of?: string;
}

/** One kind the downscaler can put to sleep. Adding a kind is adding a row and its test rows. */
export interface KindRow {
  readonly resource: Resource;
  readonly size: SizeForm;
  /** The pod template, for requests and labels; absent for kinds without pods of their own. */
  readonly podTemplate?: string;
  /** Where the object names the workload it scales (an autoscaler). */
  readonly scaleTarget?: string;
  /** The least an autoscaler keeps its target at: the first of these that is there; without any, the size itself. */
  readonly floor?: readonly string[];
  /** Where an autoscaler says `true` when it is switched off: it keeps its target at nothing then. */
  readonly off?: string;
  /** Where the status counts pods that are ready; absent: an object is back when its size is. */
  readonly ready?: ReadyCount;
  /** Where the object says when it starts something by itself (a CronJob). */
  readonly runs?: { readonly schedule: string; readonly timeZone: string; readonly deadline: string };
  /** Further names in `--include-resources`. */
  readonly aliases?: readonly string[];
}

const kind = (apiVersion: string, plural: string, kindName: string, row: Omit<KindRow, 'resource'>): KindRow => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return {
    resource: { group: group ?? '', version: version ?? '', plural, kind: kindName, namespaced: true },
    ...row,
  };
};

const TEMPLATE = '/spec/template';
const READY_REPLICAS: ReadyCount = { path: '/status/readyReplicas' };
const replicas = (path = '/spec/replicas', more: { absent?: number; max?: string; least?: number } = {}): SizeForm => ({
  form: 'replicas',
  path,
  ...more,
});
const suspend: SizeForm = { form: 'switch', path: '/spec/suspend', down: true, up: false };
/** The JSON pointer of an annotation. Prefixes and keys hold no `~`. */
export const annotationPath = (prefix: string, key: string): string => `/metadata/annotations/${prefix}~1${key}`;

/** The key that keeps a sleeping DaemonSet off every node (py-kube-downscaler's name; the first is the one written). */
const NOWHERE_KEYS = ['kube-downscaler-non-existent', 'downscaler/match-none'] as const;

/** Every kind built in, in the order in which a sweep goes through them. */
export const KINDS: readonly KindRow[] = [
  kind('apps/v1', 'deployments', 'Deployment', {
    aliases: ['deploy'],
    size: replicas(undefined, { absent: 1 }),
    podTemplate: TEMPLATE,
    ready: READY_REPLICAS,
  }),
  kind('apps/v1', 'statefulsets', 'StatefulSet', {
    aliases: ['sts'],
    size: replicas(undefined, { absent: 1 }),
    podTemplate: TEMPLATE,
    ready: READY_REPLICAS,
  }),
  kind('zalando.org/v1', 'stacks', 'Stack', {
    size: { form: 'replicas', path: '/spec/replicas', autoscaledBy: '/spec/autoscaler/maxReplicas' },
    podTemplate: '/spec/podTemplate',
    ready: READY_REPLICAS,
  }),
  kind('batch/v1', 'cronjobs', 'CronJob', {
    aliases: ['cj'],
    size: suspend,
    podTemplate: '/spec/jobTemplate/spec/template',
    runs: { schedule: '/spec/schedule', timeZone: '/spec/timeZone', deadline: '/spec/startingDeadlineSeconds' },
  }),
  kind('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    size: replicas('/spec/minReplicas', { absent: 1, max: '/spec/maxReplicas', least: 1 }),
    scaleTarget: '/spec/scaleTargetRef',
    aliases: ['hpas', 'hpa'],
  }),
  kind('argoproj.io/v1alpha1', 'rollouts', 'Rollout', {
    size: replicas(undefined, { absent: 1 }),
    podTemplate: TEMPLATE,
    ready: READY_REPLICAS,
  }),
  kind('keda.sh/v1alpha1', 'scaledobjects', 'ScaledObject', {
    size: { form: 'pause', path: annotationPath('autoscaling.keda.sh', 'paused-replicas') },
    scaleTarget: '/spec/scaleTargetRef',
    floor: ['/spec/idleReplicaCount', '/spec/minReplicaCount'],
    off: annotationPath('autoscaling.keda.sh', 'paused'),
  }),
  kind('keda.sh/v1alpha1', 'scaledjobs', 'ScaledJob', {
    size: { form: 'switch', path: annotationPath('autoscaling.keda.sh', 'paused'), down: 'true', up: 'false' },
  }),
  kind('apps/v1', 'daemonsets', 'DaemonSet', {
    aliases: ['ds'],
    size: { form: 'selector', path: '/spec/template/spec/nodeSelector', keys: NOWHERE_KEYS },
    podTemplate: TEMPLATE,
    ready: { path: '/status/numberReady', of: '/status/desiredNumberScheduled' },
  }),
  kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    size: { form: 'budget', paths: { minAvailable: '/spec/minAvailable', maxUnavailable: '/spec/maxUnavailable' } },
    aliases: ['pdbs', 'pdb'],
  }),
  kind('batch/v1', 'jobs', 'Job', { size: suspend, podTemplate: TEMPLATE }),
  kind('actions.github.com/v1alpha1', 'autoscalingrunnersets', 'AutoscalingRunnerSet', {
    size: replicas('/spec/minRunners'),
  }),
  kind('monitoring.coreos.com/v1', 'prometheuses', 'Prometheus', {
    size: replicas(),
    ready: { path: '/status/availableReplicas' },
  }),
  kind('acid.zalan.do/v1', 'postgresqls', 'postgresql', { size: replicas('/spec/numberOfInstances') }),
  kind('kafka.strimzi.io/v1beta2', 'kafkaconnects', 'KafkaConnect', { size: replicas() }),
  kind('kafka.strimzi.io/v1beta2', 'kafkamirrormaker2s', 'KafkaMirrorMaker2', { size: replicas() }),
  kind('kafka.strimzi.io/v1beta2', 'kafkabridges', 'KafkaBridge', { size: replicas() }),
  kind('postgresql.cnpg.io/v1', 'clusters', 'Cluster', {
    size: { form: 'switch', path: annotationPath('cnpg.io', 'hibernation'), down: 'on', up: 'off' },
    aliases: ['cnpgclusters'],
    ready: { path: '/status/readyInstances', of: '/spec/instances' },
  }),
  kind('apps.openshift.io/v1', 'deploymentconfigs', 'DeploymentConfig', {
    size: replicas(),
    podTemplate: TEMPLATE,
    ready: READY_REPLICAS,
  }),
  kind('v1', 'services', 'Service', {
    size: { form: 'name', path: '/spec/type', down: 'ClusterIP' },
    aliases: ['awselbservices', 'awsnlbservices'],
  }),
  kind('networking.k8s.io/v1', 'ingresses', 'Ingress', {
    size: { form: 'name', path: '/spec/ingressClassName', down: 'kube-downscaler-ingress-class' },
  }),
  kind('gateway.networking.k8s.io/v1', 'gateways', 'Gateway', {
    size: { form: 'name', path: '/spec/gatewayClassName', down: 'kube-downscaler-gateway-class' },
  }),
];

/** `apps` of `apps/v1`; empty for the core group. */
export const groupOf = (apiVersion = ''): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

/** What one object says of another in its namespace: an owner, the target of an autoscaler. */
export interface KindReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Whether a reference is to an object of this row, whatever the version. */
export const isOfKind = ({ resource }: KindRow, { apiVersion, kind }: KindReference): boolean =>
  resource.kind === kind && resource.group === groupOf(apiVersion);

/** An object by group and kind, for an index: versions differ between clusters, the kind does not. */
export const objectId = (namespace: string, { apiVersion, kind, name }: KindReference): string =>
  `${namespace}/${kind}.${groupOf(apiVersion)}/${name}`;

/** The row of an object's kind, by group and kind. */
export const rowOfKind = (rows: readonly KindRow[], apiVersion: string, kindName: string): KindRow | undefined => {
  const group = groupOf(apiVersion);
  return rows.find((row) => row.resource.kind === kindName && row.resource.group === group);
};

/** Every name a kind goes by, in lower case: plural, plural with group, kind, short names. */
export const namesOfKind = ({ resource, aliases = [] }: KindRow): readonly string[] => [
  resource.plural,
  ...(resource.group ? [`${resource.plural}.${resource.group}`] : []),
  resource.kind.toLowerCase(),
  ...aliases,
];
