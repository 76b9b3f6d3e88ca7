import { apiVersionOf, applyConfiguration, KubeApiError, type Unstructured } from '@kube-steward/kube';
import { parse as parseYaml } from 'yaml';
import type { PatchOptions } from './cluster.ts';
import { badRequest, invalid, notFound, requiredField } from './errors.ts';
import type { ServedKind } from './registry.ts';
import { scaleOf, withScale } from './scale.ts';
import type { State } from './state.ts';
import { StatusError } from './status-error.ts';
import type { Stored } from './stored.ts';
import { fromStorage } from './versions.ts';
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
      time: state.timestamp(),
    }),
  );
  const { managedFields } = applied;
  const object = applied.object as Unstructured;
  const { uid, resourceVersion = '' } = config.metadata;
  const metadata = { ...object.metadata, ...(uid ? { uid } : {}), resourceVersion };
  return stored
    ? replaceObject(state, kind, stored, { ...object, metadata }, { options, managedFields })
    : createObject(state, kind, object, { options, managedFields });
};

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

const configurationOf = (kind: ServedKind, name: string, { body, namespace }: PatchOptions): Unstructured => {
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
  return { ...config, metadata: { ...given, name, ...(namespace === undefined ? {} : { namespace }) } };
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
