import type { FieldChange } from '@kube-steward/plan';
import { RESOURCES, type Amounts } from './amounts.ts';
import { quantityOf } from './fit/rounding.ts';
import type { ContainerObservation } from './observation.ts';

/** What one container should ask for. */
export interface ContainerTarget {
  readonly container: ContainerObservation;
  readonly requests: Amounts;
  /** Bytes; absent where there is none. */
  readonly memoryLimit: number | undefined;
}

/** The changed fields of the workload. A container that the template does not have is in no patch. */
export const changesOf = (targets: readonly ContainerTarget[]): readonly FieldChange[] =>
  targets.flatMap(({ container, requests, memoryLimit }) => {
    const { path } = container;
    if (path === undefined) return [];
    const ofRequests = RESOURCES.flatMap((resource) =>
      changed(`${path}/resources/requests/${resource}`, resource, container.requests[resource], requests[resource]),
    );
    return [
      ...ofRequests,
      ...changed(`${path}/resources/limits/memory`, 'memory', container.limits.memory, memoryLimit),
    ];
  });

const changed = (
  path: string,
  resource: (typeof RESOURCES)[number],
  from: number | undefined,
  to: number | undefined,
): readonly FieldChange[] => {
  if (to === undefined || from === to) return [];
  return [{ path, ...(from !== undefined && { from: quantityOf(resource, from) }), to: quantityOf(resource, to) }];
};

/** `web: cpu 500m -> 330m, memory 1Gi -> 460Mi; proxy: …`; empty when nothing changes. Those that are injected are told too. */
export const describeChanges = (targets: readonly ContainerTarget[]): string =>
  targets
    .flatMap((target) => {
      const parts = partsOf(target);
      return parts.length > 0 ? [`${target.container.name}: ${parts.join(', ')}`] : [];
    })
    .join('; ');

const partsOf = ({ container, requests, memoryLimit }: ContainerTarget): readonly string[] => [
  ...RESOURCES.flatMap((resource) => described(resource, resource, container.requests[resource], requests[resource])),
  ...described('memory limit', 'memory', container.limits.memory, memoryLimit),
];

const described = (
  what: string,
  resource: (typeof RESOURCES)[number],
  from: number | undefined,
  to: number | undefined,
): readonly string[] => {
  if (to === undefined || from === to) return [];
  return [`${what} ${from === undefined ? 'unset' : quantityOf(resource, from)} -> ${quantityOf(resource, to)}`];
};
