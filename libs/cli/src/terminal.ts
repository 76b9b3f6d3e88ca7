import { createInterface } from 'node:readline';
import { styleText } from 'node:util';

import { truncate } from './display-width.ts';
import type { Environment } from './resolve-options.ts';

export type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';
/** The values of `--color`. */
export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** Colours and weights a text, or leaves it as it is where colour is off. */
export type Style = (name: StyleName, text: string) => string;

/** What is needed of a stream; `process.stdout` and `process.stderr` fit. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What is needed of standard input; `process.stdin` fits. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

/** Where a command writes to: data to `out`, everything else to `err`. */
export interface Terminal {
  /** Writes to standard output, adding a newline at the end where there is none. An empty text writes nothing. */
  out(text: string): void;
  /** The same to standard error. */
  err(text: string): void;
  /** Style for standard output. */
  readonly style: Style;
  /** Style for standard error. */
  readonly errStyle: Style;
  /** Columns of standard output; `undefined` when it is no terminal, so that nothing is cut. */
  readonly width: number | undefined;
  /** Whether standard output is a terminal. */
  readonly isTTY: boolean;
  /** Whether status lines are shown. */
  readonly showsStatus: boolean;
  /** Shows one line on standard error in place of the one before; `''` removes it. Nothing where that is no terminal. */
  status(text: string): void;
  /** Whether somebody is there to answer: standard input is a terminal. */
  readonly isInteractive: boolean;
  /** Asks on standard error and waits for a line; `undefined` when nobody can answer, or standard input has ended. */
  ask(question: string): Promise<string | undefined>;
  /** The same terminal, with colour as a user chose it. */
  withColor(color: ColorChoice): Terminal;
}

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Without it nobody can be asked. */
  readonly stdin?: InputStream;
  readonly env: Environment;
  readonly color?: ColorChoice;
}

const CLEAR_LINE = '\r\u001b[K';

/** A terminal over two streams. Whether a stream gets colour is decided here, once. */
export const createTerminal = (options: TerminalOptions): Terminal => {
  const { stdout, stderr, stdin, env, color = 'auto' } = options;
  const isTTY = stdout.isTTY === true;
  const showsStatus = stderr.isTTY === true && env['TERM'] !== 'dumb';
  let hasStatus = false;
  const clearStatus = (): void => {
    if (hasStatus) stderr.write(CLEAR_LINE);
    hasStatus = false;
  };
  const writeTo = (stream: OutputStream) => (text: string) => {
    clearStatus();
    if (text !== '') stream.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  return {
    out: writeTo(stdout),
    err: writeTo(stderr),
    style: styleFor(hasColor(stdout, env, color)),
    errStyle: styleFor(hasColor(stderr, env, color)),
    width: isTTY ? stdout.columns : undefined,
    isTTY,
    showsStatus,
    status: (text) => {
      if (!showsStatus) return;
      clearStatus();
      if (text === '') return;
      stderr.write(truncate(text, (stderr.columns ?? 80) - 1));
      hasStatus = true;
    },
    isInteractive: stdin?.isTTY === true,
    ask(question) {
      if (stdin?.isTTY !== true) return Promise.resolve(undefined);
      clearStatus();
      stderr.write(question);
      return readLine(stdin);
    },
    withColor: (choice) => createTerminal({ ...options, color: choice }),
  };
};

/** Line editing is the terminal's own, so that Ctrl-C interrupts as everywhere. */
const readLine = (input: NodeJS.ReadableStream): Promise<string | undefined> =>
  new Promise((resolve) => {
    const lines = createInterface({ input, terminal: false });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
  });

/**
 * | `--color` | FORCE_COLOR | NO_COLOR  | TERM=dumb, or no terminal | colour |
 * | --------- | ----------- | --------- | ------------------------- | ------ |
 * | always    |             |           |                           | yes    |
 * | never     |             |           |                           | no     |
 * | auto      | not 0       |           |                           | yes    |
 * | auto      | 0           |           |                           | no     |
 * | auto      | unset       | not empty |                           | no     |
 * | auto      | unset       | unset     | yes                       | no     |
 * | auto      | unset       | unset     | no                        | yes    |
 */
export const hasColor = (stream: OutputStream, env: Environment, choice: ColorChoice = 'auto'): boolean => {
  if (choice !== 'auto') return choice === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
};

const styleFor = (isColored: boolean): Style =>
  isColored ? (name, text) => styleText(name, text, { validateStream: false }) : (_, text) => text;
