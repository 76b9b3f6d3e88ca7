import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LENGTH = 12;

/** Stands for the Go sources in a folder, and for what they are built with: another one as soon as any of them changes. */
export const contentHash = (folder: string): string => {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (/\.go$|^go\.(mod|sum)$/.test(name))
      hash
        .update(`${name}\0`)
        .update(readFileSync(join(folder, name)))
        .update('\0');
  }
  return hash.digest('hex').slice(0, LENGTH);
};
