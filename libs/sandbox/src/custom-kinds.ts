import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from './json-path.ts';
import type { PrinterColumn, ScaleRow, ServedKind } from './registry.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** The kinds a CustomResourceDefinition serves, one a served version, the storage version first. */
export const kindsOf = (definition: Unstructured): ServedKind[] => {
  const spec = asRecord(definition['spec']);
  const versions = (Array.isArray(spec['versions']) ? spec['versions'] : []).map(asRecord);
  return versions
    .filter((version) => version['served'] !== false)
    .sort((a, b) => Number(b['storage'] === true) - Number(a['storage'] === true))
    .map((version) => kindOf(spec, version));
};

const kindOf = (spec: Readonly<Record<string, unknown>>, version: Readonly<Record<string, unknown>>): ServedKind => {
  const names = asRecord(spec['names']);
  const [group, plural, kind] = [spec['group'], names['plural'], names['kind']].map(String) as [string, string, string];
  const scale = scaleRow(asRecord(valueAt(version, 'subresources.scale')));
  return {
    group,
    version: String(version['name']),
    plural,
    kind,
    namespaced: spec['scope'] !== 'Cluster',
    singular: typeof names['singular'] === 'string' ? names['singular'] : kind.toLowerCase(),
    shortNames: texts(names['shortNames']),
    categories: texts(names['categories']),
    verbs: VERBS,
    status: valueAt(version, 'subresources.status') !== undefined,
    ...(scale ? { scale } : {}),
    actions: [],
    storage: `${group}/${plural}`,
    generation: true,
    annotationsCount: false,
    selectableFields: (Array.isArray(version['selectableFields']) ? version['selectableFields'] : []).map((field) =>
      String(asRecord(field)['jsonPath']).replace(/^\./, ''),
    ),
    createOnUpdate: false,
    unconditionalUpdate: false,
    returnsDeleted: false,
    custom: true,
    printerColumns: printerColumns(version['additionalPrinterColumns']),
    schema: asRecord(valueAt(version, 'schema.openAPIV3Schema')),
  };
};

const printerColumns = (value: unknown): PrinterColumn[] =>
  (Array.isArray(value) ? value : []).map(asRecord).map(({ name, type, jsonPath, format, description, priority }) => ({
    name: String(name),
    type: String(type),
    jsonPath: String(jsonPath),
    ...(typeof format === 'string' ? { format } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
  }));

const scaleRow = (scale: Readonly<Record<string, unknown>>): ScaleRow | undefined => {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  if (typeof specReplicasPath !== 'string' || typeof statusReplicasPath !== 'string') return undefined;
  return {
    specReplicas: specReplicasPath.replace(/^\./, ''),
    statusReplicas: statusReplicasPath.replace(/^\./, ''),
    ...(typeof labelSelectorPath === 'string' ? { selector: labelSelectorPath.replace(/^\./, '') } : {}),
  };
};

/** The status of a definition whose names nobody else has. */
export const establishedStatus = (definition: Unstructured, now: string): Record<string, unknown> => {
  const names = asRecord(valueAt(definition, 'spec.names'));
  const kind = String(names['kind']);
  const versions = valueAt(definition, 'spec.versions');
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: { listKind: `${kind}List`, singular: kind.toLowerCase(), ...names },
    storedVersions: (Array.isArray(versions) ? versions : [])
      .map(asRecord)
      .filter((version) => version['storage'] === true)
      .map((version) => String(version['name'])),
  };
};
