import { KubeApiError } from '../errors.ts';

/** A patch that is no patch: the API server answers it with 400. */
export const malformedPatch = (message: string): KubeApiError =>
  new KubeApiError('InvalidPatch', message, { status: 400, reason: 'BadRequest' });

/** A patch that does not fit the object, a failed `test` for one: the API server answers it with 422. */
export const inapplicablePatch = (message: string): KubeApiError =>
  new KubeApiError('InvalidPatch', message, { status: 422, reason: 'Invalid' });

/** A patch the API server trips over: it answers 500, and gives no reason. */
export const unexplainedPatch = (message: string): KubeApiError =>
  new KubeApiError('InvalidPatch', message, { status: 500, reason: 'InternalError' });
