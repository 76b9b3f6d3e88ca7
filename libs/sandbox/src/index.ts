/**
 * A Kubernetes cluster in memory: the API server's state and rules, served over loopback HTTP, with simulated workloads,
 * named scenarios and faults. Time is an injected clock, so a week passes in seconds.
 *
 * @example
 * const cluster = createCluster({ clock });
 * cluster.load([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]);
 * const sandbox = await startSandbox({ clock, cluster });
 * process.stdout.write(sandbox.kubeconfig());
 */
export * from './cluster.ts';
export { createCluster } from './create-cluster.ts';
export type { Registry, ScaleRow, ServedKind, VirtualSource } from './registry.ts';
export { type Status, type StatusCause, type StatusDetails, StatusError } from './status-error.ts';
export * from './builders.ts';
export * from './scenarios/catalog.ts';
export * from './workloads/annotations.ts';
export { createSelfSigned, type SelfSigned } from './certificate.ts';
export { type Caller, type Identity, Tokens } from './auth.ts';
export { Followed } from './followed.ts';
export { type FaultEffect, type FaultMatch, type FaultRule, type FaultSubject, Faults } from './faults.ts';
export { isMutating, type LoggedRequest, type RequestFilter, RequestLog } from './request-log.ts';
export { decodeProtobuf } from './protobuf/decode.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './server.ts';
export { type WatchFilter, WatchHub } from './watch-hub.ts';
export {
  SIMULATED_KINDS,
  type SimulatedKind,
  type Simulation,
  type SimulationOptions,
  simulateWorkloads,
} from './workloads/simulate.ts';
