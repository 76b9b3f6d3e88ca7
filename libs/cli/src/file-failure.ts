import { messageOf } from './errors.ts';

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'a link that leads back to itself',
};

/** Why a file could not be read, in a person's words and without its path: whoever tells it names that. */
export const fileFailure = (error: unknown): string => {
  const { code = '' } = error as { readonly code?: string };
  return REASONS[code] ?? messageOf(error);
};
