/**
 * A sandbox in a process of its own with so many objects of 40 kinds, one in a hundred with a time to live. Prints
 * `{kubeconfig}`; reads commands.
 */
import { createInterface } from 'node:readline';
import { RESOURCES, type Resource } from '@kube-steward/kube';
import {
  createCluster,
  customResourceDefinition,
  namespace,
  startSandbox,
  type SeedEntry,
} from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';

const objects = Number(process.argv[2]);
const NAMESPACES = 100;
const CUSTOM_KINDS = 34;
const BUILT_IN = [
  RESOURCES.configMaps,
  RESOURCES.services,
  RESOURCES.deployments,
  RESOURCES.statefulSets,
  RESOURCES.jobs,
  RESOURCES.ingresses,
];
const GROUP = 'bench.example.com';
const CUSTOM = Array.from({ length: CUSTOM_KINDS }, (_, i): Resource => ({
  group: GROUP,
  version: 'v1',
  plural: `things${i}`,
  kind: `Thing${i}`,
  namespaced: true,
}));
const DUE_AFTER_S = 5;
/** What an object carries beside its metadata. */
const SPEC = JSON.stringify({ text: 'x'.repeat(1500) });

const cluster = createCluster({ clock: systemClock });
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
cluster.load(Array.from({ length: NAMESPACES }, (_, i) => namespace({ name: `load-${i}` })));
cluster.load(CUSTOM.map(({ plural, kind }) => customResourceDefinition({ group: GROUP, version: 'v1', plural, kind })));

const entry = (kind: string, i: number): SeedEntry => {
  const [name, home] = [`${kind}-${i}`, `load-${i % NAMESPACES}`];
  const annotations = i % 100 === 0 ? { 'janitor/ttl': '9h' } : { 'example.com/team': 'a' };
  const metadata = (resourceVersion: string): string =>
    JSON.stringify({
      ...{ name, namespace: home, uid: `${kind}-${i}-8d1f-4c1e-9d6b-0d6a2a7f9b11`, resourceVersion },
      creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      labels: { app: name, 'app.kubernetes.io/part-of': 'shop', version: 'v1.2.3' },
      annotations,
    });
  const text = (resourceVersion: string): string => `{"metadata":${metadata(resourceVersion)},"spec":${SPEC}}`;
  return { namespace: home, name, text, metadata };
};

const kinds = [...BUILT_IN, ...CUSTOM];
for (const resource of kinds)
  cluster.seed(
    resource,
    Array.from({ length: Math.ceil(objects / kinds.length) }, (_, i) => entry(resource.plural, i)),
  );
const sandbox = await startSandbox({ clock: systemClock, cluster, tls: true, watchBufferBytes: 256 * 1024 * 1024 });
say({ kubeconfig: sandbox.kubeconfig(), kinds: kinds.length });

const deadlines = new Map<string, number>();

const COMMANDS: Readonly<Record<string, (argument: string) => unknown>> = {
  /** Makes objects that are due before long. */
  due(count) {
    for (let i = 0; i < Number(count); i += 1) {
      const metadata = {
        name: `due-${i}`,
        namespace: `load-${i % NAMESPACES}`,
        annotations: { 'janitor/ttl': `${DUE_AFTER_S}s` },
      };
      const made = cluster.create(RESOURCES.configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
      deadlines.set(metadata.name, Date.parse(made.metadata.creationTimestamp ?? '') + DUE_AFTER_S * 1000);
    }
    return { seconds: DUE_AFTER_S };
  },
  /** How late they were deleted. */
  late() {
    const deletes = sandbox.requests.all({ verb: 'delete', resource: 'configmaps', code: 200 });
    return { lateMs: deletes.map(({ name = '', at }) => at - (deadlines.get(name) ?? NaN)) };
  },
  requests() {
    const asked = sandbox.requests.all().filter(({ verb }) => verb !== 'watch');
    sandbox.requests.clear();
    return { asked: asked.map(({ method, path }) => `${method} ${path}`) };
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command = '', argument = ''] = line.split(' ');
  say(COMMANDS[command]?.(argument));
});
process.once('SIGTERM', () => void sandbox.stop().then(() => process.exit(0)));
