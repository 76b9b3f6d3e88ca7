import { inflateRawSync } from 'node:zlib';

const TAR_BLOCK = 512;

/** One file of an uncompressed tar archive, by its whole path. */
export const fileOfTar = (tar: Buffer, path: string): Buffer => {
  for (let at = 0; at + TAR_BLOCK <= tar.length;) {
    const text = (from: number, length: number): string =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const [name, prefix] = [text(0, 100), text(345, 155)];
    const begin = at + TAR_BLOCK;
    if ((prefix ? `${prefix}/${name}` : name) === path) return tar.subarray(begin, begin + size);
    at = begin + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  throw new Error(`the archive has no file ${path}`);
};

const END_OF_DIRECTORY = 0x06054b50;
const DEFLATED = 8;

/** One file of a zip archive, by its whole path. Archives of more than 4 GB are not understood. */
export const fileOfZip = (zip: Buffer, path: string): Buffer => {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('no zip archive');
  const entries = zip.readUInt16LE(end + 10);
  for (let at = zip.readUInt32LE(end + 16), seen = 0; seen < entries; seen++) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    if (name === path) return contentOf(zip, at);
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  throw new Error(`the archive has no file ${path}`);
};

/** The names' length may differ between the directory and the file's own header, so the latter says where it begins. */
const contentOf = (zip: Buffer, entry: number): Buffer => {
  const header = zip.readUInt32LE(entry + 42);
  const begin = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const packed = zip.subarray(begin, begin + zip.readUInt32LE(entry + 20));
  return zip.readUInt16LE(entry + 10) === DEFLATED ? inflateRawSync(packed) : packed;
};
