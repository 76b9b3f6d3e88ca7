import type { Resource } from '@kube-steward/kube';
import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer } from '../expect.ts';
import { invalid, type Refused } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap, deployment, podSpec } from './objects.ts';

type Json = Readonly<Record<string, unknown>>;

const metadata = { name: 'a' };
const template = { metadata: { labels: { app: 'a' } }, spec: podSpec() };
const jobTemplate = { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } };

const statefulSet = (spec: Json = {}): Json => deployment('a', { serviceName: 'a', ...spec });
const job = (spec: Json = {}): Json => ({ metadata, spec: { ...jobTemplate.spec, ...spec } });
const cronJob = (spec: Json = {}): Json => ({ metadata, spec: { schedule: '@daily', jobTemplate, ...spec } });
const autoscaler = (spec: Json = {}): Json => ({
  metadata,
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, maxReplicas: 3, ...spec },
});

const kindOf = ({ kind, group }: Resource): string => (group === '' ? kind : `${kind}.${group}`);

/** What is refused, in which words, and in which 1.32 says it, whose values look as Go writes them. */
interface Refusal {
  readonly refused: readonly Refused[];
  readonly in132?: { readonly words: string; readonly refused: readonly Refused[] };
}

const status = (resource: Resource, { refused, in132 }: Refusal) =>
  [
    invalid(kindOf(resource), 'a', ...refused),
    in132 && { in132: in132.words, status: invalid(kindOf(resource), 'a', ...in132.refused) },
  ] as const;

const wrong = (rule: string, resource: Resource, body: Json, refusal: Refusal): Case =>
  refuses(rule, (world) => world.create(resource, body), ...status(resource, refusal));

/** A change of what must stay. */
const fixed = (rule: string, resource: Resource, body: Json, change: Json, refusal: Refusal): Case =>
  refuses(
    rule,
    async (world) => {
      await world.given(resource, body);
      return world.patch(resource, 'a', 'merge', change);
    },
    ...status(resource, refusal),
  );

const field = (...refused: Refused): Refusal => ({ refused: [refused] });
/** The same, which 1.32 tells in other words. */
const told = (words: string, former: string, ...[path, body]: Refused): Refusal => ({
  refused: [[path, body]],
  in132: { words, refused: [[path, former]] },
});
const GO_VALUE = 'the value in the words of Go';

const NEGATIVE = 'Invalid value: -1: must be greater than or equal to 0';
const SELECTED = { matchLabels: { app: 'b' } };

export const SPECS: Topic = {
  name: 'What specs must say, and must not change',
  cases: [
    wrong(
      'fewer than no pods of a Deployment are 422',
      R.deployments,
      deployment('a', { replicas: -1 }),
      field('spec.replicas', NEGATIVE),
    ),
    wrong(
      'a Deployment that does not select its pods is 422',
      R.deployments,
      deployment('a', { selector: SELECTED }),
      told(
        GO_VALUE,
        'Invalid value: map[string]string{"app":"a"}: `selector` does not match template `labels`',
        'spec.template.metadata.labels',
        'Invalid value: {"app":"a"}: `selector` does not match template `labels`',
      ),
    ),
    wrong(
      'a Deployment whose pods may end is 422',
      R.deployments,
      deployment('a', { template: { ...template, spec: podSpec({ restartPolicy: 'Never' }) } }),
      field('spec.template.spec.restartPolicy', 'Unsupported value: "Never": supported values: "Always"'),
    ),
    wrong(
      'a CronJob whose schedule is none is 422',
      R.cronJobs,
      cronJob({ schedule: 'now' }),
      field('spec.schedule', 'Invalid value: "now": expected exactly 5 fields, found 1: [now]'),
    ),
    wrong(
      'a CronJob in a time zone that does not exist is 422',
      R.cronJobs,
      cronJob({ timeZone: 'Mars/Olympus' }),
      field('spec.timeZone', 'Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'),
    ),
    wrong('an autoscaler to no pods is 422', R.horizontalPodAutoscalers, autoscaler({ maxReplicas: 0 }), {
      refused: [
        ['spec.maxReplicas', 'Invalid value: 0: must be greater than 0'],
        ['spec.maxReplicas', 'Invalid value: 0: must be greater than or equal to `minReplicas`'],
      ],
    }),
    wrong(
      'an autoscaler from fewer than one pod is 422',
      R.horizontalPodAutoscalers,
      autoscaler({ minReplicas: -1 }),
      field('spec.minReplicas', 'Invalid value: -1: must be greater than or equal to 1'),
    ),
    wrong(
      'an autoscaler without a target is 422',
      R.horizontalPodAutoscalers,
      autoscaler({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: '' } }),
      field('spec.scaleTargetRef.name', 'Required value'),
    ),
    wrong(
      'a lease of no seconds is 422',
      R.leases,
      { metadata, spec: { leaseDurationSeconds: 0 } },
      field('spec.leaseDurationSeconds', 'Invalid value: 0: must be greater than 0'),
    ),
    fixed(
      'the selector of a Deployment stays',
      R.deployments,
      deployment('a'),
      { spec: { selector: SELECTED, template: { metadata: { labels: { app: 'b' } } } } },
      told(
        GO_VALUE,
        'Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
        'spec.selector',
        'Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
      ),
    ),
    fixed(
      'the service of a StatefulSet stays',
      R.statefulSets,
      statefulSet(),
      { spec: { serviceName: 'b' } },
      told(
        'without revisionHistoryLimit, which stays too',
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        'spec',
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    ),
    fixed(
      'the completions of a Job stay',
      R.jobs,
      job({ completions: 1 }),
      { spec: { completions: 2 } },
      field('spec.completions', 'Invalid value: 2: field is immutable'),
    ),
    fixed(
      'the data of what is sealed stays',
      R.configMaps,
      configMap('a', { data: { x: '1' }, immutable: true }),
      { data: { x: '2' } },
      field('data', 'Forbidden: field is immutable when `immutable` is set'),
    ),
    {
      rule: 'a Job can be suspended and resumed',
      run: async (world) => {
        await world.given(R.jobs, job());
        expectAnswer(await suspend(world, true), 200, { spec: { suspend: true } });
        expectAnswer(await suspend(world, false), 200, { spec: { suspend: false } });
      },
    },
  ],
};

const suspend = (world: World, value: boolean) => world.patch(R.jobs, 'a', 'merge', { spec: { suspend: value } });
