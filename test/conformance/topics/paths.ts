import { refuses, type Case, type Topic } from '../case.ts';
import { expectAnswer } from '../expect.ts';
import { METHOD_NOT_ALLOWED, NO_SUCH_PATH } from '../statuses.ts';
import assert from 'node:assert/strict';
import type { Request } from '../wire.ts';
import { R, type World } from '../world.ts';
import { configMap } from './objects.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** Paths are of the case's namespace where they say NS. */
const asked = (world: World, method: string, path: string): Request => ({
  method,
  path: path.replace('NS', world.namespace),
  ...(method === 'PATCH' ? { headers: MERGE } : {}),
  ...(['POST', 'PUT', 'PATCH'].includes(method) ? { body: {} } : {}),
});

const notAllowed = (method: string, path: string, what: string): Case =>
  refuses(`${what} is 405`, (world) => world.send(asked(world, method, path)), METHOD_NOT_ALLOWED);

const nowhere = (path: string, what: string): Case =>
  refuses(`${what} is 404, said by the API`, (world) => world.send(asked(world, 'GET', path)), NO_SUCH_PATH);

const noPage = (path: string, what: string): Case => ({
  rule: `${what} is 404, said by the web server`,
  run: async (world) => {
    const answer = await world.send(asked(world, 'GET', path));
    assert.deepEqual([answer.status, answer.text], [404, '404 page not found\n']);
  },
});

const CORE = '/api/v1/namespaces/NS';
const APPS = '/apis/apps/v1/namespaces/NS';

export const PATHS: Topic = {
  name: 'Paths and methods',
  cases: [
    notAllowed('POST', `${CORE}/configmaps/a`, 'a create at the path of an object'),
    notAllowed('POST', '/api/v1/configmaps', 'a create across all namespaces'),
    notAllowed('PUT', `${CORE}/configmaps`, 'an update of a collection'),
    notAllowed('PATCH', `${CORE}/configmaps`, 'a patch of a collection'),
    notAllowed('OPTIONS', `${CORE}/configmaps`, 'a question about options'),
    notAllowed('PUT', '/version', 'an update of the version'),
    notAllowed('DELETE', '/api/v1', 'a delete of a group'),
    notAllowed('POST', `${APPS}/deployments/a/status`, 'a create of a status'),
    notAllowed('DELETE', `${APPS}/deployments/a/status`, 'a delete of a status'),
    notAllowed('GET', `${CORE}/pods/a/eviction`, 'a get of an eviction'),
    notAllowed('GET', `${CORE}/pods/a/binding`, 'a get of a binding'),
    notAllowed('POST', `${CORE}/pods/a/log`, 'a create of a log'),
    notAllowed('GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'a list of what can only be created'),
    {
      rule: 'a HEAD of an object or a collection is 405',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a'));
        for (const path of [`${CORE}/configmaps`, `${CORE}/configmaps/a`])
          assert.equal((await world.send(asked(world, 'HEAD', path))).status, 405);
      },
    },
    nowhere(`${CORE}/nothing`, 'a resource that is not served'),
    nowhere('/api/v2/configmaps', 'a version that is not served'),
    nowhere('/apis/apps/v2/deployments', 'a version of a group that is not served'),
    nowhere(`${CORE}/configmaps/a/nothing`, 'a subresource that does not exist'),
    nowhere(`${CORE}/configmaps/a/status`, 'the status of a kind without one'),
    nowhere(`${CORE}/nodes`, 'a cluster-scoped resource in a namespace'),
    nowhere('/api/v1/configmaps/a', 'a namespaced object without its namespace'),
    nowhere('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/a', 'an object of what can only be created'),
    noPage('/nothing', 'a path outside the API'),
    noPage('/apis/nowhere', 'a group that is not served'),
    noPage('/apis/nowhere/v1/things', 'a resource of a group that is not served'),
    {
      rule: 'a slash at the end of a path makes no difference',
      run: async (world) => {
        expectAnswer(await world.send(asked(world, 'GET', `${CORE}/configmaps/`)), 200, { kind: 'ConfigMapList' });
        expectAnswer(await world.send(asked(world, 'GET', '/apis/apps/')), 200, { kind: 'APIGroup' });
      },
    },
    {
      rule: 'a list across all namespaces says where each object is',
      run: async (world) => {
        await world.given(R.configMaps, configMap('a', {}, { labels: { of: world.namespace } }));
        const path = '/api/v1/configmaps';
        const answer = await world.send({ method: 'GET', path, query: { labelSelector: `of=${world.namespace}` } });
        expectAnswer(answer, 200, { items: [{ metadata: { name: 'a', namespace: world.namespace } }] });
      },
    },
  ],
};
