import type { KubeObject } from '@kube-steward/kube';
import t from 'tap';
import { podSelectorOf, podStateOf } from '../src/pod-state.ts';
import { causeOf, type Evidence } from '../src/wake-cause.ts';

const workload = (more: object = {}, kind = 'Deployment'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  ...more,
});

const refusedFor = (message: string): KubeObject =>
  workload({ status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }] } });

/** A pod whose one container is in this state. */
const pod = (name: string, phase: string, container: object = {}, conditions: object[] = []): KubeObject => ({
  metadata: { name },
  ...{ status: { phase, conditions, containerStatuses: [{ ready: false, restartCount: 0, ...container }] } },
});
const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, message } } });
const ready = pod('ok', 'Running', { ready: true }, [{ type: 'Ready', status: 'True' }]);
const homeless = pod('a', 'Pending', {}, [
  { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes: Insufficient cpu' },
]);
const pulling = pod('b', 'Pending', waiting('ImagePullBackOff', 'Back-off pulling image "x:1"'));
const slow = pod('c', 'Running');

interface Given {
  readonly objects?: readonly KubeObject[];
  readonly pods?: readonly KubeObject[];
  readonly refusal?: string;
  readonly unread?: string;
}

const evidence = ({ objects = [workload()], pods = [], refusal, unread }: Given): Evidence => ({
  objects,
  pods: pods.map(podStateOf).filter((state) => state !== undefined),
  refusal,
  unread,
});

t.test('the cause, from the evidence', (t) => {
  const rows: readonly (readonly [title: string, given: Given, cause: string])[] = [
    [
      'a quota',
      { objects: [refusedFor('pods "x" is forbidden: exceeded quota: q')] },
      'quota: pods "x" is forbidden: exceeded quota: q',
    ],
    [
      'a quota that wants requests',
      { refusal: 'pods "x" is forbidden: failed quota: q: must specify requests.cpu for: web' },
      'quota: pods "x" is forbidden: failed quota: q: must specify requests.cpu for: web',
    ],
    ['a policy of this name', { refusal: 'pods "quota-1" is forbidden' }, 'refused: pods "quota-1" is forbidden'],
    ['a webhook', { objects: [refusedFor('admission webhook "w" denied')] }, 'refused: admission webhook "w" denied'],
    ['a quota, said in Events alone', { refusal: 'exceeded quota: q' }, 'quota: exceeded quota: q'],
    ['an image', { pods: [pulling] }, 'image: pod b: ImagePullBackOff: Back-off pulling image "x:1"'],
    [
      'no image name at all',
      { pods: [pod('b', 'Pending', waiting('InvalidImageName'))] },
      'image: pod b: InvalidImageName',
    ],
    [
      'a Secret that is not there',
      { pods: [pod('b', 'Pending', waiting('CreateContainerConfigError', 'secret "s" not found'))] },
      'config: pod b: CreateContainerConfigError: secret "s" not found',
    ],
    ['a crash loop', { pods: [pod('b', 'Running', waiting('CrashLoopBackOff'))] }, 'crash: pod b: CrashLoopBackOff'],
    ['between two crashes', { pods: [pod('b', 'Running', { restartCount: 4 })] }, 'crash: pod b ended 4 times'],
    ['no room', { pods: [homeless] }, 'unschedulable: pod a: 0/3 nodes: Insufficient cpu'],
    ['not ready', { pods: [slow] }, 'readiness: pod c runs and is not ready'],
    ['being made', { pods: [pod('d', 'Pending', waiting('ContainerCreating'))] }, 'starting: pod d is being created'],
    ['paused', { objects: [workload({ spec: { paused: true } })] }, 'paused: Deployment/web is paused (spec.paused)'],
    [
      'paused by KEDA',
      {
        objects: [
          workload(),
          workload(
            { metadata: { name: 'web', annotations: { 'autoscaling.keda.sh/paused-replicas': '0' } } },
            'ScaledObject',
          ),
        ],
      },
      'paused: ScaledObject/web is paused (autoscaling.keda.sh/paused-replicas)',
    ],
    ['not paused', { objects: [workload({ spec: { paused: false } })] }, 'unknown: nothing says why'],
    ['nothing can be read', { objects: [], unread: 'pods (forbidden)' }, 'unknown: pods (forbidden) could not be read'],
    [
      'an image before what may pass by itself',
      { pods: [ready, slow, homeless, pulling] },
      'image: pod b: ImagePullBackOff: Back-off pulling image "x:1"',
    ],
    ['a pod that is ready is no cause', { pods: [ready] }, 'unknown: nothing says why'],
    [
      'nor is one that goes',
      { pods: [{ ...pulling, metadata: { name: 'b', deletionTimestamp: 'now' } }] },
      'unknown: nothing says why',
    ],
    ['or has ended', { pods: [pod('e', 'Failed', waiting('CrashLoopBackOff'))] }, 'unknown: nothing says why'],
  ];
  for (const [title, given, expected] of rows) {
    const { cause, message } = causeOf(evidence(given));
    t.equal(`${cause}: ${message}`, expected, title);
  }
  t.end();
});

t.test('an init container counts', (t) => {
  const status = { phase: 'Pending', initContainerStatuses: [waiting('ErrImagePull')] };
  const state = podStateOf({ metadata: { name: 'a' }, ...{ status } });
  t.match(causeOf({ objects: [], pods: state ? [state] : [], refusal: undefined, unread: undefined }), {
    cause: 'image',
  });
  t.end();
});

t.test('the pods of a workload, in each way of naming them', (t) => {
  for (const [title, fields, expected] of [
    ['labels', { spec: { selector: { matchLabels: { app: 'web', tier: 'b' } } } }, 'app=web,tier=b'],
    [
      'expressions',
      { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] } } },
      'app in (a,b)',
    ],
    ['a plain map', { spec: { selector: { app: 'web' } } }, 'app=web'],
    ['the status', { spec: {}, status: { selector: 'app=web' } }, 'app=web'],
    ['not at all', { spec: {} }, undefined],
    ['a selector of everything is none', { spec: { selector: {} } }, undefined],
  ] as const)
    t.equal(podSelectorOf(workload(fields)), expected, title);
  t.end();
});
