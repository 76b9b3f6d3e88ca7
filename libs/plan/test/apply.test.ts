import { applyMergePatch, escapePointer } from '@kube-steward/kube';
import type { Client, DeleteOptions, ObjectName, PatchRequest } from '@kube-steward/kube';
import { RESOURCES } from '@kube-steward/kube';
import fc from 'fast-check';
import t from 'tap';

import { ACTIONS, PlanError, applyDecision, isChange, patchOf } from '../src/index.ts';
import type { FieldChange } from '../src/index.ts';
import { decision } from './sample-plan.ts';

t.test('a patch holds the changes and its preconditions, and nothing else', (t) => {
  t.strictSame(patchOf(decision(), { resourceVersion: '7', uid: 'u' }), {
    spec: { replicas: 0 },
    metadata: { annotations: { 'downscaler/original-replicas': '3' }, resourceVersion: '7', uid: 'u' },
  });
  const restore: FieldChange[] = [
    { path: '/spec/replicas', from: 0, to: 3 },
    { path: '/metadata/annotations/downscaler~1original-replicas', from: '3' },
  ];
  t.strictSame(patchOf(decision({ changes: restore }), {}), {
    spec: { replicas: 3 },
    metadata: { annotations: { 'downscaler/original-replicas': null } },
  });
  t.end();
});

t.test('what a merge patch cannot say is refused', (t) => {
  const refused = (path: string) => () => patchOf(decision({ changes: [{ path, to: 1 }] }), {});
  t.throws(refused('/spec/containers/0/image'), { code: 'NotExpressible', message: /Deployment team-shop\/checkout/ });
  t.throws(refused('/spec/containers/-'), { code: 'NotExpressible' });
  t.doesNotThrow(refused('/metadata/labels/1'), 'keys of labels and annotations may be figures');
  t.throws(() => patchOf(decision({ changes: [] }), {}), { code: 'NoFields' });
  t.throws(refused('/metadata'), { code: 'NotExpressible', message: /preconditions/ });
  t.end();
});

t.test('the patch, applied, makes exactly the changes', (t) => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '~', '/', '.', '~1'), minLength: 1, maxLength: 4 });
  const value = fc.option(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { nil: undefined });
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), fc.dictionary(key, fc.string()), (to, before) => {
      const changes = Object.entries(to).map(([name, set]) => ({ path: `/spec/${escapePointer(name)}`, to: set }));
      fc.pre(changes.length > 0);
      const after = applyMergePatch({ spec: before }, patchOf(decision({ changes }), {})) as { spec: object };
      const expected = new Map(Object.entries({ ...before, ...to }).filter(([, set]) => set !== undefined));
      t.strictSame(new Map(Object.entries(after.spec)), expected);
    }),
  );
  t.end();
});

interface Call {
  readonly verb: 'patch' | 'delete';
  readonly object: ObjectName;
  readonly options: PatchRequest | DeleteOptions | undefined;
}

/** A client that keeps what it is asked to write, and has nothing else. */
const recordingClient = (readOnly = false) => {
  const calls: Call[] = [];
  const client: Pick<Client, 'readOnly' | 'delete'> & { patch: unknown } = {
    readOnly,
    patch: (_: unknown, object: ObjectName, options: PatchRequest) => {
      calls.push({ verb: 'patch', object, options });
      return Promise.resolve();
    },
    delete: (_, object, options) => {
      calls.push({ verb: 'delete', object, options });
      return Promise.resolve();
    },
  };
  return { client: client as unknown as Client, calls };
};

const from = { resourceVersion: '7', uid: 'u', fieldManager: 'kube-steward-downscaler' };
const object = { namespace: 'team-shop', name: 'checkout' };

t.test('a change is one patch under the field manager, of which no reply is read', async (t) => {
  const { client, calls } = recordingClient();
  await applyDecision(client, RESOURCES.deployments, decision(), from);
  const body = patchOf(decision(), from);
  const options = { type: 'strategic', body, fieldManager: from.fieldManager, small: true, discardReply: true };
  t.match(calls, [{ verb: 'patch', object, options }]);
  t.equal(calls.length, 1);
});

t.test('a strategic merge patch is for scalars on kinds of the API server itself', async (t) => {
  const custom = { ...RESOURCES.deployments, group: 'argoproj.io' };
  const labels = { path: '/spec/template/metadata/labels', to: { app: 'web' } };
  for (const { resource = RESOURCES.deployments, changes = decision().changes, type } of [
    { type: 'strategic' },
    { changes: [{ path: '/spec/paused', from: true }], type: 'strategic' },
    { resource: RESOURCES.namespaces, type: 'strategic' },
    { resource: custom, type: 'merge' },
    { changes: [labels], type: 'merge' },
    { changes: [{ path: '/spec/args', to: ['-v'] }], type: 'merge' },
  ]) {
    const { client, calls } = recordingClient();
    await applyDecision(client, resource, decision({ changes }), from);
    t.match(calls, [{ options: { type } }], `${resource.group}/${resource.plural} ${JSON.stringify(changes)}`);
  }
});

t.test('a delete names the object that was looked at', async (t) => {
  const { client, calls } = recordingClient();
  await applyDecision(client, RESOURCES.deployments, decision({ action: 'delete', changes: [] }), from);
  t.match(calls, [{ verb: 'delete', object, options: { preconditions: { uid: 'u', resourceVersion: '7' } } }]);
});

t.test('what changes nothing is never applied', async (t) => {
  for (const action of ACTIONS.filter((candidate) => !isChange(decision({ action: candidate })))) {
    const { client, calls } = recordingClient();
    await t.rejects(applyDecision(client, RESOURCES.deployments, decision({ action }), from), { code: 'NotAChange' });
    t.strictSame(calls, []);
  }
});

t.test('a client of a dry run is an error, not a silent success', async (t) => {
  const { client, calls } = recordingClient(true);
  for (const action of ['scaleDown', 'delete'] as const) {
    const attempt = applyDecision(client, RESOURCES.deployments, decision({ action }), from);
    await t.rejects(
      attempt,
      new PlanError(
        'ReadOnly',
        `Deployment team-shop/checkout: ${action} was to be applied in a dry run; nothing was sent`,
      ),
    );
  }
  t.strictSame(calls, []);
});

t.test('the guard is asked right before the request, and its refusal stops it', async (t) => {
  const { client, calls } = recordingClient();
  const lost = new Error('not the leader');
  for (const action of ['scaleDown', 'delete'] as const) {
    const guard = (): void => {
      throw lost;
    };
    await t.rejects(applyDecision(client, RESOURCES.deployments, decision({ action }), { ...from, guard }), lost);
  }
  t.strictSame(calls, []);
  let asked = 0;
  await applyDecision(client, RESOURCES.deployments, decision(), {
    ...from,
    guard: () => {
      asked++;
    },
  });
  t.equal(asked, 1);
  t.equal(calls.length, 1);
});
