import type { Unstructured } from '@kube-steward/kube';
import type { FieldError } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import type { ServedKind } from '../registry.ts';
import { autoscalerErrors } from './autoscaling.ts';
import { cronJobErrors, generatedLabelErrors, jobErrors } from './jobs.ts';
import {
  claimErrors,
  configMapErrors,
  disruptionBudgetErrors,
  eventErrors,
  leaseErrors,
  nodeErrors,
  secretErrors,
  serviceErrors,
} from './others.ts';
import { podSpecErrors } from './pods.ts';
import type { Fields } from './rules.ts';
import { daemonSetErrors, deploymentErrors, replicaSetErrors, statefulSetErrors } from './workloads.ts';

type SpecRule = (spec: Fields, path: string, isNew: boolean) => FieldError[];

const ofSpec =
  (rule: SpecRule) =>
  (object: Unstructured, isNew: boolean): FieldError[] =>
    rule(asRecord(object['spec']), 'spec', isNew);

/** What is looked at beside metadata. Kinds that are not named here are taken as they come. */
const RULES: Readonly<Record<string, (object: Unstructured, isNew: boolean) => FieldError[]>> = {
  'apps/Deployment': ofSpec(deploymentErrors),
  'apps/ReplicaSet': ofSpec(replicaSetErrors),
  'apps/StatefulSet': ofSpec(statefulSetErrors),
  'apps/DaemonSet': ofSpec(daemonSetErrors),
  'batch/Job': (object) => [...generatedLabelErrors(object), ...jobErrors(asRecord(object['spec']), 'spec')],
  'batch/CronJob': ofSpec(cronJobErrors),
  'autoscaling/HorizontalPodAutoscaler': ofSpec(autoscalerErrors),
  'policy/PodDisruptionBudget': ofSpec(disruptionBudgetErrors),
  'coordination.k8s.io/Lease': ofSpec(leaseErrors),
  '/Pod': ofSpec((spec, path) => podSpecErrors(spec, path, true)),
  '/Node': ofSpec(nodeErrors),
  '/Service': ofSpec(serviceErrors),
  '/PersistentVolumeClaim': ofSpec(claimErrors),
  '/ConfigMap': configMapErrors,
  '/Secret': secretErrors,
  '/Event': eventErrors,
};

/** What is wrong with an object beside its metadata. */
export const specErrors = (kind: ServedKind, object: Unstructured, isNew: boolean): FieldError[] =>
  kind.custom ? [] : (RULES[`${kind.group}/${kind.kind}`]?.(object, isNew) ?? []);
