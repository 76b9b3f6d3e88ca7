import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findFile } from '../cluster/binaries.ts';

/** A program made with client-go (test/clients/go): it reads commands and writes JSON, line by line. */
export interface GoClient {
  /** The next line it has not been asked for yet; rejects when it ends without one. */
  next(): Promise<unknown>;
  /** Sends a command, and resolves with the line that answers it. */
  ask(command: string): Promise<unknown>;
  /** Ends its input: it ends in order. */
  finish(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

interface Owner {
  teardown(end: () => unknown): void;
}

/** How much of what it said on standard error is shown when it ended too early. */
const SHOWN_CHARACTERS = 2000;

/** Starts it; it is killed at the end of the test if it still runs. */
export const startGoClient = (
  t: Owner,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): GoClient => {
  const child = spawn(findFile('kube-clients'), args, { env: { ...process.env, ...env } });
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-SHOWN_CHARACTERS)));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done) throw new Error(`kube-clients ${args.join(' ')} has ended:\n${errors}`);
    return JSON.parse(line.value) as unknown;
  };
  return {
    next,
    ask: (command) => {
      child.stdin.write(`${command}\n`);
      return next();
    },
    finish: () => {
      child.stdin.end();
      return ended;
    },
    kill: (signal) => void child.kill(signal),
  };
};

/** Runs one to its end; resolves with what it wrote. */
export const runGoClient = async (args: readonly string[]): Promise<unknown[]> => {
  const limits = { maxBuffer: Infinity };
  const { stdout } = await promisify(execFile)(findFile('kube-clients'), args, limits);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
};
