import type { CronJob, Job, JobSpec } from '../workloads/wire.ts';
import { namespacedMeta, type MetaOptions } from './meta.ts';
import { podTemplate, type PodTemplateOptions } from './pods.ts';

/** Options of `job`. */
export interface JobOptions extends MetaOptions, PodTemplateOptions {
  suspend?: boolean;
  completions?: number;
  parallelism?: number;
  spec?: Record<string, unknown>;
}

const jobSpec = (options: JobOptions, fields: Record<string, unknown>): JobSpec => {
  const template = podTemplate(options.name, options);
  return {
    template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
    completions: options.completions ?? 1,
    parallelism: options.parallelism ?? 1,
    backoffLimit: 6,
    ...fields,
  };
};

/** A Job of one pod. */
export const job = (options: JobOptions): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: namespacedMeta(options),
  spec: jobSpec(options, {
    ...(options.suspend === undefined ? {} : { suspend: options.suspend }),
    ...options.spec,
  }),
});

/** Options of `cronJob`. */
export interface CronJobOptions extends JobOptions {
  /** Five-field cron. Default `0 * * * *`. */
  schedule?: string;
  timeZone?: string;
  concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  startingDeadlineSeconds?: number;
  /** Further fields of the Jobs' spec. */
  jobSpec?: Record<string, unknown>;
}

/** A CronJob. */
export const cronJob = (options: CronJobOptions): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: namespacedMeta(options),
  spec: {
    schedule: options.schedule ?? '0 * * * *',
    ...(options.timeZone ? { timeZone: options.timeZone } : {}),
    suspend: options.suspend ?? false,
    concurrencyPolicy: options.concurrencyPolicy ?? 'Allow',
    ...(options.startingDeadlineSeconds === undefined
      ? {}
      : { startingDeadlineSeconds: options.startingDeadlineSeconds }),
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: { spec: jobSpec(options, options.jobSpec ?? {}) },
    ...options.spec,
  },
});
