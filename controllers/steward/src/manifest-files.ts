import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, messageOf } from '@kube-steward/cli';

/** The name that `-` goes by in messages and plans. */
export const STDIN = 'stdin';

/** A file's text, or why it could not be read. */
export type ManifestFile =
  { readonly path: string; readonly text: string } | { readonly path: string; readonly failure: string };

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/**
 * The files that `--from` names, in the order of their paths: one file whatever it is called, a folder with everything
 * below it, or standard input for `-`.
 *
 * @throws CliError (exit code 3) when there is no such file or folder
 */
export const readFiles = async function* (from: string, stdin: AsyncIterable<unknown>): AsyncGenerator<ManifestFile> {
  if (from === '-') yield { path: STDIN, text: await textOf(stdin) };
  else for (const path of pathsOf(from)) yield readOne(path);
};

const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as string | Buffer));
  return Buffer.concat(chunks).toString();
};

const pathsOf = (from: string): string[] => {
  try {
    if (!statSync(from).isDirectory()) return [from];
    return readdirSync(from, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && EXTENSIONS.some((extension) => entry.name.endsWith(extension)))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    throw new CliError([{ kind: 'invalid', where: '--from', message: messageOf(cause) }], { cause });
  }
};

const readOne = (path: string): ManifestFile => {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { path, failure: messageOf(error) };
  }
};
