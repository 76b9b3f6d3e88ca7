import type { PodTemplate } from './wire.ts';

/** The alphabet of generated names: no vowels, no look-alikes. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HASH_LABELS = ['pod-template-hash', 'rollouts-pod-template-hash', 'controller-revision-hash'];

const hashes = new WeakMap<PodTemplate, string>();

/**
 * A short hash of a pod template, the labels that carry such a hash left out, so that the template a ReplicaSet was made
 * from and the one inside it hash alike. FNV-1a over JSON with sorted keys.
 */
export const templateHash = (template: PodTemplate): string => {
  let hash = hashes.get(template);
  if (hash === undefined) hashes.set(template, (hash = encode(fnv1a(JSON.stringify(template, withoutHashes)))));
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
