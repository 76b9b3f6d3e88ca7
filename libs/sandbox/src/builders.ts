/**
 * Builders of manifests for tests, demos and load: `deployment({ name: 'web', replicas: 3 })` is an object that a real API
 * server would accept as it is. Options name what varies; `spec`, `podSpec` and `metadata` reach everything else.
 */
export * from './builders/meta.ts';
export * from './builders/pods.ts';
export * from './builders/workloads.ts';
export * from './builders/batch.ts';
export * from './builders/scaling.ts';
export * from './builders/big.ts';
