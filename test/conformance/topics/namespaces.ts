import { until } from '../../cluster/index.ts';
import { refuses, type Topic } from '../case.ts';
import { expectAnswer, expectMatch } from '../expect.ts';
import { alreadyExists, notFound } from '../statuses.ts';
import { R, type World } from '../world.ts';
import { configMap } from './objects.ts';

const collection = (world: World) => `/api/v1/namespaces/${doomed(world)}/configmaps`;

const doomed = ({ namespace }: World): string => `${namespace}-doomed`;

/** A namespace that is to go, and stays for what a finalizer holds in it. */
const terminating = async (world: World): Promise<void> => {
  const name = doomed(world);
  await world.given(R.namespaces, { metadata: { name } });
  const body = configMap('held', {}, { finalizers: ['x.io/hold'] });
  await world.send({ method: 'POST', path: collection(world), body });
  expectAnswer(await world.remove(R.namespaces, name), 200, { kind: 'Namespace', status: { phase: 'Terminating' } });
};

const release = (world: World) =>
  world.send({
    method: 'PATCH',
    path: `${collection(world)}/held`,
    body: { metadata: { finalizers: null } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });

const forbidden = (name: string) => ({
  code: 403,
  reason: 'Forbidden',
  message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
  details: { name, kind: 'namespaces' },
});

export const NAMESPACES: Topic = {
  name: 'Namespaces',
  cases: [
    {
      rule: 'a new namespace is active, is called so by a label, and held by its finalizer',
      run: async (world) => {
        const { namespace } = world;
        expectAnswer(await world.get(R.namespaces, namespace), 200, {
          metadata: { labels: { 'kubernetes.io/metadata.name': namespace } },
          spec: { finalizers: ['kubernetes'] },
          status: { phase: 'Active' },
        });
      },
    },
    {
      rule: 'default, kube-system, kube-public and kube-node-lease are there',
      run: async (world) => {
        for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
          expectAnswer(await world.get(R.namespaces, name), 200, { status: { phase: 'Active' } });
      },
    },
    {
      rule: 'the label of its name is put back',
      run: async (world) => {
        const { namespace } = world;
        const body = { metadata: { labels: { 'kubernetes.io/metadata.name': 'other', a: 'b' } } };
        expectAnswer(await world.patch(R.namespaces, namespace, 'merge', body), 200, {
          metadata: { labels: { 'kubernetes.io/metadata.name': namespace, a: 'b' } },
        });
      },
    },
    {
      rule: 'a list in a namespace that is not there is empty',
      run: async (world) => {
        const answer = await world.send({ method: 'GET', path: '/api/v1/namespaces/nowhere/configmaps' });
        expectAnswer(answer, 200, { items: [] });
      },
    },
    refuses(
      'a get in a namespace that is not there is 404, of the object',
      (world) => world.send({ method: 'GET', path: '/api/v1/namespaces/nowhere/configmaps/a' }),
      notFound('configmaps', 'a'),
    ),
    {
      rule: 'a deleted namespace is terminating, without a grace period',
      run: async (world) => {
        await terminating(world);
        const { body } = await world.get(R.namespaces, doomed(world));
        expectMatch(body, {
          metadata: { deletionTimestamp: /Z$/, deletionGracePeriodSeconds: undefined },
          status: { phase: 'Terminating' },
        });
      },
    },
    refuses(
      'a create in a terminating namespace is 403, with the cause NamespaceTerminating',
      async (world) => {
        await terminating(world);
        return world.send({ method: 'POST', path: collection(world), body: configMap('late') });
      },
      (world) => ({
        code: 403,
        reason: 'Forbidden',
        message: `configmaps "late" is forbidden: unable to create new content in namespace ${doomed(world)} because it is being terminated`,
        details: {
          name: 'late',
          kind: 'configmaps',
          causes: [
            {
              reason: 'NamespaceTerminating',
              message: `namespace ${doomed(world)} is being terminated`,
              field: 'metadata.namespace',
            },
          ],
        },
      }),
    ),
    {
      rule: 'what is in a terminating namespace can still be changed',
      run: async (world) => {
        await terminating(world);
        const path = `${collection(world)}/held`;
        const headers = { 'content-type': 'application/merge-patch+json' };
        const answer = await world.send({ method: 'PATCH', path, body: { data: { x: '1' } }, headers });
        expectAnswer(answer, 200, { data: { x: '1' } });
      },
    },
    refuses(
      'the name of a terminating namespace is taken: 409',
      async (world) => {
        await terminating(world);
        return world.create(R.namespaces, { metadata: { name: doomed(world) } });
      },
      (world) => alreadyExists('namespaces', doomed(world), 'object is being deleted: '),
    ),
    {
      rule: 'a terminating namespace takes along what is in it, and goes when it is empty',
      run: async (world) => {
        await terminating(world);
        await until(async () => {
          const { body } = await world.send({ method: 'GET', path: `${collection(world)}/held` });
          return body.metadata.deletionTimestamp !== undefined;
        }, 'its content is to go');
        await release(world);
        await until(async () => (await world.get(R.namespaces, doomed(world))).status === 404, 'the namespace gone');
      },
    },
    ...['default', 'kube-system', 'kube-public'].map((name) =>
      refuses(`${name} is not deleted: 403`, (world) => world.remove(R.namespaces, name), forbidden(name)),
    ),
  ],
};
