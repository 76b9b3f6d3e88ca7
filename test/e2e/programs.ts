import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bundle = (name: string): string =>
  fileURLToPath(new URL(`../../controllers/${name}/dist/main.mjs`, import.meta.url));

/** What `npm run build` makes. */
export const BUNDLES = {
  downscaler: bundle('downscaler'),
  janitor: bundle('janitor'),
  steward: bundle('steward'),
} as const;

/** How a program ended, and all it said. */
export interface Outcome {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A process of a test's own. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
  /** Resolves with the match once it is on standard output or error; rejects when the process ends without it. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly input?: string;
  /** In a process group of its own, as a terminal has one: a signal to `-pid` reaches all of it. */
  readonly detached?: boolean;
}

interface Owner {
  teardown(end: () => unknown): void;
}

/** Starts a program; it is killed at the end of the test if it still runs. Nothing of the test runner's own environment gets in. */
export const start = (
  t: Owner,
  [command = '', ...args]: readonly string[],
  { env = {}, input, ...where }: ProgramOptions = {},
): Program => {
  const { PATH = '' } = process.env;
  const child = spawn(command, args, { ...where, env: { PATH, TZ: 'UTC', ...env } });
  t.teardown(() => child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...said }));
  });
  outcome.catch(() => undefined);
  return {
    child,
    outcome,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(said.out) ?? pattern.exec(said.err);
          if (found) resolve(found);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        look();
        outcome.then(
          ({ code }) =>
            reject(new Error(`ended with ${code} without saying ${String(pattern)}:\n${said.out}${said.err}`)),
          reject,
        );
      }),
  };
};

/** Runs a bundle with this Node. */
export const startBundle = (
  t: Owner,
  name: keyof typeof BUNDLES,
  args: readonly string[],
  options?: ProgramOptions,
): Program => start(t, [process.execPath, BUNDLES[name], ...args], options);

/** Runs a bundle to its end. */
export const runBundle = (
  t: Owner,
  name: keyof typeof BUNDLES,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Outcome> => startBundle(t, name, args, options).outcome;
