import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createTerminal, runCommand, type Terminal } from '@kube-steward/cli';
import type { Test } from 'tap';
import { rootCommand } from '../src/root.ts';

/** The folder of the manifests and configurations that tests are run on. */
export const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

/** When most fixtures are looked at: a Friday, 20:41 in Berlin. */
export const FRIDAY_EVENING = '2026-11-20T19:41:00Z';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  /** Both streams are terminals of so many columns. */
  readonly columns?: number;
  /** What the person at the terminal answers; without it nobody is there. */
  readonly answer?: string;
}

/** A terminal that keeps what is written to it; `onOut` is told of each write to standard output. */
export const fakeTerminal = (
  { env = {}, columns, answer }: Circumstances = {},
  onOut: (text: string) => void = () => undefined,
): { terminal: Terminal; written: { out: string; err: string } } => {
  const written = { out: '', err: '' };
  const tty = columns === undefined ? {} : { isTTY: true, columns };
  const write = (text: string): void => {
    written.out += text;
    onOut(text);
  };
  const stderr = { ...tty, write: (text: string) => (written.err += text) };
  const stdin = answer === undefined ? undefined : Object.assign(Readable.from([`${answer}\n`]), { isTTY: true });
  const streams = { stdout: { ...tty, write }, stderr, ...(stdin && { stdin }) };
  return { terminal: createTerminal({ ...streams, env }), written };
};

/** Runs a command in this process, in UTC, and catches what it writes. */
export const steward = async (argv: readonly string[], circumstances: Circumstances = {}): Promise<Outcome> => {
  const env = { TZ: 'UTC', ...circumstances.env };
  const { terminal, written } = fakeTerminal({ ...circumstances, env });
  const code = await runCommand(rootCommand, { argv, env, terminal, onlyOwnEnv: true });
  return { code, ...written };
};

/** Compares text with `golden/<name>`; with UPDATE_GOLDEN set, the file is written instead. */
export const matchesGolden = (t: Test, name: string, text: string): void => {
  const path = new URL(`golden/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(path, text);
  t.equal(text, readFileSync(path, 'utf8'), name);
};
