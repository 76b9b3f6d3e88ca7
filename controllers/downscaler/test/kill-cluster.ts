import { RESOURCES, type Resource, type Unstructured } from '@kube-steward/kube';
import { cronJob, daemonSet, deployment, hpa, namespace, pdb, statefulSet } from '@kube-steward/sandbox';
import { ORIGINAL } from '../src/annotations.ts';
import { createStage, type Stage } from './controller-stage.ts';

/** Two minutes of downtime: asleep is asleep, and the watches of a whole night need not be kept up. */
export const ASLEEP_AT = '2026-11-19T20:01:30Z';
export const AWAKE_AT = '2026-11-19T20:03:00Z';
const BEGIN_AT = '2026-11-19T20:00:05Z';
const NIGHT = { 'downscaler/downtime': 'Mon-Sun 20:00-20:02 UTC' };

const KINDS = [
  RESOURCES.deployments,
  RESOURCES.statefulSets,
  RESOURCES.cronJobs,
  RESOURCES.daemonSets,
  RESOURCES.horizontalPodAutoscalers,
  RESOURCES.podDisruptionBudgets,
];
const ARGUMENTS = [`--include-resources=${KINDS.map(({ plural }) => plural).join(',')}`, '--grace-period=0'];

const at = (name: string, annotations: Record<string, string> = {}) => ({ namespace: 'shop', name, annotations });
const few = { 'downscaler/downtime-replicas': '1' };

/** What people wanted; `late` was put to sleep by a former run. */
const MANIFESTS: readonly Unstructured[] = [
  deployment({ ...at('web'), replicas: 3 }),
  deployment({ ...at('one'), replicas: 1 }),
  deployment({ ...at('off-by-hand'), replicas: 0 }),
  deployment({ ...at('some', few), replicas: 5 }),
  deployment({ ...at('late', { 'downscaler/original-replicas': '4' }), replicas: 0 }),
  deployment({ ...at('typo', { 'downscaler/uptime': 'Fry 07:00-20:00 UTC' }), replicas: 2 }),
  deployment({ ...at('scaled-low', few), replicas: 4 }),
  hpa({ ...at('scaled-low', few), minReplicas: 3 }),
  deployment({ ...at('scaled-off'), replicas: 6 }),
  hpa({ ...at('scaled-off'), minReplicas: 2 }),
  statefulSet({ ...at('db'), replicas: 2 }),
  statefulSet({ ...at('queue'), replicas: 1 }),
  cronJob(at('report')),
  cronJob({ ...at('paused'), suspend: true }),
  daemonSet(at('agent')),
  pdb({ ...at('web'), minAvailable: 2 }),
];

/** What of the cluster is compared: everything people and the downscaler write, by `plural/name`. */
export type State = Readonly<Record<string, { readonly spec: string; readonly annotations: unknown }>>;

/** How one night is disturbed. */
export interface Disturbance {
  /** The first downscaler is killed when its so-manieth request has been answered, its successor likewise, and so on. */
  readonly killAfter?: readonly number[];
  /** With the so-manieth patch, the connection breaks; the downscaler lives on. */
  readonly breakPatch?: { readonly after: number; readonly how: 'before it is applied' | 'before it is answered' };
  readonly argv?: readonly string[];
}

/** One night, from a start in downtime to a minute after it. */
export interface Night {
  readonly before: State;
  readonly asleep: State;
  readonly awake: State;
  /** What the first downscaler asked for until its end. */
  readonly requests: number;
  readonly patches: number;
  /** Moments at which an object was not what people wanted and did not say what that was. */
  readonly lost: readonly string[];
  readonly killed: number;
}

/** Lives through a night on a fresh cluster. A killed downscaler is followed by another one on the same cluster. */
export const liveThrough = async ({ killAfter = [], breakPatch, argv = [] }: Disturbance): Promise<Night> => {
  const stage = await createStage({ at: BEGIN_AT, objects: [namespace({ name: 'shop', annotations: NIGHT })] });
  for (const manifest of MANIFESTS) stage.cluster.create(resourceOf(manifest), manifest);
  const before = stateOf(stage);
  const lost: string[] = [];
  stage.cluster.subscribe('all', ({ object, resource }) => {
    const wanted = before[`${resource.plural}/${object.metadata.name}`];
    if (wanted && isLost(object, wanted)) lost.push(`${resource.plural}/${object.metadata.name}`);
  });
  if (breakPatch)
    stage.sandbox.faults.add({
      match: { verbs: ['patch'], namespace: 'shop', path: /^(?!.*\/events\/)/ },
      effect: breakPatch.how === 'before it is applied' ? { kind: 'reset' } : { kind: 'reset', afterBytes: 0 },
      after: breakPatch.after - 1,
      times: 1,
    });

  let killed = 0;
  const startNext = async (): Promise<void> => {
    const limit = killAfter[killed];
    const actor = await stage.start([...ARGUMENTS, ...argv]);
    let answered = 0;
    const stop = stage.sandbox.requests.subscribe(({ user }) => {
      if (user !== actor.user || ++answered !== limit) return;
      stop();
      actor.kill();
      killed++;
    });
  };
  /** Until one of them has lived long enough to see everything settle. */
  const live = async (time: string): Promise<State> => {
    for (let lived = -1; lived < killed;) {
      if (started <= killed) {
        await startNext();
        started++;
      }
      lived = killed;
      await stage.passTo(time);
    }
    return stateOf(stage);
  };
  let started = 0;
  const asleep = await live(ASLEEP_AT);
  const awake = await live(AWAKE_AT);
  const requests = stage.sandbox.requests.all({ user: 'downscaler-0' }).length;
  const patches = stage.writes({ verb: 'patch', namespace: 'shop' }).filter(({ resource }) => resource !== 'events');
  await stage.close();
  return { before, asleep, awake, requests, patches: patches.length, lost, killed };
};

const resourceOf = ({ kind }: Unstructured): Resource => {
  const resource = KINDS.find((each) => each.kind === kind);
  if (!resource) throw new Error(`no resource for ${kind ?? ''}`);
  return resource;
};

/** In which the server counts the changes of a DaemonSet's template. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const stateOf = ({ cluster }: Stage): State =>
  Object.fromEntries(
    KINDS.flatMap((resource) =>
      cluster
        .list(resource)
        .map(({ metadata, spec }) => [
          `${resource.plural}/${metadata.name}`,
          { spec: textOf(spec), annotations: { ...metadata.annotations, [TEMPLATE_GENERATION]: undefined } },
        ]),
    ),
  );

/** A node selector without keys is no node selector: not every server stores it. */
const textOf = (spec: unknown): string => JSON.stringify(spec).replace(',"nodeSelector":{}', '');

const isLost = ({ metadata, spec }: Unstructured, wanted: State[string]): boolean =>
  textOf(spec) !== wanted.spec &&
  metadata.annotations?.[`downscaler/${ORIGINAL}`] === undefined &&
  metadata.name !== 'late';
