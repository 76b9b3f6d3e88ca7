import type { WritePolicy } from './client-api.ts';
import { KubeApiError } from './errors.ts';
import type { KubeRequest, Transport } from './request.ts';

/** Group and plural of the reviews: a question that is asked by POST, and changes nothing. */
const QUESTIONS = new Set([
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/subjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authentication.k8s.io/tokenreviews',
  'authentication.k8s.io/selfsubjectreviews',
]);

/** What acts although it may be asked for by GET: it runs something in a container, or reaches what is behind the server. */
const ACTING_SUBRESOURCES = new Set(['exec', 'attach', 'portforward', 'proxy']);

/** A path of the API taken apart; `undefined` for what is no resource (`/version`, `/apis`). */
interface ApiPath {
  readonly group: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly subresource: string | undefined;
}

/**
 * `/api/v1/...` and `/apis/<group>/<version>/...`, then `[namespaces/<namespace>/]<plural>[/<name>[/<subresource>...]]`. The
 * namespace itself and its subresources are an object of the cluster: `namespaces/<name>`, `namespaces/<name>/status`.
 */
const parsePath = (path: string): ApiPath | undefined => {
  const segments = path.slice(1).split('/').map(decodeURIComponent);
  const group = segments[0] === 'apis' ? segments[1] : segments[0] === 'api' ? '' : undefined;
  const rest = segments.slice(group ? 3 : 2);
  if (group === undefined || !rest[0]) return undefined;
  const isOfNamespace = rest[0] === 'namespaces' && rest[2] !== undefined;
  const isNamespaceItself = isOfNamespace && group === '' && (rest[2] === 'status' || rest[2] === 'finalize');
  if (!isOfNamespace || isNamespaceItself) {
    return { group, namespace: undefined, plural: rest[0], subresource: rest[2] };
  }
  return { group, namespace: rest[1], plural: rest[2] ?? '', subresource: rest[4] };
};

/** A path the server might read otherwise than we do: `..`, an escaped slash, empty segments, a query in the path. */
const isAmbiguous = (path: string): boolean =>
  !path.startsWith('/') || /%(?![0-9a-f]{2})|%(2f|5c|2e|25|00|[89a-f])|\/\.{1,2}(\/|$)|\/\/|[?#\\]/i.test(path);

/** GET and HEAD of anything but what acts; POST of a review. What it is not sure about is none. */
export const isRead = ({ method, path }: Pick<KubeRequest, 'method' | 'path'>): boolean => {
  if (isAmbiguous(path)) return false;
  const parsed = parsePath(path);
  if (method === 'GET' || method === 'HEAD') return !ACTING_SUBRESOURCES.has(parsed?.subresource ?? '');
  if (method !== 'POST' || !parsed) return false;
  return parsed.subresource === undefined && QUESTIONS.has(`${parsed.group}/${parsed.plural}`);
};

/** Whether the policy lets the request through. */
export const isAllowed = (policy: WritePolicy, request: Pick<KubeRequest, 'method' | 'path'>): boolean => {
  if (policy === 'all' || isRead(request)) return true;
  if (policy === 'none' || isAmbiguous(request.path)) return false;
  const parsed = parsePath(request.path);
  if (!parsed || ACTING_SUBRESOURCES.has(parsed.subresource ?? '')) return false;
  return parsed.namespace === policy.namespace;
};

const refusal = (policy: WritePolicy, { method, path }: KubeRequest): KubeApiError => {
  const where = typeof policy === 'object' ? `may only write in namespace ${policy.namespace}` : 'may not write';
  return new KubeApiError('ReadOnly', `${method} ${path}: refused, this client ${where}; nothing was sent`);
};

/**
 * The transport, held to a policy: what it does not allow rejects with `ReadOnly` before anything reaches a socket. This is
 * the one place where it is decided, below every call a client has. Closing it closes the transport.
 */
export const restrictWrites = (transport: Transport, policy: WritePolicy): Transport => {
  if (policy === 'all') return transport;
  const guarded =
    <R>(pass: (request: KubeRequest) => Promise<R>) =>
    (request: KubeRequest): Promise<R> =>
      isAllowed(policy, request) ? pass(request) : Promise.reject(refusal(policy, request));
  return {
    send: guarded((request) => transport.send(request)),
    stream: guarded((request) => transport.stream(request)),
    close: () => transport.close(),
  };
};
