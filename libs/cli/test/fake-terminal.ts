import { createTerminal } from '../src/index.ts';
import type { Terminal } from '../src/index.ts';

/** A terminal that keeps what is written; `isTTY` makes both streams terminals of 80 columns. */
export const fakeTerminal = (
  options: { isTTY?: boolean; env?: Record<string, string>; color?: 'auto' | 'always' | 'never' } = {},
): Terminal & { written: { out: string; err: string } } => {
  const written = { out: '', err: '' };
  const tty = options.isTTY ? { isTTY: true, columns: 80 } : {};
  const terminal = createTerminal({
    stdout: { ...tty, write: (text) => (written.out += text) },
    stderr: { ...tty, write: (text) => (written.err += text) },
    env: options.env ?? {},
    ...(options.color && { color: options.color }),
  });
  return { ...terminal, written };
};
