import type { Resource, Unstructured } from '@kube-steward/kube';
import { RESOURCES } from '@kube-steward/kube';
import { VirtualClock } from '@kube-steward/schedule';
import {
  createCluster,
  simulateWorkloads,
  type Cluster,
  type Simulation,
  type SimulationOptions,
} from '../../src/index.ts';
import { isReady } from '../../src/workloads/pod-state.ts';
import type { Pod } from '../../src/workloads/wire.ts';

/** A Monday. */
export const START = '2026-11-16T05:00:00Z';

export interface World {
  readonly clock: VirtualClock;
  readonly cluster: Cluster;
  readonly simulation: Simulation;
  /** Names of the pods that are not terminating, sorted. */
  readonly pods: (app?: string) => string[];
  readonly ready: (app?: string) => number;
  readonly get: <T = Unstructured>(resource: Resource, name: string) => T;
  readonly merge: (resource: Resource, name: string, body: unknown) => void;
  readonly scale: (resource: Resource, name: string, replicas: number) => void;
}

/** Nothing is refused in these tests unless they say so. */
const rethrow = (error: unknown): never => {
  throw error;
};

/** A cluster with these objects in it and its workloads alive, a minute after the start. */
export const world = (objects: readonly Unstructured[], options: SimulationOptions = {}, start = START): World => {
  const clock = new VirtualClock(start);
  const cluster = createCluster({ clock, seed: 1 });
  cluster.load(objects);
  const simulation = simulateWorkloads(cluster, { onError: rethrow, ...options });
  clock.advance(60_000);
  const live = (app?: string): Pod[] =>
    (cluster.list(RESOURCES.pods, app ? { labelSelector: `app=${app}` } : {}) as Pod[]).filter(
      ({ metadata }) => !metadata.deletionTimestamp,
    );
  const merge = (resource: Resource, name: string, body: unknown): void =>
    void cluster.patch(resource, name, { type: 'merge', namespace: 'default', body });
  return {
    clock,
    cluster,
    simulation,
    pods: (app) =>
      live(app)
        .map(({ metadata }) => metadata.name)
        .sort(),
    ready: (app) => live(app).filter(isReady).length,
    get: <T>(resource: Resource, name: string) => cluster.get(resource, { namespace: 'default', name }) as T,
    merge,
    scale: (resource, name, replicas) => merge(resource, name, { spec: { replicas } }),
  };
};
