import type { PodTemplate } from './wire.ts';

/** The alphabet of generated names: no vowels, no look-alikes. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HASH_LABELS = ['pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash'];

/** By JSON text as well: the same template comes out of the store as a new object after each write. */
const hashes = new Map<string, string>();
const hashesOfObjects = new WeakMap<PodTemplate, string>();
const MAX_KEPT = 10_000;

/**
 * A short hash of a pod template, the labels that carry such a hash left out, so that the template a ReplicaSet was made
 * from and the one inside it hash alike. FNV-1a over JSON with sorted keys.
 */
export const templateHash = (template: PodTemplate): string => {
  let hash = hashesOfObjects.get(template);
  if (hash === undefined) hashesOfObjects.set(template, (hash = hashOfText(template)));
  return hash;
};

const hashOfText = (template: PodTemplate): string => {
  const text = JSON.stringify(template);
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = encode(fnv1a(JSON.stringify(template, withoutHashes)));
  if (hashes.size >= MAX_KEPT) hashes.clear();
  hashes.set(text, hash);
  return hash;
};

const withoutHashes = (key: string, value: unknown): unknown => {
  if (HASH_LABELS.includes(key)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

const encode = (hash: number): string =>
  Array.from(String(hash), (digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
