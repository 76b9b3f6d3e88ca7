import { join } from 'node:path';
import { findFile } from './binaries.ts';
import { supervise, type Supervised, type SupervisedOptions } from './supervised.ts';

/** The running programs of one cluster, and the folder they share. */
export interface Programs {
  /** Where a file of the cluster is. */
  readonly path: (name: string) => string;
  /** Starts a program by the name of its file; its log goes to the folder. */
  run(file: string, args: readonly string[], options?: Omit<SupervisedOptions, 'logFile'>): Supervised;
  pids(): Promise<number[]>;
  /** Kills all of them. */
  stop(): Promise<void>;
}

/** @param folder - exists already */
export const createPrograms = (folder: string): Programs => {
  const started: Supervised[] = [];
  const path = (name: string): string => join(folder, name);
  return {
    path,
    run(file, args, options) {
      const program = supervise(file, [findFile(file), ...args], { ...options, logFile: path(`${file}.log`) });
      started.push(program);
      return program;
    },
    pids: () => Promise.all(started.filter((program) => !program.hasEnded()).map((program) => program.pid())),
    stop: async () => {
      await Promise.all(started.map((program) => program.stop()));
    },
  };
};
