import type { KubeObject } from '@kube-steward/kube';
import type { Decision } from '@kube-steward/plan';
import { createMemory, type Circumstances } from '../src/circumstances.ts';
import { decide } from '../src/decide.ts';
import { guard } from '../src/guard.ts';
import { workloadKey } from '../src/keys.ts';
import { observeAll } from '../src/observe.ts';
import { viewOfManifests } from '../src/view.ts';
import { policy } from './decisions.ts';

/** A controller's memory and guards without a controller: whatever is looked at is decided on, guarded, and applied. */
export interface Looks {
  readonly circumstances: Circumstances;
  /** What the memory told, in the order in which it did. */
  readonly told: readonly string[];
  /** The cluster is these objects from now on. */
  show(...objects: readonly KubeObject[]): void;
  /** One look at an object of that name. `fails`: the patch does not get through. */
  look(name: string, now: number, options?: { readonly fails?: boolean }): Decision;
  /** An object is gone, by its key. */
  gone(key: string): void;
}

export const createLooks = (argv: readonly string[]): Looks => {
  const configured = policy(argv);
  const view = viewOfManifests([], configured);
  const told: string[] = [];
  const memory = createMemory({
    view,
    policy: configured,
    agreed: argv.includes('--yes'),
    onLeft: (manager) => told.push(`left to ${manager}`),
    onHeld: ({ message }) => told.push(message),
    onHolding: () => undefined,
  });
  return {
    get circumstances() {
      return memory.circumstances;
    },
    told,
    show: (...objects) => void Object.assign(view, viewOfManifests(objects, configured)),
    look(name, now, { fails = false } = {}) {
      const observation = [...observeAll(view, configured)].find(({ workload }) => workload.metadata.name === name);
      if (!observation) throw new Error(`there is no ${name}`);
      const key = workloadKey(observation.workload);
      const decision = decide(observation, configured, now);
      memory.looked(key, observation, decision, now);
      const passed = guard(decision, { observation, policy: configured, circumstances: memory.circumstances, now });
      memory.guarded(key, observation, decision, passed, now);
      if (passed.changes.length > 0 && !fails) memory.applied(key, observation, passed, now);
      return passed;
    },
    gone: (key) => memory.gone(key),
  };
};
