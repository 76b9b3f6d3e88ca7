import { EXIT } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';

/** One thing wrong with what a user wrote. */
export interface Problem {
  /** `usage`: unknown flag or command, wrong shape. `invalid`: a value that is not allowed. */
  readonly kind: 'usage' | 'invalid';
  /** The flag, the environment name, or `file:line:column`; absent when the whole command line is meant. */
  readonly where?: string;
  /** What came, and what is allowed. */
  readonly message: string;
  /** The source line with a caret under the place. */
  readonly excerpt?: string;
}

export type CliErrorCode = 'Usage' | 'Invalid';

/**
 * Everything wrong with a command line, the environment and the config file, at once. `exitCode` is 64 as soon as one
 * problem is one of usage, else 3.
 */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];
  /** Where to read more, for a person. */
  readonly hint: string | undefined;

  constructor(problems: readonly Problem[], { hint, ...options }: ErrorOptions & { readonly hint?: string } = {}) {
    super(problems.map(formatProblem).join('\n'), options);
    this.name = 'CliError';
    this.problems = problems;
    this.hint = hint;
    this.code = problems.some((problem) => problem.kind === 'usage') ? 'Usage' : 'Invalid';
    this.exitCode = this.code === 'Usage' ? EXIT.usage : EXIT.invalid;
  }
}

/**
 * Thrown by an option's parser for a value read from a config file, to point inside it: `path` leads from the option's
 * value to the bad part. Several are thrown together as an `AggregateError`.
 */
export class BadValue extends Error {
  readonly path: readonly (string | number)[];

  constructor(message: string, path: readonly (string | number)[] = []) {
    super(message);
    this.name = 'BadValue';
    this.path = path;
  }
}

/** `where: message`, and below it the excerpt, if there is one. */
export const formatProblem = ({ where, message, excerpt }: Problem): string => {
  const line = where === undefined ? message : `${where}${excerpt === undefined ? ':' : ' '} ${message}`;
  return excerpt === undefined ? line : `${line}\n${excerpt}`;
};

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
