import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from './archive.ts';
import { identityIn, type Archived } from './manifest.ts';

/** Years of previews, and little of a volume. */
const LARGEST_BYTES = 256 * 1024 * 1024;
const SUFFIX = '.json';

/** One file an object, named by the time of its deletion, so that names sort by age. */
export const openFolder = (path: string, largestBytes = LARGEST_BYTES): Archive => {
  /** Sizes by name, the oldest first; read once. */
  let sizes: Promise<Map<string, number>> | undefined;
  const readSizes = async (): Promise<Map<string, number>> => {
    try {
      return await (sizes ??= open(path));
    } catch (error) {
      sizes = undefined;
      throw error;
    }
  };
  return {
    async keep(archived) {
      const known = await readSizes();
      const name = nameOf(archived);
      const text = JSON.stringify(archived, undefined, 2);
      const file = join(path, name);
      // Whole or not at all: a crash in the middle leaves a file that no list takes for one.
      await writeFile(`${file}.part`, text, { mode: 0o600 });
      await rename(`${file}.part`, file);
      for (const earlier of [...known.keys()].filter((each) => each !== name && slotOf(each) === slotOf(name))) {
        known.delete(earlier);
        await rm(join(path, earlier), { force: true });
      }
      known.set(name, Buffer.byteLength(text));
      await makeRoom(path, known, largestBytes);
    },
    async list() {
      const names = await namesIn(path).catch(() => []);
      return Promise.all(names.reverse().map((name) => read(join(path, name))));
    },
  };
};

const nameOf = ({ deletedAt, manifest }: Archived): string =>
  `${deletedAt.replaceAll(/[-:.]/g, '')}-${identityIn(manifest)}${SUFFIX}`;

/** An object whose delete fails is kept before each attempt, and takes up one place: what follows the time in a name. */
const slotOf = (name: string): string => name.slice(name.indexOf('-') + 1);

const namesIn = async (path: string): Promise<string[]> =>
  (await readdir(path)).filter((name) => name.endsWith(SUFFIX)).sort();

const open = async (path: string): Promise<Map<string, number>> => {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const names = await namesIn(path);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size));
  return new Map(names.map((name, index) => [name, sizes[index] ?? 0]));
};

const makeRoom = async (path: string, sizes: Map<string, number>, largestBytes: number): Promise<void> => {
  let total = 0;
  for (const size of sizes.values()) total += size;
  for (const [name, size] of sizes) {
    if (total <= largestBytes) return;
    sizes.delete(name);
    total -= size;
    await rm(join(path, name), { force: true });
  }
};

const read = async (file: string): Promise<Archived> => JSON.parse(await readFile(file, 'utf8')) as Archived;
