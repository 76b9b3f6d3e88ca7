import {
  formatLabelSelector,
  getPointer,
  labelSelectorOf,
  type KubeObject,
  type LabelSelectorSpec,
} from '@kube-steward/kube';

/** What of a pod can tell why it is not ready. */
export interface PodState {
  readonly name: string;
  readonly isReady: boolean;
  readonly isRunning: boolean;
  /** Why no node takes it. */
  readonly unschedulable: string | undefined;
  /** What containers of it wait for. */
  readonly waiting: readonly Waiting[];
  /** How often its containers ended, those that are ready now left aside. */
  readonly restarts: number;
}

interface Waiting {
  /** In the kubelet's words: `ImagePullBackOff`. */
  readonly reason: string;
  readonly message: string | undefined;
}

/** As far as conditions are looked at, of pods and workloads alike. */
export interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

export const conditionsOf = (object: KubeObject): readonly Condition[] =>
  listAt<Condition>(object, '/status/conditions');

const listAt = <T>(object: KubeObject, path: string): readonly T[] =>
  (getPointer(object, path) as readonly T[] | undefined) ?? [];

interface ContainerStatus {
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

/** What is kept of a pod; `undefined` for one that is on its way out or ran to its end. */
export const podStateOf = (pod: KubeObject): PodState | undefined => {
  const phase = getPointer(pod, '/status/phase');
  if (pod.metadata.deletionTimestamp || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const conditions = conditionsOf(pod);
  const containers = listAt<ContainerStatus>(pod, '/status/containerStatuses');
  return {
    name: pod.metadata.name,
    isReady: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    isRunning: phase === 'Running',
    unschedulable: conditions.find(isUnschedulable)?.message,
    waiting: [...listAt<ContainerStatus>(pod, '/status/initContainerStatuses'), ...containers].flatMap(waitingOf),
    restarts: Math.max(0, ...containers.map(({ ready, restartCount = 0 }) => (ready ? 0 : restartCount))),
  };
};

const isUnschedulable = ({ type, status, reason }: Condition): boolean =>
  type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable';

const waitingOf = ({ state }: ContainerStatus): Waiting[] => {
  const { reason, message } = state?.waiting ?? {};
  return reason === undefined ? [] : [{ reason, message }];
};

/**
 * The label selector of a workload's pods, in each of the ways kinds have of saying it: the selector of Kubernetes' own kinds,
 * a plain map (DeploymentConfigs), the text in the status that a scale subresource needs (Prometheuses).
 */
export const podSelectorOf = (workload: KubeObject): string | undefined => {
  const selector = getPointer(workload, '/spec/selector') as LabelSelectorSpec | Record<string, string> | undefined;
  const text =
    selector === undefined ? getPointer(workload, '/status/selector') : formatLabelSelector(labelsOf(selector));
  return typeof text === 'string' && text !== '' ? text : undefined;
};

const labelsOf = (selector: LabelSelectorSpec | Record<string, string>) =>
  'matchLabels' in selector || 'matchExpressions' in selector
    ? labelSelectorOf(selector)
    : labelSelectorOf({ matchLabels: selector as Record<string, string> });
