export * from './errors.ts';
export * from './logger.ts';
export * from './redact.ts';
export * from './rate-limiter.ts';
export * from './reconcile-loop.ts';
export * from './work-queue.ts';
export * from './metrics.ts';
