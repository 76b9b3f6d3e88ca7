import { annotated, object } from '../decisions.ts';
import { DELETED, alone, among, byRule, labelled, rule, says, type Config, type Point, type Row } from './point.ts';

const PREVIEWS: Config = {
  rules: [
    rule({ id: 'keep', resources: ['deployments'], jmespath: 'metadata.labels.keep', ttl: 'forever' }),
    rule({ id: 'first', jmespath: 'metadata.labels.preview', ttl: '2h' }),
    rule({ id: 'second', jmespath: 'metadata.labels.preview' }),
  ],
};
const scoped = (config: Config, said: string, metadata: Config = {}): Row =>
  says({ ttl: '30m' }, said, { config, metadata });
const namespace = (said: string, config: Config = {}): Row =>
  alone(annotated('Namespace', { ttl: '30m' }, { name: 'pr-1' }), said, { config });
const EVENT = annotated('Event', { ttl: '30m' });
const SERVICES = [object('Service', { name: 'core' }), object('KnativeService', { name: 'knative' })];
const matched = (jmespath: string, said: string, rest: Config = {}): Row =>
  alone(object('Deployment', {}, rest), said, { config: byRule({ jmespath }) });
const UNMATCHED = 'none NoDeadline';

/** Where kube-janitor 20.10 looks and what its rules match, and what is done here. */
export const RULE_POINTS: readonly Point[] = [
  {
    name: 'kept: its own time to live, then the first rule that matches; forever first is a list of exceptions',
    rows: [
      alone(labelled('Deployment', { preview: 'yes' }), 'none NotYetDue 13:00', { config: PREVIEWS }),
      alone(labelled('Deployment', { preview: 'yes', keep: 'yes' }), 'none Forever', { config: PREVIEWS }),
      alone(object('Deployment'), UNMATCHED, { config: PREVIEWS }),
      says({ ttl: '30m' }, DELETED, { config: PREVIEWS }),
    ],
  },
  {
    name: 'kept: which kinds and namespaces are looked at; excluding always wins',
    rows: [
      scoped({}, DELETED),
      scoped({}, 'none Excluded', { namespace: 'kube-system' }),
      scoped({ includeNamespaces: ['kube-system'] }, 'none Excluded', { namespace: 'kube-system' }),
      scoped({ includeNamespaces: ['shop'] }, DELETED),
      scoped({ includeNamespaces: ['shop', 'team'] }, 'none Excluded', { namespace: 'other' }),
      scoped({ excludeNamespaces: ['shop'] }, 'none Excluded'),
      scoped({ includeNamespaces: ['sho.*'] }, 'none Excluded'),
      scoped({ includeResources: ['deployments'] }, DELETED),
      scoped({ includeResources: ['services', 'configmaps'] }, 'none Excluded'),
      scoped({ excludeResources: ['deployments'] }, 'none Excluded'),
      scoped({ includeResources: ['deployments'], excludeResources: ['deployments'] }, 'none Excluded'),
      scoped({ includeResources: ['XXXdeployments'] }, 'none Excluded'),
      scoped({ includeResources: ['deployments.apps'] }, DELETED),
      scoped({ excludeResources: ['apps/v1/deployments'] }, 'none Excluded'),
    ],
  },
  {
    name: 'kept: the defaults, and a list replaces its default',
    rows: [alone(EVENT, 'none Excluded'), alone(EVENT, DELETED, { config: { excludeResources: ['secrets'] } })],
  },
  {
    name: 'changed: without kube-system among the excluded namespaces it is still protected',
    rows: [
      alone(annotated('ConfigMap', { ttl: '30m' }, { namespace: 'kube-system' }), 'blocked SystemObject', {
        config: { excludeNamespaces: ['other'] },
      }),
    ],
  },
  {
    name: 'kept: a Namespace counts by its own name, and its annotations act',
    rows: [
      namespace(DELETED),
      namespace('none Excluded', { excludeNamespaces: ['pr-1'] }),
      namespace('none Excluded', { excludeResources: ['namespaces'] }),
      namespace('none Excluded', { includeNamespaces: ['pr-2'] }),
    ],
  },
  {
    name: 'kept: a plural means the kinds of every group, unless the group is written',
    rows: [
      among(
        SERVICES,
        { 'Service/core': DELETED, 'Service/knative': DELETED },
        {
          config: byRule({ resources: ['services'] }),
        },
      ),
      among(
        SERVICES,
        { 'Service/core': UNMATCHED, 'Service/knative': DELETED },
        {
          config: byRule({ resources: ['services.serving.knative.dev'] }),
        },
      ),
      among(
        SERVICES,
        { 'Service/core': DELETED, 'Service/knative': UNMATCHED },
        {
          config: byRule({ resources: ['v1/services'] }),
        },
      ),
    ],
  },
  {
    name: 'kept: what a rule sees: annotations that are empty rather than null, labels that are null, no kind of built-in ones',
    rows: [
      matched('metadata.annotations == `{}`', DELETED),
      matched('metadata.labels == `null`', DELETED),
      matched("kind == 'Deployment'", UNMATCHED),
      alone(object('KnativeService'), DELETED, { config: byRule({ jmespath: "kind == 'Service'" }) }),
    ],
  },
  {
    name: 'kept: strings have an order, and nothing else is converted to compare it',
    rows: [
      matched("metadata.creationTimestamp > '2026-01-01'", DELETED),
      matched("metadata.creationTimestamp > '2027-01-01'", UNMATCHED),
      ...[
        'spec.gone < `1`',
        'spec.gone <= `0`',
        'spec.gone >= `0`',
        "spec.replicas < 'x'",
        'metadata.labels.constructor',
      ].map((never) => matched(never, UNMATCHED, { spec: { replicas: 1 } })),
    ],
  },
  {
    name: 'kept: a rule that finds 0 has found nothing; inside, 0 is true',
    rows: [
      matched('spec.replicas', UNMATCHED, { spec: { replicas: 0 } }),
      matched('length(spec.items)', UNMATCHED, { spec: { items: [] } }),
      matched('spec.replicas == `0`', DELETED, { spec: { replicas: 0 } }),
      matched('!spec.replicas', UNMATCHED, { spec: { replicas: 0 } }),
    ],
  },
  {
    name: 'changed: a rule that fails on one object stops there, and at no other',
    rows: [
      among(
        [object('Deployment', { name: 'bare' }), labelled('Deployment', { team: 'xyz' })],
        { 'Deployment/bare': 'invalid RuleFailed', 'Deployment/web': DELETED },
        {
          config: {
            rules: [
              rule({ id: 'team', resources: ['deployments'], jmespath: "starts_with(metadata.labels.team, 'x')" }),
              rule({ id: 'all', resources: ['deployments'] }),
            ],
          },
        },
      ),
    ],
  },
  {
    name: 'changed: kinds of the same name in two groups are two kinds',
    rows: [
      among(
        [
          annotated('Service', { ttl: '30m' }, { name: 'a' }),
          annotated('KnativeService', { ttl: '30m' }, { name: 'b' }),
        ],
        { 'Service/a': DELETED, 'Service/b': DELETED },
      ),
    ],
  },
  {
    name: 'changed: a kind without a namespace is looked at when it is asked for; Namespaces always are',
    rows: [
      alone(annotated('ClusterRole', { ttl: '30m' }), 'none Excluded'),
      alone(annotated('ClusterRole', { ttl: '30m' }), DELETED, { config: { includeClusterResources: true } }),
    ],
  },
  {
    name: 'changed: a rule for a kind that nobody has installed is no error',
    rows: [alone(object('Deployment'), UNMATCHED, { config: byRule({ resources: ['flubbers.example.org'] }) })],
  },
];
