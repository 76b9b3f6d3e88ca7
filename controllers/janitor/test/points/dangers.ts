import type { KubeObject } from '@kube-steward/kube';
import { DAY, MINUTE, ago, annotated, object, type KindName } from '../decisions.ts';
import {
  DELETED,
  INVALID,
  alone,
  among,
  byRule,
  labelled,
  ownedBy,
  type Config,
  type Point,
  type Row,
} from './point.ts';

const TTL = { ttl: '30m' };
const set = (annotations: Readonly<Record<string, string>> = TTL) =>
  annotated('ReplicaSet', annotations, { name: 'web-5d9', ...ownedBy('Deployment', 'web') });
const owner = (uid: string) => object('Deployment', { name: 'web', uid });
const ENDED = { status: { conditions: [{ type: 'Failed', status: 'True' }] } };

/** An owner that is there, and what it owns. */
const owned = (by: KindName, of: KindName, rest: Config, resources: string, said: string): Row =>
  among(
    [
      object(of, { name: 'owned', ...ownedBy(by, 'owner', String(object(by).apiVersion)) }, rest),
      object(by, { name: 'owner', uid: 'uid-owner' }),
    ],
    { [`${of}/owned`]: said },
    { config: byRule({ resources: [resources] }) },
  );

const namespace = (name: string) => annotated('Namespace', TTL, { name });
const protects = (protect: string) => annotated('ConfigMap', { protect }, { name: 'evidence', namespace: 'pr-1' });
const swept = (seen: KubeObject, said: string): Row => alone(seen, said, { config: byRule() });
const WIDE = byRule({ allowWildcard: true }, { includeClusterResources: true });
const marked = (annotations: Readonly<Record<string, string>>, said: string): Row =>
  alone(object('Deployment', { annotations }), said, { config: byRule() });
const KEPT = 'blocked KeptByAnnotation';

const endedSince = (status: Config, said: string): Row =>
  alone(object('Job', { creationTimestamp: ago(DAY) }, { status }), said, {
    config: byRule({ resources: ['jobs'], since: 'status.completionTime' }),
  });

const QUARANTINE = byRule({ resources: ['deployments', 'cronjobs', 'configmaps'], quarantine: '2d' });
const quarantined = (annotations: Readonly<Record<string, string>>, replicas: number, said: string): Row =>
  alone({ ...annotated('Deployment', annotations), spec: { replicas } } as KubeObject, said, { config: QUARANTINE });

/** What has gone wrong with janitors elsewhere, as far as manifests show it. */
export const DANGERS: readonly Point[] = [
  {
    name: 'an annotation that was copied to a child and stayed there',
    rows: [
      among([set(), owner('uid-web')], { 'ReplicaSet/web-5d9': 'none OwnerDecides' }),
      among([set()], { 'ReplicaSet/web-5d9': DELETED }, { about: 'its owner is gone: an object like any other' }),
      among(
        [set(), owner('uid-2')],
        { 'ReplicaSet/web-5d9': DELETED },
        {
          about: 'another one of its owner’s name is not its owner',
        },
      ),
      among(
        [set({ tll: '30m' }), owner('uid-web')],
        { 'ReplicaSet/web-5d9': 'none NoDeadline' },
        {
          about: 'and its mistakes are its owner’s',
        },
      ),
    ],
  },
  {
    name: 'a rule reaches what is owned only by name, and when it is finished',
    rows: [
      owned('CronJob', 'Job', ENDED, 'jobs', DELETED),
      owned('CronJob', 'Job', {}, 'jobs', 'blocked OwnerDecides'),
      owned('CronJob', 'Job', ENDED, '*', 'blocked OwnerDecides'),
      owned('ReplicaSet', 'Pod', { status: { phase: 'Failed', reason: 'Evicted' } }, 'pods', DELETED),
      owned('Job', 'Pod', { status: { phase: 'Succeeded' } }, 'pods', DELETED),
      owned('ReplicaSet', 'Pod', { status: { phase: 'Running' } }, 'pods', 'blocked OwnerDecides'),
      owned('Deployment', 'ReplicaSet', ENDED, 'replicasets', 'blocked OwnerDecides'),
    ],
  },
  {
    name: 'a namespace that holds what somebody protects, and those of the system',
    rows: [
      among([namespace('pr-1'), protects('true')], { 'Namespace/pr-1': 'blocked HoldsProtected' }),
      among([namespace('pr-2'), protects('true')], { 'Namespace/pr-2': DELETED }),
      among(
        [namespace('pr-1'), protects('yes')],
        { 'Namespace/pr-1': 'blocked HoldsProtected' },
        {
          about: 'whatever was meant by it',
        },
      ),
      ...['default', 'kube-system', 'kube-public', 'kube-flannel'].map((name) =>
        alone(namespace(name), 'blocked SystemObject', { config: { excludeNamespaces: ['other'] } }),
      ),
      { ...swept(object('Namespace', { name: 'pr-1' }), 'none NoDeadline'), about: '* does not reach it' },
    ],
  },
  {
    name: 'what a * would sweep away',
    rows: [
      swept(object('ServiceAccount', { name: 'default' }), 'blocked SystemObject'),
      swept(object('ServiceAccount', { name: 'builder' }), 'blocked SystemObject'),
      swept(object('ConfigMap', { name: 'kube-root-ca.crt' }), 'blocked SystemObject'),
      swept(object('Lease', { name: 'controller' }), 'blocked SystemObject'),
      swept(object('EndpointSlice', { name: 'web-x' }), 'blocked SystemObject'),
      swept(object('Service', { name: 'kubernetes', namespace: 'default' }), 'blocked SystemObject'),
      swept(object('DaemonSet', { name: 'flannel', namespace: 'kube-flannel' }), 'blocked SystemObject'),
      alone(annotated('DaemonSet', TTL, { namespace: 'kube-flannel' }), DELETED),
      swept(labelled('ConfigMap', { owner: 'helm', status: 'deployed' }), 'blocked SystemObject'),
      swept(labelled('ConfigMap', { 'kube-steward.io/archive': 'janitor' }), 'blocked OwnObject'),
      swept(labelled('Deployment', { 'app.kubernetes.io/part-of': 'kube-steward' }), 'blocked OwnObject'),
      swept(object('Secret', { name: 'token' }), 'none NoDeadline'),
      swept(object('PersistentVolumeClaim'), 'none NoDeadline'),
      swept(object('PersistentVolume'), 'none Excluded'),
      swept(object('CustomResourceDefinition'), 'none Excluded'),
      swept(object('ConfigMap', { name: 'settings' }), DELETED),
      alone(annotated('ServiceAccount', TTL, { name: 'builder' }), DELETED, { about: 'its own annotation' }),
    ],
  },
  {
    name: 'what a * reaches where its rule says so, and what a rule reaches that names it',
    rows: [
      alone(
        labelled('Secret', { owner: 'helm', status: 'deployed' }, { name: 'sh.helm.release.v1.shop.v3' }),
        'blocked SystemObject',
        { config: WIDE },
      ),
      ...(
        ['Secret', 'PersistentVolumeClaim', 'Namespace', 'PersistentVolume', 'CustomResourceDefinition'] as const
      ).map((of) => alone(object(of), DELETED, { config: WIDE })),
      alone(object('Secret'), DELETED, { config: byRule({ resources: ['secrets'] }) }),
    ],
  },
  {
    name: 'a rule that reads another version than what there is',
    rows: [
      alone(object('Deployment'), 'none NoDeadline', {
        config: byRule({ resources: ['apps/v1beta1/deployments'], jmespath: '!(spec.gone)' }),
      }),
    ],
  },
  {
    name: 'an age that counts from a moment the object tells',
    rows: [
      endedSince({ completionTime: ago(10 * MINUTE) }, 'none NotYetDue 12:20'),
      endedSince({ completionTime: ago(31 * MINUTE) }, DELETED),
      endedSince({}, 'none AgeUnknown'),
      endedSince({ completionTime: 'soon' }, 'invalid RuleFailed'),
      endedSince({ completionTime: 5 }, 'invalid RuleFailed'),
    ],
  },
  {
    name: 'those who say to other tools that it is to be kept',
    rows: [
      marked({ 'argocd.argoproj.io/sync-options': 'Prune=false' }, KEPT),
      marked({ 'argocd.argoproj.io/sync-options': 'ServerSideApply=true, Delete=false' }, KEPT),
      marked({ 'argocd.argoproj.io/sync-options': 'Prune=confirm' }, KEPT),
      marked({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }, KEPT),
      marked({ 'helm.sh/resource-policy': 'keep' }, KEPT),
      marked({ 'argocd.argoproj.io/sync-options': 'Prune=true', 'helm.sh/resource-policy': 'delete' }, DELETED),
    ],
  },
  {
    name: 'what is on its way out already',
    rows: [
      alone(
        annotated('Deployment', TTL, { deletionTimestamp: ago(DAY), finalizers: ['example.org/hold'] }),
        'none Terminating',
      ),
    ],
  },
  {
    name: 'whoever may annotate may not delete what is worth more, if the kind is switched off',
    rows: (
      [
        ['Namespace', 'namespaces'],
        ['PersistentVolumeClaim', 'persistentvolumeclaims'],
        ['Secret', 'secrets'],
      ] as const
    ).map(([of, plural]) => alone(annotated(of, TTL), 'none Excluded', { config: { excludeResources: [plural] } })),
  },
  {
    name: 'a rule in a dry run deletes nothing',
    rows: [alone(object('Deployment'), 'blocked RuleDryRun', { config: byRule({ mode: 'dryRun' }) })],
  },
  {
    name: 'one bad object, and nothing is deleted any more',
    rows: [
      among(
        [
          annotated('Deployment', { ttl: 'soon' }, { name: 'ttl' }),
          annotated('Deployment', { expires: '31.12.2026' }, { name: 'expires' }),
          annotated('Deployment', { tll: '1h' }, { name: 'key' }),
          annotated('Deployment', { protect: 'yes' }, { name: 'protect' }),
          annotated('Deployment', TTL, { name: 'undated', creationTimestamp: null }),
          object('Deployment', { name: 'nulls', annotations: null, labels: null, ownerReferences: null }),
          annotated('Deployment', TTL, { name: 'good' }),
        ],
        {
          'Deployment/ttl': INVALID,
          'Deployment/expires': INVALID,
          'Deployment/key': 'invalid UnknownAnnotation',
          'Deployment/protect': INVALID,
          'Deployment/undated': 'none AgeUnknown',
          'Deployment/nulls': 'none NoDeadline',
          'Deployment/good': DELETED,
        },
      ),
    ],
  },
  {
    name: 'janitor/protect is an absolute veto, and says whose it is',
    rows: [
      marked({ 'janitor/protect': 'true' }, 'blocked Protected'),
      marked({ 'janitor/protect': 'true', 'janitor/ttl': '30m', 'janitor/expires': '2026-11-20' }, 'blocked Protected'),
      marked({ 'janitor/protect': 'true', 'janitor/ttl': '2h' }, 'none Protected'),
      marked({ 'janitor/protect': 'false' }, DELETED),
      alone(
        annotated('Deployment', { protect: 'true', ttl: '30m' }, { labels: { team: 'shop' } }),
        'blocked Protected',
        {
          decision: { message: 'janitor/protect keeps it (team=shop)' },
        },
      ),
    ],
  },
  {
    name: 'quarantine: stopped first, deleted later, brought back when it is not due any more',
    rows: [
      quarantined({}, 3, 'quarantine Quarantined 2026-11-22T12:00:00Z'),
      quarantined({ quarantined: `${ago(DAY)} replicas=3` }, 0, 'none InQuarantine 2026-11-21T12:00:00Z'),
      quarantined({ quarantined: `${ago(2 * DAY + 1000)} replicas=3` }, 0, DELETED),
      quarantined({ quarantined: `${ago(DAY)} replicas=3`, ttl: '2h' }, 0, 'scaleUp QuarantineLifted'),
      quarantined({ quarantined: 'x' }, 0, INVALID),
      alone(object('CronJob'), 'quarantine Quarantined 2026-11-22T12:00:00Z', { config: QUARANTINE }),
      alone(object('ConfigMap'), 'quarantine Quarantined 2026-11-22T12:00:00Z', {
        config: QUARANTINE,
        about: 'nothing to stop, and time to notice',
      }),
    ],
  },
];
