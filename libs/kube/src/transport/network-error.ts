import { KubeApiError } from '../errors.ts';
import type { Method } from '../request.ts';

const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The error for a request that got no answer, or not all of it. `method` tells what a reset may have done. */
export const networkError = (subject: string, cause: NodeJS.ErrnoException, method: Method): KubeApiError => {
  if (cause instanceof KubeApiError) return new KubeApiError(cause.code, `${subject}: ${cause.message}`, { cause });
  const code = cause.code?.startsWith('HPE_') ? 'InvalidResponse' : 'Network';
  const hint = hintFor(cause, method);
  return new KubeApiError(code, `${subject}: ${messageOf(cause)}${hint ? ` (${hint})` : ''}`, { cause });
};

/** A host with several addresses fails with one error for each, and no message of its own. */
const messageOf = (cause: NodeJS.ErrnoException): string => {
  if (cause.message) return cause.message;
  const parts = cause instanceof AggregateError ? cause.errors.map((part: unknown) => (part as Error).message) : [];
  return parts.join('; ') || cause.code || 'failed';
};

const hintFor = (cause: NodeJS.ErrnoException, method: Method): string | undefined => {
  const { code = '' } = cause;
  if (UNTRUSTED.has(code))
    return "the server's certificate is not trusted: check certificate-authority in the kubeconfig";
  if (code === 'EPROTO') return 'does the server speak TLS? check the scheme of its URL';
  if (code.startsWith('HPE_')) return 'this is not HTTP: check the scheme and port of the server';
  const isWrite = method !== 'GET' && method !== 'HEAD';
  if (isWrite && (code === 'ECONNRESET' || code === 'EPIPE')) return 'it may have been carried out: not tried again';
  return undefined;
};
