/**
 * What the exit status of every command means.
 *
 * | status | meaning                                                                     |
 * | ------ | --------------------------------------------------------------------------- |
 * | 0      | done                                                                        |
 * | 1      | error: API, forbidden, or only a part could be done                         |
 * | 2      | there are changes (only with `--detailed-exitcode`)                         |
 * | 3      | invalid value in a flag, the environment, a file, or an annotation to check |
 * | 64     | unknown flag or command, or wrong shape of the arguments                    |
 * | 130    | interrupted                                                                 |
 */
export const EXIT = { ok: 0, error: 1, changes: 2, invalid: 3, usage: 64, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
