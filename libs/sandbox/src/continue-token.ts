import { badRequest } from './errors.ts';

/** Where a paged list goes on: after which key, at which revision; -1 means at the newest one. */
export interface ContinueToken {
  readonly revision: number;
  /** The first key that may come next, relative to the listed prefix. */
  readonly start: string;
}

/** The API's own token: opaque to clients, but of the form the real server uses. */
export const encodeContinue = ({ revision, start }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `/${start}` })).toString('base64url');

/** Reads a token; 400 for one this server cannot have given out. */
export const decodeContinue = (text: string): ContinueToken => {
  const token = parse(text);
  if (token.v !== 'meta.k8s.io/v1') {
    throw badRequest(
      `invalid continue token: continue key is not valid: server does not recognize this encoded version ${String(token.v)}`,
    );
  }
  if (!token.rv) {
    throw badRequest(
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    );
  }
  if (!token.start) {
    throw badRequest(
      'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    );
  }
  return { revision: token.rv, start: token.start.replace(/^\//, '') };
};

const parse = (text: string): { v?: string; rv?: number; start?: string } => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as { v?: string; rv?: number; start?: string };
  } catch (cause) {
    throw badRequest(`invalid continue token: continue key is not valid: ${(cause as Error).message}`);
  }
};
