import fc from 'fast-check';
import t from 'tap';

import type { WritePolicy } from '../src/client-api.ts';
import { isAllowed, isRead, restrictWrites } from '../src/read-only.ts';
import type { KubeRequest, Method, Transport } from '../src/request.ts';

const PODS = '/api/v1/namespaces/web/pods';
const OWN: WritePolicy = { namespace: 'kube-steward' };

const parse = (text: string): Pick<KubeRequest, 'method' | 'path'> => {
  const [method, path] = text.split(' ') as [Method, string];
  return { method, path };
};

t.test('reads are GET, HEAD, and the questions asked by POST', (t) => {
  const reads = [
    `GET ${PODS}`,
    `GET ${PODS}/a/log`,
    'HEAD /api',
    'GET /version',
    'GET /apis',
    'GET /apis/apps/v1',
    'GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    'POST /apis/authorization.k8s.io/v1/namespaces/web/localsubjectaccessreviews',
    'POST /apis/authentication.k8s.io/v1/tokenreviews',
    'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
  ];
  for (const text of reads) {
    t.ok(isRead(parse(text)), text);
    t.ok(isAllowed('none', parse(text)), `${text}, read-only`);
    t.ok(isAllowed(OWN, parse(text)), `${text}, bound to a namespace`);
  }
  t.end();
});

t.test('everything else is a write, also what acts by GET', (t) => {
  const writes = [
    `POST ${PODS}`,
    `PUT ${PODS}/a`,
    `PATCH ${PODS}/a`,
    `DELETE ${PODS}/a`,
    `DELETE ${PODS}`,
    `POST ${PODS}/a/eviction`,
    `GET ${PODS}/a/exec`,
    `GET ${PODS}/a/attach`,
    `GET ${PODS}/a/portforward`,
    `GET ${PODS}/a/proxy/shutdown`,
    `GET ${PODS}/a/%65xec`,
    'GET /api/v1/nodes/n1/proxy/run',
    'GET /api/v1/namespaces/web/services/a/proxy',
    `GET ${PODS}/a/../a/exec`,
    'POST /apis/example.com/v1/selfsubjectaccessreviews',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews/../../../../api/v1/pods',
    'POST /apis/authorization.k8s.io%2Fv1/selfsubjectaccessreviews',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews/a/b',
    'PATCH /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'POST /version',
  ];
  for (const text of writes) {
    t.notOk(isRead(parse(text)), text);
    t.notOk(isAllowed('none', parse(text)), `${text}, read-only`);
    t.ok(isAllowed('all', parse(text)), `${text}, unrestricted`);
  }
  t.end();
});

t.test('a client bound to a namespace writes inside it and nowhere else', (t) => {
  const inside = [
    'POST /api/v1/namespaces/kube-steward/configmaps',
    'PATCH /api/v1/namespaces/kube-steward/configmaps/state',
    'DELETE /api/v1/namespaces/kube-steward/configmaps/state',
    'PATCH /apis/coordination.k8s.io/v1/namespaces/kube-steward/leases/janitor',
    'PATCH /apis/apps/v1/namespaces/kube-steward/deployments/a/scale',
  ];
  const outside = [
    'POST /api/v1/namespaces/web/configmaps',
    'POST /api/v1/namespaces/kube-steward-2/configmaps',
    'POST /api/v1/namespaces',
    'DELETE /api/v1/namespaces/kube-steward',
    'PATCH /api/v1/namespaces/kube-steward/status',
    'PUT /api/v1/namespaces/kube-steward/finalize',
    'PATCH /api/v1/nodes/n1',
    'PATCH /apis/example.com/v1/widgets/namespaces',
    'POST /api/v1/namespaces/kube-steward/../web/configmaps',
    'POST /api/v1/namespaces/kube-steward/%2e%2e/web/configmaps',
    'POST /api/v1/namespaces/kube-steward//configmaps',
    'POST /api/v1/namespaces/kube-steward/pods/a/exec',
    'GET /api/v1/namespaces/kube-steward/pods/a/exec',
    'POST /api/v1/namespaces/kube-steward%2fweb/configmaps',
    'POST /apis/apps/namespaces/kube-steward/deployments',
  ];
  for (const text of inside) t.ok(isAllowed(OWN, parse(text)), text);
  for (const text of outside) t.notOk(isAllowed(OWN, parse(text)), text);
  t.end();
});

/** Counts what gets through. */
const recorder = (): Transport & { passed: string[] } => {
  const passed: string[] = [];
  const pass = (request: KubeRequest): Promise<never> => {
    passed.push(`${request.method} ${request.path}`);
    return Promise.reject(new Error('not connected'));
  };
  return { passed, send: pass, stream: pass, close: () => passed.push('close') };
};

t.test('a refused request says why and never reaches the transport below', async (t) => {
  const below = recorder();
  const readOnly = restrictWrites(below, 'none');
  const message = `PATCH ${PODS}/a: refused, this client may not write; nothing was sent`;
  await t.rejects(readOnly.send({ method: 'PATCH', path: `${PODS}/a` }), { code: 'ReadOnly', status: 0, message });
  await t.rejects(readOnly.stream({ method: 'POST', path: PODS }), { code: 'ReadOnly' });
  const bound = restrictWrites(below, OWN);
  await t.rejects(bound.send({ method: 'DELETE', path: `${PODS}/a` }), {
    message: /may only write in namespace kube-steward/,
  });
  t.same(below.passed, []);
  await t.rejects(readOnly.send({ method: 'GET', path: PODS }), { message: 'not connected' });
  readOnly.close();
  t.same(below.passed, [`GET ${PODS}`, 'close']);
  t.equal(restrictWrites(below, 'all'), below, 'no restriction, no wrapper');
});

t.test('no path lets a mutating method through a read-only client, unless it is one of the six questions', (t) => {
  const questions = /^\/apis\/auth(orization|entication)\.k8s\.io\/[^/]+\/(namespaces\/[^/]*\/)?[a-z]+reviews$/;
  const piece = fc.oneof(
    fc.constantFrom('api', 'apis', 'v1', 'namespaces', 'pods', 'a', '..', '%2e%2e', 'exec', 'authorization.k8s.io'),
    fc.constantFrom('selfsubjectaccessreviews', 'tokenreviews', 'authentication.k8s.io', '%', ''),
    fc.string({ maxLength: 5 }),
  );
  const attack = (): void =>
    fc.assert(
      fc.property(
        fc.constantFrom<Method>('POST', 'PUT', 'PATCH', 'DELETE'),
        fc.array(piece, { maxLength: 7 }).map((pieces) => `/${pieces.join('/')}`),
        (method, path) => !isAllowed('none', { method, path }) || (method === 'POST' && questions.test(path)),
      ),
      { numRuns: 2000 },
    );
  t.doesNotThrow(attack);
  t.end();
});
