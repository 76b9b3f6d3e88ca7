import type { Unstructured } from '@kube-steward/kube';
import type { FieldError } from '../errors.ts';
import { asRecord } from '../json-path.ts';
import type { ServedKind } from '../registry.ts';
import { autoscalerErrors } from './autoscaling.ts';
import { coreEventErrors, eventErrors } from './events.ts';
import { cronJobErrors, generatedLabelErrors, jobErrors } from './jobs.ts';
import {
  claimErrors,
  configMapErrors,
  disruptionBudgetErrors,
  leaseErrors,
  nodeErrors,
  secretErrors,
  serviceErrors,
} from './others.ts';
import { podSpecErrors } from './pods.ts';
import { definitionErrors } from '../structural/definition.ts';
import { invariantErrors } from '../structural/invariants.ts';
import type { Schema } from '../structural/schema.ts';
import { schemaErrors } from '../structural/validate.ts';
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
  '/Event': coreEventErrors,
  'events.k8s.io/Event': eventErrors,
  'apiextensions.k8s.io/CustomResourceDefinition': (object) =>
    definitionErrors(object.metadata.name, asRecord(object['spec'])),
};

/** What is wrong with an object beside its metadata; `before` is the one it takes the place of. */
export const specErrors = (kind: ServedKind, object: Unstructured, before?: Unstructured): FieldError[] =>
  kind.custom
    ? customErrors(object, kind.schema ?? {}, before)
    : (RULES[`${kind.group}/${kind.kind}`]?.(object, before === undefined) ?? []);

const customErrors = (object: Unstructured, schema: Schema, before: Unstructured | undefined): FieldError[] => [
  ...schemaErrors(object, schema, '', before),
  ...(before && invariantErrors(before, schema).length > 0 ? [] : invariantErrors(object, schema)),
];
