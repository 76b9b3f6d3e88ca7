/** What a path means. */
export type Target =
  | {
      readonly type: 'resource';
      readonly group: string;
      readonly version: string;
      readonly plural: string;
      readonly namespace?: string;
      readonly name?: string;
      readonly subresource?: string;
    }
  | { readonly type: 'versions' }
  | { readonly type: 'groups' }
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'resources'; readonly group: string; readonly version: string }
  | { readonly type: 'other'; readonly path: string };

export type ResourceTarget = Extract<Target, { type: 'resource' }>;

/** `/api/v1/…` is the core group, `/apis/GROUP/VERSION/…` every other; all else is not about resources. */
export const targetOf = (pathname: string): Target => {
  const segments = decoded(pathname);
  const [root, ...rest] = segments;
  if (root === 'api') return underVersion('', rest);
  if (root !== 'apis') return { type: 'other', path: pathname };
  const [group, ...below] = rest;
  if (group === undefined) return { type: 'groups' };
  return below.length === 0 ? { type: 'group', group } : underVersion(group, below);
};

const decoded = (pathname: string): string[] => {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  return pathname.includes('%') ? segments.map(decodeURIComponent) : segments;
};

const underVersion = (group: string, segments: readonly string[]): Target => {
  const [version, ...rest] = segments;
  if (version === undefined) return { type: 'versions' };
  if (rest.length === 0) return { type: 'resources', group, version };
  const [first, second, third] = rest;
  const isNamespaced = first === 'namespaces' && third !== undefined && !isNamespaceSubresource(group, rest);
  const [plural, name, ...subresource] = isNamespaced ? rest.slice(2) : rest;
  return {
    type: 'resource',
    group,
    version,
    plural: plural ?? '',
    ...(isNamespaced && second !== undefined ? { namespace: second } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource.length > 0 ? { subresource: subresource.join('/') } : {}),
  };
};

/** `/api/v1/namespaces/NAME/status` is about the namespace itself. */
const isNamespaceSubresource = (group: string, segments: readonly string[]): boolean =>
  group === '' && segments.length === 3 && (segments[2] === 'status' || segments[2] === 'finalize');

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** The API's verb for a method on an object or a collection. */
export const verbOf = (method: string, target: Target, query: URLSearchParams): Verb | undefined => {
  const isCollection = target.type === 'resource' && target.name === undefined;
  switch (method) {
    case 'HEAD':
      return target.type === 'resource' ? undefined : 'get';
    case 'GET':
      if (!isCollection) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
};

/** How query parameters spell true. */
export const isTrue = (text: string | null): boolean => text === 'true' || text === '1';
