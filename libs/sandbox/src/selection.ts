import {
  type FieldSelector,
  KubeApiError,
  type LabelSelector,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '@kube-steward/kube';
import type { Selection } from './cluster.ts';
import { badRequest } from './errors.ts';
import { valueAt } from './json-path.ts';
import type { ServedKind } from './registry.ts';
import type { State } from './state.ts';
import type { Stored } from './stored.ts';
import { fromStorage } from './versions.ts';

/** Which objects of a kind are meant: a prefix of keys and what must hold of each. */
export interface Selector {
  /** `namespace/`, or empty for all. */
  readonly prefix: string;
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
  /** No condition but the prefix. */
  readonly everything: boolean;
}

/** Reads the selectors of a request; 400 for text that cannot be read and fields the kind does not offer. */
export const selectorOf = (kind: ServedKind, selection: Selection): Selector => {
  const labels = readable(() => parseLabelSelector(selection.labelSelector ?? ''));
  const fields = readable(() => parseFieldSelector(selection.fieldSelector ?? ''));
  for (const { field } of fields) checkField(kind, field);
  return {
    prefix: kind.namespaced && selection.namespace ? `${selection.namespace}/` : '',
    labels,
    fields,
    everything: labels.length === 0 && fields.length === 0,
  };
};

/** Whether an object is selected, the prefix left aside. */
export const selects = (state: State, kind: ServedKind, selector: Selector, stored: Stored): boolean =>
  (selector.labels.length === 0 || matchesLabels(selector.labels, stored.labels())) &&
  (selector.fields.length === 0 || matchesFields(selector.fields, (field) => fieldOf(state, kind, stored, field)));

const readable = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof KubeApiError) throw badRequest(error.message);
    throw error;
  }
};

const checkField = (kind: ServedKind, field: string): void => {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && kind.namespaced)) return;
  if (field === 'metadata.namespace' || kind.selectableFields.includes(field)) return;
  if (kind.kind === 'Job') throw badRequest(`field label ${JSON.stringify(field)} not supported for Job`);
  throw badRequest(
    kind.selectableFields.length > 0 || kind.custom
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
};

/** The object is looked at only for fields that are not known without it. */
const fieldOf = (state: State, kind: ServedKind, stored: Stored, field: string): string | undefined => {
  if (field === 'metadata.name') return stored.name;
  if (field === 'metadata.namespace') return stored.namespace;
  const known = stored.fields[field];
  if (known !== undefined) return known;
  const value = valueAt(fromStorage(state, kind, stored.object()), field);
  if (value === undefined || value === null) return FIELD_DEFAULTS[field];
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Fields that are not a string have a value even when they are absent. */
const FIELD_DEFAULTS: Readonly<Record<string, string>> = {
  'spec.unschedulable': 'false',
  'spec.hostNetwork': 'false',
  'status.replicas': '0',
  'status.successful': '0',
};
