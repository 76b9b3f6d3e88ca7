import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Answer, Query, Request } from '../wire.ts';
import type { Both } from './both.ts';
import type { Difference } from './perform.ts';

const NAMESPACE = 'selections';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const LABELS: readonly Record<string, string>[] = [
  {},
  { app: 'web' },
  { app: 'web', tier: '' },
  { app: 'api', tier: 'back' },
  { 'example.com/size': '10' },
  { 'example.com/size': '3', app: 'a.b_c' },
  { 'example.com/size': '007', tier: 'x' },
];

/** Pods with all sorts of labels. */
export const makeSelectable = async ({ real, sandbox }: Both): Promise<void> => {
  const spec = { containers: [{ name: 'main', image: 'web:1' }] };
  for (const wire of [real, sandbox]) {
    await wire.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: NAMESPACE } } });
    for (const [index, labels] of LABELS.entries()) {
      const restartPolicy = index % 2 === 0 ? 'Always' : 'Never';
      const body = { metadata: { name: `pod-${index}`, labels }, spec: { ...spec, restartPolicy } };
      await wire.send({ method: 'POST', path: PODS, body });
    }
  }
};

const key = fc.constantFrom('app', 'tier', 'example.com/size', 'none', 'in', 'a b', '', '-a', 'Example.com/x', 'a/b/c');
const value = fc.constantFrom('web', 'api', '', 'back', '10', '-3', '7', 'a.b_c', 'a/b', 'in', '*');
const space = fc.constantFrom('', '', ' ');
const labelTerm = fc.oneof(
  fc.tuple(key, space, fc.constantFrom('=', '==', '!=', '>', '<', '=>', '=!'), space, value).map((all) => all.join('')),
  fc
    .tuple(key, fc.constantFrom(' in ', ' notin ', ' within '), fc.array(value, { maxLength: 3 }))
    .map(([name, operator, values]) => `${name}${operator}(${values.join(',')})`),
  fc.tuple(fc.constantFrom('', '!', '! ', '!!'), key).map((parts) => parts.join('')),
);
const field = fc.constantFrom(
  'metadata.name',
  'metadata.namespace',
  'spec.restartPolicy',
  'spec.nodeName',
  'status.phase',
  'spec.none',
  '',
);
const fieldValue = fc.constantFrom('pod-1', 'selections', 'Always', '', 'Pending', 'a\\,b', 'a\\b', 'a=b');
const fieldTerm = fc.tuple(field, fc.constantFrom('=', '==', '!=', '', '>'), fieldValue).map((parts) => parts.join(''));

const joined = (term: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(term, { maxLength: 3 }), fc.constantFrom(',', ',', ',', ', ', ',,', ' '))
    .map(([terms, by]) => terms.join(by));

/** Selectors as they may come in a request, malformed ones included. */
export const selections: fc.Arbitrary<Query> = fc.oneof(
  joined(labelTerm).map((labelSelector) => ({ labelSelector })),
  joined(fieldTerm).map((fieldSelector) => ({ fieldSelector })),
);

/** What is selected, or that it is refused; the words of the refusal are each server's own. */
const selected = ({ status, body }: Answer): unknown =>
  status === 200 ? body.items.map(({ metadata }) => metadata.name) : { status, reason: body['reason'] };

/** Lists the pods a selector selects. */
export const selectionDifference = async ({ real, sandbox }: Both, query: Query): Promise<Difference | undefined> => {
  const request: Request = { method: 'GET', path: PODS, query };
  const [expected, found] = (await Promise.all([real.send(request), sandbox.send(request)])).map(selected);
  return isDeepStrictEqual(expected, found) ? undefined : { request, real: expected, sandbox: found };
};
