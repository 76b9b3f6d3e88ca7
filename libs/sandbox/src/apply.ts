import { apiVersionOf, applyConfiguration, KubeApiError, schemaOf, type Unstructured } from '@kube-steward/kube';
import { parse as parseYaml } from 'yaml';
import { type AppliedType, appliedTypeOf, configurationFaults } from './applied-types.ts';
import type { PatchOptions } from './cluster.ts';
import { decodeObject } from './decoding.ts';
import { badRequest, invalid, notFound, requiredField } from './errors.ts';
import type { ServedKind } from './registry.ts';
import { scaleOf, withScale } from './scale.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import type { Stored } from './stored.ts';
import { DecodeError, READ_OBJECT } from './typed/decode-error.ts';
import { typeOf } from './typed/go-type.ts';
import { appliedTypeOfSchema } from './structural/apply-rules.ts';
import { fromStorage } from './versions.ts';
import { applyRules } from './ownership.ts';
import { createObject, replaceObject } from './writes.ts';

/** Server-side apply: creates the object, or sets what the configuration says and takes care of who owns what. */
export const applyObject = (
  state: State,
  kind: ServedKind,
  stored: Stored | undefined,
  name: string,
  options: PatchOptions,
): Stored => {
  const manager = options.fieldManager ?? '';
  if (manager === '') {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      requiredField('fieldManager', 'is required for apply patch'),
    ]);
  }
  const config = configurationOf(kind, name, options);
  if (!stored && options.subresource) throw notFound(kind, name);
  const live = stored && fromStorage(state, kind, stored.object());
  if (live && options.subresource === 'scale') {
    const next = withScale(kind, live, { ...scaleOf(kind, live), spec: config['spec'] });
    return replaceObject(state, kind, stored, next, { options });
  }
  const applied = applying(() =>
    applyConfiguration({
      live,
      config,
      manager,
      subresource: options.subresource,
      force: options.force,
      schema: applyRules(kind),
      time: state.timestamp(),
    }),
  );
  const { managedFields } = applied;
  const { namespace } = options;
  const given = applied.object as Unstructured;
  const object = readApplied(kind, config, given, live);
  const { uid, resourceVersion = '' } = config.metadata;
  const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) };
  if (!stored) return createObject(state, kind, { ...object, metadata }, { options, managedFields, given });
  const next = { ...object, metadata: { ...metadata, ...(uid ? { uid } : {}), resourceVersion } };
  return replaceObject(state, kind, stored, next, { options, managedFields, given });
};

/** 500 for values of other types than the kind's fields. */
const checkTypes = (kind: ServedKind, { apiVersion, kind: _, ...config }: Unstructured): void => {
  const type = appliedType(kind);
  if (!type) return;
  const faults = configurationFaults(config, type, applyRules(kind) ?? schemaOf({ apiVersion, kind: kind.kind }));
  if (faults.length === 0) return;
  const list = faults.length === 1 ? faults.join() : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n');
  throw unexplained(`failed to create typed patch object (${describe(kind, config.metadata)}): ${list}`);
};

const appliedType = (kind: ServedKind): AppliedType | undefined => {
  if (kind.schema) return appliedTypeOfSchema(kind.schema);
  const type = typeOf(apiVersionOf(kind), kind.kind);
  return type && appliedTypeOf(type);
};

/** What an apply made of the object, read as one of the kind. */
const readApplied = (
  kind: ServedKind,
  config: Unstructured,
  object: Unstructured,
  live: Unstructured | undefined,
): Unstructured => {
  try {
    return decodeObject(kind, object, live, READ_OBJECT).object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw unexplained(
      `failed to convert new object (${describe(kind, config.metadata)}) to proper version: ` +
        `unable to convert unstructured object to ${groupVersionKind(kind)}: ${error.message}`,
    );
  }
};

const unexplained = (message: string): StatusError => new StatusError({ message, code: 500 });

/** `default/web; apps/v1, Kind=Deployment` */
const describe = (kind: ServedKind, { namespace = '', name }: Partial<Unstructured['metadata']>): string =>
  `${namespace}/${name ?? ''}; ${groupVersionKind(kind)}`;

const groupVersionKind = ({ group, version, kind }: ServedKind): string => `${group}/${version}, Kind=${kind}`;

/** A refused apply is a Status like any other. */
const applying = <T>(apply: () => T): T => {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    const { message, reason, status: code, details } = error;
    throw new StatusError({ message, reason, code, ...(details ? { details } : {}) });
  }
};

const configurationOf = (kind: ServedKind, name: string, { body }: PatchOptions): Unstructured => {
  const config = applyBody(body);
  const apiVersion = apiVersionOf(kind);
  const type = `${config.apiVersion?.includes('/') ? config.apiVersion : `/${config.apiVersion ?? ''}`}, Kind=${config.kind ?? ''}`;
  if (config.apiVersion === undefined || config.kind === undefined) throw badRequest(`invalid object type: ${type}`);
  const given = (config.metadata as Partial<Unstructured['metadata']> | undefined) ?? {};
  if (given.name !== undefined && given.name !== name) {
    throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`);
  }
  if (config.kind === 'Scale') return { ...config, metadata: { ...given, name } };
  if (config.apiVersion !== apiVersion || config.kind !== kind.kind) throw badRequest(`invalid object type: ${type}`);
  checkTypes(kind, { ...config, metadata: given as Unstructured['metadata'] });
  if (kind.custom && given.name === undefined) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  return { ...config, metadata: { ...given, name } };
};

/** The body of an apply patch, which may be YAML. */
const applyBody = (body: unknown): Unstructured => {
  const value: unknown = typeof body === 'string' ? parseYaml(body) : body;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Unstructured;
  const type = Array.isArray(value) ? 'array' : typeof value;
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
  );
};
