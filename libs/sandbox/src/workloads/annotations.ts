import type { KubeObject } from '@kube-steward/kube';

/** What the simulated kubelet and HPA read, on pods (so: on pod templates) or on the objects named. */
export const SANDBOX_ANNOTATIONS = {
  /** On pods: how long until Ready, in milliseconds or as `90s`, `2m`. */
  podStart: 'sandbox.kube-steward.io/pod-start',
  /** On pods of Jobs: how long they run. */
  jobDuration: 'sandbox.kube-steward.io/job-duration',
  /** On pods: what goes wrong, one of `FAILURES`. */
  fail: 'sandbox.kube-steward.io/fail',
  /** On a scale target or its HPA: CPU used over time, see `parseLoad`. */
  load: 'sandbox.kube-steward.io/load',
} as const;

/** `quota`: the pods are refused; `unschedulable`: no node is good enough; `image`: it cannot be pulled; `crash`: it exits. */
export const FAILURES = ['quota', 'unschedulable', 'image', 'crash'] as const;
export type Failure = (typeof FAILURES)[number];

type Annotated = { metadata: Pick<KubeObject['metadata'], 'annotations'> };

/** What is to go wrong with pods so annotated. */
export const failureOf = (object: Annotated): Failure | undefined => {
  const value = object.metadata.annotations?.[SANDBOX_ANNOTATIONS.fail];
  return FAILURES.find((failure) => failure === value);
};

const UNIT_MS = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A time span in an annotation, in milliseconds; `fallback` when it is absent or not a time span. */
export const spanOf = (object: Annotated, annotation: string, fallback: number): number => {
  const match = /^(\d+)(ms|s|m|h|)$/.exec(object.metadata.annotations?.[annotation] ?? '');
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : fallback;
};
