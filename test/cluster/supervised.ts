import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { until } from './until.ts';

/** A program that ends with us, however we end. */
export interface Supervised {
  readonly name: string;
  /** Its process id. */
  pid(): Promise<number>;
  /** Whether it ended, by itself or because it was stopped. */
  hasEnded(): boolean;
  /** Kills it. Resolves once it is gone. */
  stop(): Promise<void>;
  /** The end of what it wrote. */
  log(): string;
}

export interface SupervisedOptions {
  /** Where it writes to. */
  readonly logFile: string;
  /** What it gets beside our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder that goes with it. */
  readonly removes?: string;
}

/**
 * The shell starts the program, and kills it as soon as its own standard input closes: that happens when we close it, and
 * when we die of anything, SIGKILL included. On descriptor 3 it tells the process id, and later that the program ended.
 */
const KEEPER = `
exec 4<&0
"$@" </dev/null 3>&- 4<&- & program=$!
echo "$program" >&3
(cat <&4 >/dev/null; kill -9 "$program" 2>/dev/null) 3>&- & killer=$!
wait "$program"
(echo ended >&3) 2>/dev/null
kill "$killer" 2>/dev/null
cat <&4 >/dev/null
# Others may still write into the folder for a moment.
[ -z "$REMOVED" ] || rm -rf "$REMOVED" 2>/dev/null || { sleep 1; rm -rf "$REMOVED"; }
`;

/** How much of a log is shown when something went wrong. */
const LOG_CHARACTERS = 4000;

/** Starts a program. In a session of its own: Ctrl-C is for us, and we end it. */
export const supervise = (
  name: string,
  command: readonly string[],
  { logFile, env = {}, removes = '' }: SupervisedOptions,
): Supervised => {
  const output = openSync(logFile, 'a');
  const child = spawn('sh', ['-c', KEEPER, name, ...command], {
    stdio: ['pipe', output, output, 'pipe'],
    env: { ...process.env, ...env, REMOVED: removes },
    detached: true,
  });
  closeSync(output);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { pid, hasEnded } = listen(child.stdio[3] as Readable);
  return {
    name,
    pid: () => pid,
    hasEnded,
    stop: () => {
      child.stdin?.end();
      return gone;
    },
    log: () => readFileSync(logFile, 'utf8').slice(-LOG_CHARACTERS),
  };
};

/** Two lines come: the process id, and the end. */
const listen = (told: Readable): { pid: Promise<number>; hasEnded: () => boolean } => {
  let ended = false;
  const lines = createInterface({ input: told });
  const pid = new Promise<number>((resolve) => lines.once('line', (line) => resolve(Number(line))));
  lines.on('line', (line) => (ended ||= line === 'ended'));
  return { pid, hasEnded: () => ended };
};

/** Waits until a program serves. @throws Error with the end of its log; at once when it ended */
export const untilReady = (program: Supervised, isReady: () => Promise<boolean>): Promise<void> =>
  until(
    () => {
      if (program.hasEnded()) throw new Error(`${program.name} ended\n${program.log()}`);
      return isReady();
    },
    `${program.name} is ready`,
    () => program.log(),
  );
