import type { KubeObject, Resource } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import { candidateOf } from '../src/candidate.ts';
import { decide } from '../src/decide.ts';
import { kindsOfManifests } from '../src/manifest-kinds.ts';
import type { Observation } from '../src/observe.ts';
import { decideAll } from '../src/plan.ts';
import type { Policy } from '../src/policy.ts';
import { readRules } from '../src/rules.ts';
import { createSurvey } from '../src/survey.ts';

/** When everything is looked at, unless a test says otherwise. */
export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const ago = (ms: number): string => new Date(NOW - ms).toISOString().replace('.000', '');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** kube-janitor's defaults, with what a test changes of them. */
export const policy = ({ rules = [], ...rest }: Partial<Omit<Policy, 'rules'>> & { rules?: unknown } = {}): Policy => ({
  prefix: 'janitor',
  rules: readRules(rules).rules,
  resources: { include: 'all', exclude: [{ plural: 'events' }, { plural: 'controllerrevisions' }] },
  namespaces: { include: 'all', exclude: new Set(['kube-system']) },
  unchecked: [{ plural: 'events' }],
  includeClusterResources: false,
  noticeMs: 0,
  ...rest,
});

const kind = (apiVersion: string, name: string, plural: string, namespaced = true): Resource => {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { group: group!, version: version!, plural, kind: name, namespaced };
};

export const KINDS = {
  Deployment: kind('apps/v1', 'Deployment', 'deployments'),
  ReplicaSet: kind('apps/v1', 'ReplicaSet', 'replicasets'),
  StatefulSet: kind('apps/v1', 'StatefulSet', 'statefulsets'),
  DaemonSet: kind('apps/v1', 'DaemonSet', 'daemonsets'),
  CronJob: kind('batch/v1', 'CronJob', 'cronjobs'),
  Job: kind('batch/v1', 'Job', 'jobs'),
  Pod: kind('v1', 'Pod', 'pods'),
  Namespace: kind('v1', 'Namespace', 'namespaces', false),
  ConfigMap: kind('v1', 'ConfigMap', 'configmaps'),
  Secret: kind('v1', 'Secret', 'secrets'),
  Service: kind('v1', 'Service', 'services'),
  ServiceAccount: kind('v1', 'ServiceAccount', 'serviceaccounts'),
  PersistentVolumeClaim: kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  PersistentVolume: kind('v1', 'PersistentVolume', 'persistentvolumes', false),
  Lease: kind('coordination.k8s.io/v1', 'Lease', 'leases'),
  EndpointSlice: kind('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  CustomResourceDefinition: kind(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    false,
  ),
  ClusterRole: kind('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  Event: kind('v1', 'Event', 'events'),
  KnativeService: kind('serving.knative.dev/v1', 'Service', 'services'),
} as const;
export type KindName = keyof typeof KINDS;

type Fields = Readonly<Record<string, unknown>>;

/** An object of a kind, an hour old; `metadata` and the rest as given. */
export const object = (of: KindName, metadata: Fields = {}, rest: Fields = {}): KubeObject => {
  const { group, version, kind: name, namespaced } = KINDS[of];
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: name,
    metadata: {
      name: 'web',
      ...(namespaced && { namespace: 'shop' }),
      uid: 'uid-1',
      resourceVersion: '7',
      creationTimestamp: ago(HOUR),
      ...metadata,
    },
    ...rest,
  };
};

/** The same with annotations of the janitor's: `{ttl: '1h'}`. */
export const annotated = (
  of: KindName,
  annotations: Readonly<Record<string, string>>,
  metadata: Fields = {},
): KubeObject =>
  object(of, {
    ...metadata,
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`janitor/${key}`, value])),
  });

export type Seen = Partial<Omit<Observation, 'candidate'>>;

export const observation = (of: KindName, seen: KubeObject, by: Policy, rest: Seen = {}): Observation => {
  const candidate = candidateOf(KINDS[of], by)(seen);
  return {
    candidate,
    owner: candidate.owner ? 'alive' : 'none',
    references: { state: 'unused' },
    protectedInside: [],
    ...rest,
  };
};

/** What is decided on one object. */
export const decisionOn = (
  of: KindName,
  seen: KubeObject,
  by: Policy = policy(),
  rest: Seen = {},
  now = NOW,
): Decision => decide(observation(of, seen, by, rest), by, now);

/** `delete TimeToLiveExpired`, `none NotYetDue 13:00`: what a row of a table says of a decision. */
export const inShort = ({ action, reason, nextTransition }: Decision): string =>
  [action, reason, nextTransition?.replace(/^2026-11-20T(.*):00Z$/, '$1')].filter(Boolean).join(' ');

/** Everything that is decided on these manifests, which are all there is. */
export const decisionsIn = (objects: readonly KubeObject[], by: Policy = policy(), now = NOW): Decision[] => {
  const survey = createSurvey({ policy: by, unread: () => undefined, missing: () => 'gone' });
  const kindOf = kindsOfManifests(objects);
  for (const each of objects) survey.add(kindOf(each), each);
  return [...decideAll(survey, by, now)];
};

/** The same in short: `{'Deployment/web': 'delete TimeToLiveExpired'}`. */
export const planOf = (...args: Parameters<typeof decisionsIn>): Record<string, string> => {
  const named = ({ object: { kind, name } }: Decision): string => `${kind}/${name}`;
  return Object.fromEntries(decisionsIn(...args).map((decision) => [named(decision), inShort(decision)]));
};
