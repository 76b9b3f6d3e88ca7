import type { Unstructured } from '@kube-steward/kube';
import type { Tokens } from '../auth.ts';
import { bindPod } from '../binding.ts';
import { checkBodyType, checkHasType } from '../body-type.ts';
import type { WriteOptions } from '../cluster.ts';
import { deleteObject, orphansByDefault } from '../deletion.ts';
import { badRequest, noSuchPath, notFound, unsupportedMediaType } from '../errors.ts';
import { evictPod } from '../eviction.ts';
import { asRecord, valueAt } from '../json-path.ts';
import { patchObject } from '../patch-object.ts';
import type { ServedKind } from '../registry.ts';
import { answerReview, isReview } from '../reviews.ts';
import { SCALE, scaleOf } from '../scale.ts';
import { updateScale } from '../scale-write.ts';
import { selectorOf, selects } from '../selection.ts';
import type { State } from '../state.ts';
import { type Stored, storageKey, StoredObject } from '../stored.ts';
import { fromStorage } from '../versions.ts';
import { createObject, replaceObject, updateObject } from '../writes.ts';
import { CUSTOM_OBJECT_TYPES, parseObject, parsePatch, patchTypeOf } from './body.ts';
import { type Exchange, sendJson, sendText } from './exchange.ts';
import { accepted } from './negotiation.ts';
import { deleteOptions, deleteOptionsOf } from './delete-options.ts';
import { listQueryOf, type WriteKind, writeOptionsOf } from './parameters.ts';
import type { ResourceTarget } from './target.ts';

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as const;
/** Strategic merge needs types, which custom resources do not have. */
const CUSTOM_PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];
const ORPHANS_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

const optionsOf = (exchange: Exchange, how: WriteKind, subresource?: string): WriteOptions => ({
  ...writeOptionsOf(exchange.query, exchange.caller.user, exchange.request.headers['user-agent'] ?? '', how),
  ...(subresource === 'status' || subresource === 'scale' ? { subresource } : {}),
});

/** POST: a new object, an eviction, a binding, or a review. */
export const create = (
  state: State,
  tokens: Tokens,
  kind: ServedKind,
  target: ResourceTarget,
  exchange: Exchange,
): void => {
  const options = optionsOf(exchange, 'create');
  if (target.name !== undefined) {
    postToObject(state, target, exchange, options);
    return;
  }
  const body = bodyFor(kind, target, exchange);
  if (isReview(kind)) sendJson(exchange, 201, answerReview(kind, body, exchange.caller, tokens));
  else sendStored(state, kind, createObject(state, kind, body, { options }), exchange, 201);
};

const postToObject = (state: State, target: ResourceTarget, exchange: Exchange, { dryRun }: WriteOptions): void => {
  const isPod = target.group === '' && target.plural === 'pods';
  if (!isPod || target.namespace === undefined || target.name === undefined) throw noSuchPath();
  const key = { namespace: target.namespace, name: target.name };
  const body = parseObject(exchange.body, exchange.request.headers['content-type'], 'Eviction');
  if (target.subresource === 'binding') bindPod(state, key, String(valueAt(body, 'target.name')));
  else {
    checkEviction(body, key.name);
    evictPod(state, key, { ...deleteOptionsOf(body['deleteOptions']), ...(dryRun ? { dryRun } : {}) });
  }
  sendJson(exchange, 201, { ...SUCCESS, code: 201 });
};

/** An eviction names the pod it is sent to. */
const checkEviction = (body: Readonly<Record<string, unknown>>, name: string): void => {
  if (valueAt(body, 'metadata.name') === name) return;
  throw badRequest('name in URL does not match name in Eviction object');
};

/** The object of a request, in the namespace of its path. */
const bodyFor = (kind: ServedKind, target: ResourceTarget, exchange: Exchange, expected = kind.kind): Unstructured => {
  const contentType = exchange.request.headers['content-type'];
  const allowed = kind.custom && expected === kind.kind ? CUSTOM_OBJECT_TYPES : undefined;
  const body = parseObject(exchange.body, contentType, expected, allowed) as Unstructured;
  if (allowed) checkHasType(kind, body, exchange.body);
  const metadata = asRecord(body.metadata) as unknown as Unstructured['metadata'];
  if (target.namespace === undefined) return { ...body, metadata };
  if (metadata.namespace && metadata.namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...body, metadata: { ...metadata, namespace: target.namespace } };
};

/** PUT of `/finalize`: the namespace with the finalizers of its spec replaced. */
const finalize = (state: State, kind: ServedKind, body: Unstructured, options: WriteOptions): Stored => {
  const stored = state.table(kind).get(body.metadata.name);
  if (!stored) throw notFound(kind, body.metadata.name);
  const namespace = stored.object();
  const finalizers = valueAt(body, 'spec.finalizers');
  const spec = { ...asRecord(namespace['spec']) };
  if (finalizers === undefined) Reflect.deleteProperty(spec, 'finalizers');
  else spec['finalizers'] = finalizers;
  return replaceObject(state, kind, stored, { ...namespace, spec }, { options, isServer: true });
};

/** PUT of an object, its status or its scale. */
export const update = (state: State, kind: ServedKind, target: ResourceTarget, exchange: Exchange): void => {
  const options = optionsOf(exchange, 'update', target.subresource);
  const isScale = target.subresource === 'scale';
  const body = bodyFor(kind, target, exchange, isScale ? 'Scale' : kind.kind);
  if (isScale) checkBodyType(SCALE, body);
  const name = target.name ?? '';
  if (!body.metadata.name) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (body.metadata.name !== name) {
    throw badRequest(`the name of the object (${body.metadata.name}) does not match the name on the URL (${name})`);
  }
  if (target.subresource === 'finalize') sendStored(state, kind, finalize(state, kind, body, options), exchange, 200);
  else if (isScale) sendScale(state, kind, updateScale(state, kind, body, options), exchange);
  else {
    const isNew = !state.table(kind).get(storageKey(target.namespace, name));
    sendStored(state, kind, updateObject(state, kind, body, { options }), exchange, isNew ? 201 : 200);
  }
};

/** PATCH of an object, its status or its scale. */
export const patch = (state: State, kind: ServedKind, target: ResourceTarget, exchange: Exchange): void => {
  const type = patchTypeOf(exchange.request.headers['content-type']);
  if (kind.custom && type === 'strategic') throw unsupportedMediaType(CUSTOM_PATCH_TYPES);
  const options = optionsOf(exchange, type === 'apply' ? 'apply' : 'patch', target.subresource);
  const name = target.name ?? '';
  const isNew = !state.table(kind).get(storageKey(target.namespace, name));
  const fieldManager = type === 'apply' ? (exchange.query.get('fieldManager') ?? '') : (options.fieldManager ?? '');
  const stored = patchObject(state, kind, name, {
    ...options,
    fieldManager,
    type,
    body: parsePatch(exchange.body, type),
    force: exchange.query.get('force') === 'true',
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  });
  if (target.subresource === 'scale') sendScale(state, kind, stored, exchange);
  else sendStored(state, kind, stored, exchange, isNew ? 201 : 200);
};

const sendStored = (state: State, kind: ServedKind, stored: Stored, exchange: Exchange, code: number): void => {
  const answer = accepted(exchange, 'object', kind);
  sendText(exchange, code, answer.as.object(state, kind, stored), answer);
};

const sendScale = (state: State, kind: ServedKind, stored: Stored, exchange: Exchange): void =>
  sendJson(exchange, 200, scaleOf(kind, fromStorage(state, kind, stored.object())));

/** DELETE of one object: a Status when it is gone, the object while it stays. */
export const remove = (state: State, kind: ServedKind, target: ResourceTarget, exchange: Exchange): void => {
  const options = deleteOptions(exchange);
  if (orphansByDefault(kind) && kind.plural === 'jobs' && options.propagationPolicy === undefined) {
    exchange.warnings.push(ORPHANS_WARNING);
  }
  const namespace = target.namespace === undefined ? {} : { namespace: target.namespace };
  const { object, gone } = deleteObject(state, kind, target.name ?? '', { ...options, ...namespace });
  if (gone && !kind.returnsDeleted) {
    const group = kind.group ? { group: kind.group } : {};
    const details = { name: object.metadata.name, ...group, kind: kind.plural, uid: object.metadata.uid };
    sendJson(exchange, 200, { ...SUCCESS, details });
    return;
  }
  const revision = Number(object.metadata.resourceVersion);
  sendStored(state, kind, new StoredObject(object, revision, kind.custom), exchange, 200);
};

/** DELETE of a collection: answers with the list of what it was. */
export const removeCollection = (state: State, kind: ServedKind, target: ResourceTarget, exchange: Exchange): void => {
  const options = deleteOptions(exchange);
  const selector = selectorOf(kind, listQueryOf(exchange.query, target.namespace));
  const found = [...state.table(kind).scan(selector.prefix, '')].filter((one) => selects(state, kind, selector, one));
  for (const { key, name, namespace } of found) {
    if (!state.table(kind).get(key)) continue;
    deleteObject(state, kind, name, { ...options, ...(namespace === undefined ? {} : { namespace }) });
  }
  const { as } = accepted(exchange, 'list', kind);
  const { head, tail } = as.frame(kind, { resourceVersion: String(state.revision) });
  sendText(exchange, 200, `${head}${found.map((one) => as.item(state, kind, one)).join()}${tail}`);
};
