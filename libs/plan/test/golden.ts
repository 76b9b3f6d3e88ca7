import { readFileSync, writeFileSync } from 'node:fs';

import type { Test } from 'tap';

/** Compares text with `golden/<name>`; with UPDATE_GOLDEN set, the file is written instead. */
export const matchesGolden = (t: Test, name: string, text: string): void => {
  const path = new URL(`golden/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(path, text);
  t.equal(text, readFileSync(path, 'utf8'), name);
};
