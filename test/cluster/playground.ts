import { RESOURCES, type Client, type Resource, type Unstructured } from '@kube-steward/kube';
import { cronJob, deployment, namespace, statefulSet } from '@kube-steward/sandbox';
import { USAGE } from './usage.ts';
import { VERTICAL_POD_AUTOSCALERS } from './vpa.ts';

/** What a container asks for, and what it uses: CPU and memory each. */
const sized = (requests: readonly [string, string], uses: readonly [string, string]) => ({
  requests: { cpu: requests[0], memory: requests[1] },
  podAnnotations: { [USAGE.cpu]: uses[0], [USAGE.memory]: uses[1] },
});
const SHOP = { namespace: 'shop' };
const REPORTS = { namespace: 'reports' };

/** Two teams that ask for more than they use. */
const WORKLOADS: readonly (readonly [Resource, Unstructured])[] = [
  [RESOURCES.namespaces, namespace({ name: SHOP.namespace })],
  [RESOURCES.namespaces, namespace({ name: REPORTS.namespace })],
  ...(
    [
      { ...SHOP, name: 'web', replicas: 3, ...sized(['500m', '512Mi'], ['120m', '310Mi']) },
      { ...SHOP, name: 'checkout', replicas: 2, ...sized(['1', '1Gi'], ['85m', '420Mi']) },
      { ...SHOP, name: 'search', replicas: 2, ...sized(['2', '4Gi'], ['640m', '2600Mi']) },
      { ...REPORTS, name: 'dashboard', replicas: 1, ...sized(['250m', '256Mi'], ['8m', '140Mi']) },
      { ...REPORTS, name: 'etl', replicas: 4, ...sized(['1', '2Gi'], ['930m', '1700Mi']) },
      // Ten of them are more than the nodes hold.
      { ...REPORTS, name: 'render', replicas: 0, ...sized(['20', '16Gi'], ['15', '12Gi']) },
    ] as const
  ).map((options) => [RESOURCES.deployments, deployment(options)] as const),
  [
    RESOURCES.statefulSets,
    statefulSet({ ...SHOP, name: 'cart', replicas: 3, ...sized(['500m', '2Gi'], ['45m', '1300Mi']) }),
  ],
  [
    RESOURCES.cronJobs,
    cronJob({ ...REPORTS, name: 'nightly', schedule: '0 3 * * *', ...sized(['500m', '512Mi'], ['300m', '256Mi']) }),
  ],
];

/** Two namespaces of workloads that use something. */
export const addWorkloads = async (admin: Client): Promise<void> => {
  for (const [resource, body] of WORKLOADS) await admin.create(resource, body);
};

/** Asks the VPA for what the workloads of the shop need, and leaves them as they are. */
export const addVerticalPodAutoscalers = async (admin: Client): Promise<void> => {
  for (const name of ['web', 'checkout', 'search'])
    await admin.create(VERTICAL_POD_AUTOSCALERS, {
      apiVersion: 'autoscaling.k8s.io/v1',
      kind: 'VerticalPodAutoscaler',
      metadata: { ...SHOP, name },
      spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, updatePolicy: { updateMode: 'Off' } },
    });
};
