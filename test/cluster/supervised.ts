import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A program that ends with us, however we end. */
export interface Supervised {
  readonly name: string;
  /** Its process id. */
  pid(): Promise<number>;
  /** Resolves once it is gone. */
  stop(): Promise<void>;
  /** The end of what it wrote. */
  log(): string;
  readonly ended: Promise<void>;
}

/**
 * The shell starts the program, and kills it as soon as its own standard input closes: that happens when we close it, and
 * when we die of anything, SIGKILL included.
 */
const KEEPER =
  '"$@" </dev/null & child=$!; echo "$child" >&3; cat >/dev/null; kill -9 "$child" 2>/dev/null; wait; ' +
  // Others may still write into the folder for a moment.
  '[ -z "$REMOVED" ] || rm -rf "$REMOVED" 2>/dev/null || { sleep 1; rm -rf "$REMOVED"; }';

/** How much of a log is shown when something went wrong. */
const LOG_CHARACTERS = 4000;

/** Starts a program; what it writes goes to a file. */
export const supervise = (
  name: string,
  command: readonly string[],
  { logFile, removes = '' }: { readonly logFile: string; /** A folder that goes with it. */ readonly removes?: string },
): Supervised => {
  const output = openSync(logFile, 'a');
  const child = spawn('sh', ['-c', KEEPER, name, ...command], {
    stdio: ['pipe', output, output, 'pipe'],
    env: { ...process.env, REMOVED: removes },
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    name,
    pid: pidOf(child),
    stop: () => {
      child.stdin?.end();
      return ended;
    },
    log: () => readFileSync(logFile, 'utf8').slice(-LOG_CHARACTERS),
    ended,
  };
};

/** The shell tells it on descriptor 3. */
const pidOf = (child: ChildProcess): (() => Promise<number>) => {
  const told = new Promise<number>((resolve, reject) => {
    child.stdio[3]?.once('data', (data: Buffer) => resolve(Number(data.toString())));
    child.once('error', reject);
  });
  return () => told;
};
