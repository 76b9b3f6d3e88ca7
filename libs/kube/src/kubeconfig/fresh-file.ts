import { readFile } from 'node:fs/promises';

import type { Clock } from '@kube-steward/schedule';

import { invalidConfig } from './config-files.ts';

/** Tokens and certificates of mounted volumes are replaced while we run, long before the old ones expire. */
const REREAD_AFTER_MS = 10_000;

/** A file whose content may change: read again when the last reading is older than ten seconds. */
export interface FreshFile {
  /** The same buffer as long as the content is the same. Throws KubeApiError `InvalidConfig` when it was never readable. */
  read(): Promise<Buffer>;
  /** The next `read` goes to the file. */
  invalidate(): void;
}

/** A file that cannot be read again for a while (it is being replaced) is as it was. `subject` names it in errors. */
export const createFreshFile = (file: string, subject: string, clock: Clock): FreshFile => {
  let content: Buffer | undefined;
  let readAt = -Infinity;
  return {
    async read() {
      if (content && clock.monotonic() - readAt < REREAD_AFTER_MS) return content;
      try {
        const bytes = await readFile(file);
        if (!content?.equals(bytes)) content = bytes;
        readAt = clock.monotonic();
      } catch (cause) {
        if (!content) throw invalidConfig(`cannot read ${subject} ${file}: ${(cause as Error).message}`, cause);
      }
      return content;
    },
    invalidate() {
      readAt = -Infinity;
    },
  };
};
