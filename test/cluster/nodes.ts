import { writeFileSync } from 'node:fs';
import { RESOURCES, type Client } from '@kube-steward/kube';
import { SANDBOX_ANNOTATIONS } from '@kube-steward/sandbox';
import type { Site } from './site.ts';

const FAIL = `'.metadata.annotations["${SANDBOX_ANNOTATIONS.fail}"]'`;

/**
 * What the simulated kubelets do: nodes become ready and renew their leases, pods run as soon as they have a node, or wait for an
 * image that cannot be pulled, Jobs' pods complete, deleted pods go. The texts are Go templates, as kwok takes them.
 */
const STAGES = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: node-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Node}
  selector:
    matchExpressions:
    - {key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ["True"]}
  next:
    patches:
    - root: metadata
      template: |
        annotations: {metrics.k8s.io/resource-metrics-path: {{ printf "/metrics/nodes/%s/metrics/resource" .metadata.name | Quote }}}
    - subresource: status
      root: status
      template: |
        conditions:
        {{ range NodeConditions }}
        - {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}
        {{ end }}
        addresses: [{type: InternalIP, address: {{ NodeIP | Quote }}}]
        nodeInfo: {kubeletVersion: kwok, operatingSystem: linux, architecture: amd64}
        {{ with NodePort }}
        daemonEndpoints: {kubeletEndpoint: {Port: {{ . }}}}
        {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: node-heartbeat}
spec:
  resourceRef: {apiGroup: v1, kind: Node}
  selector:
    matchExpressions:
    - {key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: In, values: ["True"]}
  delay: {durationMilliseconds: 600000}
  next:
    statusTemplate: |
      conditions:
      {{ range NodeConditions }}
      - {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ Now | Quote }}}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.phase, operator: In, values: [Pending]}
    - {key: ${FAIL}, operator: NotIn, values: [image]}
  next:
    statusTemplate: |
      phase: Running
      startTime: {{ Now | Quote }}
      hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
      podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
      conditions:
      - {type: Initialized, status: "True", lastTransitionTime: {{ Now | Quote }}}
      - {type: Ready, status: "True", lastTransitionTime: {{ Now | Quote }}}
      - {type: ContainersReady, status: "True", lastTransitionTime: {{ Now | Quote }}}
      containerStatuses:
      {{ range .spec.containers }}
      - {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: true, restartCount: 0, state: {running: {startedAt: {{ Now | Quote }}}}}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-image}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: '.status.containerStatuses.[].state.waiting.reason', operator: DoesNotExist}
    - {key: ${FAIL}, operator: In, values: [image]}
  next:
    statusTemplate: |
      {{ $now := Now }}
      {{ $unready := printf "containers with unready status: [%s]" ( index .spec.containers 0 ).name }}
      phase: Pending
      startTime: {{ $now | Quote }}
      hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
      conditions:
      - {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ $now | Quote }}}
      - {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
      - {type: Ready, status: "False", reason: ContainersNotReady, message: {{ $unready | Quote }}, lastTransitionTime: {{ $now | Quote }}}
      - {type: ContainersReady, status: "False", reason: ContainersNotReady, message: {{ $unready | Quote }}, lastTransitionTime: {{ $now | Quote }}}
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ .name | Quote }}
        image: {{ .image | Quote }}
        imageID: ""
        ready: false
        started: false
        restartCount: 0
        state:
          waiting:
            reason: ImagePullBackOff
            message: {{ printf "Back-off pulling image %q: ErrImagePull: failed to pull and unpack image %q: not found" .image .image | Quote }}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-complete}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.phase, operator: In, values: [Running]}
    - {key: '.metadata.ownerReferences.[].kind', operator: In, values: [Job]}
  next:
    statusTemplate: |
      phase: Succeeded
      containerStatuses:
      {{ range .spec.containers }}
      - {name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 0, finishedAt: {{ Now | Quote }}, reason: Completed, startedAt: {{ Now | Quote }}}}}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-delete}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: Exists}
  next:
    finalizers: {empty: true}
    delete: true
`;

/** Starts kwok for all nodes, those of now and later, whoever adds them. */
export const startKwok = ({ programs, kubeconfig }: Site, flags: readonly string[]): void => {
  const stages = programs.path('stages.yaml');
  writeFileSync(stages, STAGES.trimStart());
  programs.run('kwok', [
    `--kubeconfig=${kubeconfig('kwok')}`,
    '--manage-all-nodes',
    '--node-lease-duration-seconds=40',
    '--node-ip=127.0.0.1',
    `--config=${stages}`,
    ...flags,
  ]);
};

/** A node of 64 cores and 256 GiB: `node-0`, `node-1`, … */
const node = (index: number): Record<string, unknown> => {
  const size = { cpu: '64', memory: '256Gi', pods: '1000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}`, labels: { 'kubernetes.io/hostname': `node-${index}`, type: 'kwok' } },
    status: { allocatable: size, capacity: size },
  };
};

/** Adds simulated nodes, which somebody has to keep alive. */
export const addNodes = async (admin: Client, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) await admin.create(RESOURCES.nodes, node(index));
};
