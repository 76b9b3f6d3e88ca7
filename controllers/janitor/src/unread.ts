import { isForbidden, isNotFound, type Resource } from '@kube-steward/kube';
import { kindId } from './keys.ts';

/**
 * What a kind was asked for, or why it cannot be told. A kind that is not found any more may be served in another version: it
 * is gone when discovery says so.
 */
export const unlessUnread = async <T>(resource: Resource, ask: () => Promise<T>): Promise<T | string> => {
  try {
    return await ask();
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return `${kindId(resource)} cannot be listed: ${error.message}`;
    throw error;
  }
};
