import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** One figure: what was measured, what it should reach, what it reached. */
export interface Figure {
  readonly what: string;
  readonly bar: string;
  readonly reached: string;
  readonly met: boolean;
}

/** A group of figures measured together. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly Figure[]>;
}

/** A figure that should be at most (or, with `atLeast`, at least) so much. */
export const figure = (what: string, value: number, limit: number, unit: string, atLeast = false): Figure => ({
  what,
  bar: `${atLeast ? '≥' : '≤'} ${limit} ${unit}`,
  reached: `${Number(value.toPrecision(3))} ${unit}`,
  met: atLeast ? value >= limit : value <= limit,
});

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DOWNSCALER_BUNDLE = join(ROOT, 'controllers/downscaler/dist/main.mjs');
export const JANITOR_BUNDLE = join(ROOT, 'controllers/janitor/dist/main.mjs');
export const STEWARD_BUNDLE = join(ROOT, 'controllers/steward/dist/main.mjs');

/** A folder that is gone when `use` has ended. */
export const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'kube-steward-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A script of this folder as one file: no loader in the measured process. */
export const bundleScript = async (script: string, folder: string): Promise<string> => {
  const outfile = join(folder, `${script}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${script}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return outfile;
};

/** A process of its own that says things as lines of JSON. */
export interface Script {
  readonly process: ChildProcess;
  /** The next line it prints. */
  next(): Promise<Record<string, unknown>>;
  send(line: string): void;
  stop(): Promise<void>;
}

/** Starts a bundled script. What it writes to standard error is shown. */
export const startScript = (file: string, args: readonly string[], flags: readonly string[] = []): Script => {
  const child = spawn(process.execPath, [...flags, file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    process: child,
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ended before it answered`);
      return JSON.parse(value) as Record<string, unknown>;
    },
    send: (line) => void child.stdin.write(`${line}\n`),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
};

/** The best of several runs, by one number. */
export const bestOf = async <T>(runs: number, by: (result: T) => number, run: () => Promise<T>): Promise<T> => {
  let best = await run();
  for (let done = 1; done < runs; done += 1) {
    const next = await run();
    if (by(next) < by(best)) best = next;
  }
  return best;
};

/** The value below which a share of all values lies. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
