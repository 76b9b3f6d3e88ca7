/** One command of kubectl, in the order in which all of them are run. */
export interface KubectlStep {
  readonly args: readonly string[];
  readonly input?: string;
}

const manifest = (value: unknown): string => JSON.stringify(value);

const app = (image: string, replicas: number, labels?: Readonly<Record<string, string>>): string =>
  manifest({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'shop', ...(labels ? { labels } : {}) },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: {
          containers: [
            { name: 'app', image, env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 80 }] },
            { name: 'side', image },
          ],
        },
      },
    },
  });

const rocketDefinition = manifest({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'rockets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'rockets', singular: 'rocket', kind: 'Rocket', shortNames: ['rk'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { stages: { type: 'integer', description: 'How many.' } } },
            },
          },
        },
        additionalPrinterColumns: [{ name: 'Stages', type: 'integer', jsonPath: '.spec.stages' }],
      },
    ],
  },
});

const rocket = manifest({
  apiVersion: 'example.com/v1',
  kind: 'Rocket',
  metadata: { name: 'saturn', namespace: 'shop' },
  spec: { stages: 3 },
});

const kubectl = (line: string, input?: string): KubectlStep => ({
  args: line.split(' '),
  ...(input === undefined ? {} : { input }),
});

/** A patch, which may have blanks. */
const patch = (line: string, body: unknown): KubectlStep => ({
  args: [...line.split(' '), '-p', JSON.stringify(body)],
});

/**
 * What is answered alike by a real API server without controllers and by ours: exit code, output and errors. Ages, uids, times
 * and revisions differ and are not looked at.
 */
export const KUBECTL_STEPS: readonly KubectlStep[] = [
  // Objects come, most of them in protobuf.
  kubectl('create namespace shop'),
  kubectl('create namespace shop'),
  kubectl('create deployment web --image=nginx:1.29 --replicas=3 --port=80 -n shop'),
  kubectl('create deployment web --image=nginx:1.29 -n nowhere'),
  kubectl('create configmap settings --from-literal=a=b -n shop'),
  kubectl('create secret generic password --from-literal=a=b -n shop'),
  kubectl('create serviceaccount robot -n shop'),
  kubectl('create job once --image=busybox -n shop -- true'),
  { args: ['create', 'cronjob', 'nightly', '--image=busybox', '--schedule=0 3 * * *', '-n', 'shop', '--', 'true'] },
  kubectl('create role reader --verb=get --resource=pods -n shop'),
  kubectl('create rolebinding readers --role=reader --user=ann --group=dev -n shop'),
  kubectl('create quota small --hard=configmaps=10 -n shop'),
  kubectl('create poddisruptionbudget web --selector=app=web --min-available=1 -n shop'),
  kubectl('create priorityclass high --value=10'),
  kubectl('create ingress web --rule=a.example.com/=web:80 -n shop'),
  kubectl('expose deployment web --port=80 --cluster-ip=None -n shop'),
  kubectl('autoscale deployment web --min=2 --max=5 --cpu=80% -n shop'),
  kubectl('run once-more --image=nginx -n shop'),
  kubectl('create -f -', rocketDefinition),
  kubectl('wait crd/rockets.example.com --for=condition=Established --timeout=20s'),
  // What there is.
  kubectl('get deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs -n shop'),
  kubectl('get hpa,pdb,services,ingresses,quota -n shop'),
  kubectl('get configmaps,secrets,serviceaccounts,pods -n shop -o wide --show-labels'),
  kubectl('get roles,rolebindings -n shop -o name'),
  kubectl('get deployments -A -o wide'),
  kubectl('get pods -n shop --chunk-size=1 --sort-by=.metadata.name -L run'),
  kubectl('get pods -n shop --field-selector=status.phase=Pending,spec.nodeName= -o name'),
  kubectl('get pods -n shop --field-selector=spec.nonsense=1'),
  kubectl('get pods -n shop -l run!=once-more'),
  kubectl('get deployment web -n shop -o jsonpath={.spec.template.spec.containers[*].image}'),
  kubectl('get pod none -n shop'),
  kubectl('get nonsense'),
  kubectl('describe deployment web -n shop'),
  kubectl('describe pod once-more -n shop'),
  kubectl('describe hpa web -n shop'),
  kubectl('describe cronjob nightly -n shop'),
  kubectl('describe pdb web -n shop'),
  kubectl('describe namespace shop'),
  // Changes.
  kubectl('scale deployment web -n shop --replicas=5 --current-replicas=3'),
  kubectl('scale deployment web -n shop --replicas=6 --current-replicas=3'),
  kubectl('scale deployment none -n shop --replicas=1'),
  kubectl('label deployment web -n shop tier=front'),
  kubectl('label deployment web -n shop tier=back'),
  kubectl('label deployment web -n shop tier=back --overwrite'),
  kubectl('label deployment web -n shop tier=!'),
  kubectl('annotate deployment web -n shop a=b'),
  kubectl('annotate deployment web -n shop a-'),
  kubectl('set image deployment/web nginx=nginx:1.30 -n shop'),
  patch('patch deployment web -n shop --type=merge', { spec: { replicas: 2 } }),
  patch('patch deployment web -n shop --type=merge', { spec: { replicas: 2 } }),
  patch('patch deployment web -n shop --type=json', [{ op: 'test', path: '/spec/replicas', value: 9 }]),
  patch('patch deployment web -n shop', {
    spec: { template: { spec: { containers: [{ name: 'log', image: 'l:1' }] } } },
  }),
  patch('patch deployment web -n shop', { spec: { selector: { matchLabels: { app: 'other' } } } }),
  patch('patch deployment web -n shop --subresource=scale --type=merge', { spec: { replicas: 1 } }),
  kubectl('get deployment web -n shop -o wide'),
  // Apply, on the client and on the server.
  kubectl('apply -f -', app('nginx:1', 2, { a: '1' })),
  kubectl('apply -f -', app('nginx:1', 2, { a: '1' })),
  kubectl('diff -f -', app('nginx:1', 2, { a: '1' })),
  kubectl('apply -f -', app('nginx:2', 2)),
  kubectl('get deployment app -n shop -o wide --show-labels'),
  kubectl('create -f -', app('nginx:2', 2)),
  kubectl('apply --server-side --field-manager=gitops -f -', app('nginx:2', 2)),
  kubectl('scale deployment app -n shop --replicas=3'),
  kubectl('apply --server-side --field-manager=gitops -f -', app('nginx:2', 1)),
  kubectl('apply --server-side --field-manager=gitops --force-conflicts -f -', app('nginx:2', 1)),
  kubectl('apply --server-side --field-manager=gitops --dry-run=server -f -', app('nginx:9', 1)),
  kubectl('get deployment app -n shop -o wide'),
  kubectl(
    'apply -f -',
    manifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'shop' }, dta: {} }),
  ),
  kubectl('apply -f -', rocket),
  kubectl('get rockets -n shop'),
  kubectl('get rk saturn -n shop -o wide'),
  // Questions.
  kubectl('auth can-i create deployments -n shop'),
  kubectl('explain rocket.spec.stages'),
  kubectl('explain deployment.spec --recursive'),
  kubectl('explain horizontalpodautoscaler --recursive'),
  kubectl('explain pod.spec.nonsense'),
  kubectl('api-resources --api-group=apps'),
  kubectl('api-resources --api-group=batch'),
  kubectl('api-resources --api-group=example.com'),
  // Objects go.
  patch('patch configmap settings -n shop --type=merge', { metadata: { finalizers: ['example.com/hold'] } }),
  kubectl('delete configmap settings -n shop --wait=false'),
  kubectl('get configmap settings -n shop -o jsonpath={.metadata.finalizers}'),
  patch('patch configmap settings -n shop --type=merge', { metadata: { finalizers: null } }),
  kubectl('wait configmap/settings -n shop --for=delete --timeout=9s'),
  kubectl('delete pod once-more -n shop --grace-period=0 --force'),
  kubectl('delete deployment web -n shop --cascade=background'),
  kubectl('delete job once -n shop --cascade=background'),
  kubectl('delete deployment web -n shop'),
  kubectl('delete deployment web -n shop --ignore-not-found'),
  kubectl('delete rocket saturn -n shop'),
  kubectl('delete crd rockets.example.com'),
  kubectl('get deployments -n shop -o name'),
];
