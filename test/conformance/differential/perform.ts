import { isDeepStrictEqual } from 'node:util';
import { apiVersionOf, resourcePath } from '@kube-steward/kube';
import type { Request } from '../wire.ts';
import { type Both, NAMESPACE } from './both.ts';
import { comparable } from './compare.ts';
import { isObject } from './is-object.ts';
import type { Run, Step } from './steps.ts';
import type { Subject } from './subjects.ts';

/** Two answers to one request that should have been the same. */
export interface Difference {
  readonly request: Request;
  readonly real: unknown;
  readonly sandbox: unknown;
}

const CONTENT_TYPES: Readonly<Record<Step['type'], string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Sends a request to both; what they do not agree on, or `undefined`. */
export const ask = async ({ real, sandbox }: Both, request: Request): Promise<Difference | undefined> => {
  const answers = await Promise.all([real.send(request), sandbox.send(request)]);
  const [expected, found] = answers.map(comparable);
  return isDeepStrictEqual(expected, found) ? undefined : { request, real: expected, sandbox: found };
};

let runs = 0;

/** Does to an object of its own what a run says, until the servers disagree. */
export const perform = async (both: Both, subject: Subject, run: Run): Promise<Difference | undefined> => {
  const name = `run-${(runs += 1)}`;
  try {
    for (const request of requestsOf(subject, run, name)) {
      const difference = await ask(both, request);
      if (difference) return difference;
    }
    return undefined;
  } finally {
    if (subject.isScarce) await remove(both, `${pathOf(subject)}/${name}`);
  }
};

const pathOf = ({ resource }: Subject): string => resourcePath(resource, { namespace: NAMESPACE });

const remove = async ({ real, sandbox }: Both, path: string): Promise<void> => {
  const freed = { metadata: { finalizers: null } };
  for (const wire of [real, sandbox]) {
    await wire.send({ method: 'PATCH', path, body: freed, headers: { 'content-type': CONTENT_TYPES.merge } });
    await wire.send({ method: 'DELETE', path });
  }
};

const requestsOf = (subject: Subject, { object, steps }: Run, name: string): Request[] => {
  const path = pathOf(subject);
  const created = object === undefined ? [] : [{ method: 'POST', path, body: bodyOf(subject, name, object) }];
  return [...created, ...steps.map((step) => requestOf(subject, name, step))];
};

const bodyOf = ({ resource, fixed }: Subject, name: string, object: unknown): object => {
  const given = merged(fixed, object) as { metadata?: unknown };
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  return { ...type, ...given, metadata: { ...(isObject(given.metadata) ? given.metadata : {}), name } };
};

const requestOf = (subject: Subject, name: string, step: Step): Request => ({
  method: 'PATCH',
  path: `${pathOf(subject)}/${name}`,
  headers: { 'content-type': CONTENT_TYPES[step.type] },
  ...(step.type === 'apply'
    ? {
        query: { fieldManager: step.manager, force: step.force },
        body: bodyOf(step.isWhole ? subject : { ...subject, fixed: {} }, name, step.body),
      }
    : { query: step.strict ? { fieldValidation: 'Strict' } : {}, body: step.body }),
});

/** The random part laid over the fixed one; what is fixed deeper down stays where objects meet. */
const merged = (fixed: unknown, random: unknown): unknown => {
  if (!isObject(fixed) || !isObject(random)) return random === undefined ? fixed : random;
  const names = new Set([...Object.keys(random), ...Object.keys(fixed)]);
  return Object.fromEntries([...names].map((name) => [name, merged(fixed[name], random[name])]));
};
