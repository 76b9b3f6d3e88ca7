import { KubeApiError, type KubeErrorCode } from '@kube-steward/kube';
import { StewardError } from './errors.ts';

/** What somebody at a laptop can do about it. */
const ADVICE: { readonly [Code in KubeErrorCode]?: string } = {
  Network: 'is the cluster up, and is it reached through a VPN or a proxy? --context chooses another one',
  Timeout: '--request-timeout allows more time',
  Unauthorized: 'log in again, or choose another user with --context',
  Forbidden: 'ask for the right to do this, or act as somebody else with --as',
  TooManyRequests: 'the server is busy: try again later',
  Unavailable: 'the server is not ready: try again later',
  InvalidResponse: 'is the server of this context the API server itself?',
};

/** The failure of a request as one line: which context, what failed, and what to do. Other errors are handed back. */
export const apiFailure = (error: unknown, context: string): unknown => {
  if (!(error instanceof KubeApiError)) return error;
  const advice = ADVICE[error.code];
  const message = error.message.replaceAll(/\s*\n\s*/g, '; ');
  return new StewardError('Api', `context ${context}: ${message}${advice === undefined ? '' : ` (${advice})`}`, {
    cause: error,
  });
};
