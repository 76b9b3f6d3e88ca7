import { getPointer, type KubeObject, type Resource } from '@kube-steward/kube';
import { QUARANTINE_FIELDS, type QuarantineField } from './quarantine-mark.ts';

/** What stops an object: the field, what is in it, and what is put there. */
export interface QuarantineChange {
  readonly field: QuarantineField;
  /** `undefined`: the field is absent. */
  readonly from: number | boolean | undefined;
  readonly to: number | boolean;
}

/** Which field stops a kind. Every other kind has nothing to stop. */
const FIELD_OF: Readonly<Record<string, QuarantineField>> = {
  'deployments.apps': 'replicas',
  'statefulsets.apps': 'replicas',
  'replicasets.apps': 'replicas',
  'replicationcontrollers.': 'replicas',
  'rollouts.argoproj.io': 'replicas',
  'cronjobs.batch': 'suspend',
  'jobs.batch': 'suspend',
};

const STOPPED: { readonly [F in QuarantineField]: number | boolean } = { replicas: 0, suspend: true };

/** What would stop an object; `undefined`: there is nothing to stop. */
export const quarantineChanges = ({ plural, group }: Resource, object: KubeObject): QuarantineChange | undefined => {
  const field = FIELD_OF[`${plural}.${group}`];
  if (field === undefined) return undefined;
  const from = getPointer(object, QUARANTINE_FIELDS[field]);
  return { field, from: typeof from === 'number' || typeof from === 'boolean' ? from : undefined, to: STOPPED[field] };
};
