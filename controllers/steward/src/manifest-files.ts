import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, fileFailure, messageOf } from '@kube-steward/cli';

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
 * @throws CliError (exit code 3) when there is no such file or folder, or no manifest in it
 */
export const readFiles = async function* (from: string, stdin: AsyncIterable<unknown>): AsyncGenerator<ManifestFile> {
  if (from === '-') yield { path: STDIN, text: await textOf(stdin) };
  else for (const path of pathsOf(from)) yield readOne(path, path === from);
};

const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as string | Buffer));
  return Buffer.concat(chunks).toString();
};

const pathsOf = (from: string): string[] => {
  const paths = listed(from);
  if (paths.length > 0) return paths;
  const message = `no manifests in ${from} (files read: ${EXTENSIONS.map((extension) => `*${extension}`).join(' ')})`;
  throw new CliError([{ kind: 'invalid', where: '--from', message }]);
};

const listed = (from: string): string[] => {
  try {
    if (!statSync(from).isDirectory()) return [from];
    return readdirSync(from, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && EXTENSIONS.some((extension) => entry.name.endsWith(extension)))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    throw new CliError([{ kind: 'invalid', where: '--from', message: reasonOf(cause) }], { cause });
  }
};

/** A pipe is read where it is named, and never where it merely lies in a folder: nobody may write to it. */
const readOne = (path: string, isNamed: boolean): ManifestFile => {
  try {
    if (!isNamed && !statSync(path).isFile()) return { path, failure: 'no regular file' };
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { path, failure: reasonOf(error) };
  }
};

const reasonOf = (error: unknown): string => {
  const { code = '', path } = error as { readonly code?: string; readonly path?: string };
  const reason = fileFailure(error);
  return path === undefined || code === '' || reason === messageOf(error) ? reason : `${reason}: ${path}`;
};
