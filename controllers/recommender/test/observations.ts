import { DAY_MS, MINUTE_MS } from '@kube-steward/schedule';
import type { ContainerObservation, Observation, Policy } from '../src/observation.ts';
import { createContainerUsage, createUsage, observe, type Usage } from '../src/usage/usage.ts';

export const MIB = 1024 * 1024;
/** A Monday. */
export const START = Date.UTC(2026, 0, 5);
export const NOW = START + 3 * DAY_MS;
export const BALANCED: Policy = { profile: 'balanced', changeLimits: false };

/** What is known of a container that takes the same all the time. */
export const steadyUsage = (cpu: number, memoryMib: number, days = 3): Usage => {
  const [usage, container] = [createUsage(), createContainerUsage()];
  for (let at = START; at <= START + days * DAY_MS; at += 5 * MINUTE_MS)
    observe(usage, container, { at, cpu, memory: memoryMib * MIB }, at);
  return usage;
};

/** Takes 300m and 400 MiB: for balanced, 321m and 460 MiB. */
export const container = (rest: Partial<ContainerObservation> = {}): ContainerObservation => ({
  name: 'web',
  path: '/spec/template/spec/containers/0',
  requests: { cpu: 500, memory: 1024 * MIB },
  limits: {},
  usage: steadyUsage(300, 400),
  ...rest,
});

export const observation = (rest: Partial<Observation> = {}): Observation => ({
  object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
  containers: [container()],
  pods: { replicas: 2, surge: 1 },
  ...rest,
});
