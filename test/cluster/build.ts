import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { folderOf } from './binaries.ts';
import type { Group } from './groups.ts';

/** How much of what Go said is shown when it failed. */
const LINES_SHOWN = 40;

/**
 * Makes one program of a group, or copies one of its files, into the cache. It gets its name there once it is whole, so that
 * several can do it at once, and an interrupted one leaves nothing that looks finished.
 *
 * @param onPackage - called for every package that is compiled or downloaded
 * @throws Error that says what to install, or what Go said
 */
export const make = async (group: Group, file: string, onPackage: () => void): Promise<void> => {
  const folder = folderOf(group);
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `.${file}.${process.pid}`);
  try {
    const source = group.programs[file];
    if (source === undefined) copyFileSync(await pathInModule(group, file), unfinished);
    else await build(group, source, unfinished, onPackage);
    renameSync(unfinished, join(folder, file));
  } finally {
    rmSync(unfinished, { force: true });
  }
};

const build = async (group: Group, source: string, target: string, onPackage: () => void): Promise<void> => {
  const flags = ['-v', '-trimpath', '-ldflags', `-s -w ${group.ldflags ?? ''}`, '-o', target];
  await go(group, ['build', ...flags, source], onPackage);
};

const pathInModule = async (group: Group, file: string): Promise<string> => {
  const { module = '', paths = [] } = group.files ?? {};
  const { Dir } = JSON.parse(await go(group, ['mod', 'download', '-json', module])) as { Dir: string };
  return join(Dir, paths.find((path) => basename(path) === file) ?? '');
};

/** Runs Go in the folder of the group's go.mod. Returns what it wrote to standard output. */
const go = (group: Group, args: readonly string[], onLine: () => void = () => undefined): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd: fileURLToPath(new URL(`go/${group.folder}`, import.meta.url)),
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    const said: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      onLine();
    });
    child.once('error', ({ message }) =>
      reject(
        new Error(`${message}: install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with what is missing`),
      ),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve(out);
      else
        reject(
          new Error(`go ${args[0] ?? ''} ended with ${code ?? signal ?? ''}\n${said.slice(-LINES_SHOWN).join('\n')}`),
        );
    });
  });
