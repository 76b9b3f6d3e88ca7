export * from './index.ts';
export * from './workloads/simulate.ts';
