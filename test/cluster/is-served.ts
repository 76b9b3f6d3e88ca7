import { isNotFound } from '@kube-steward/kube';

/** Makes an object of a kind that was defined just now. @returns false: the kind is not served yet */
export const isServed = async (create: () => Promise<unknown>): Promise<boolean> => {
  try {
    await create();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};
