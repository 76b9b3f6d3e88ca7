import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { decodeProtobuf } from '@kube-steward/sandbox';
import { runGoClient } from './go-client.ts';

const SEED = process.env['SEED'] ?? '1';
const OBJECTS_A_KIND = '5';

interface Encoded {
  readonly protobuf: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Without what protobuf leaves out and JSON may write as null: no value, no items, no bytes. */
const withoutNothing = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutNothing(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isNothing(inner)));
};

const isNothing = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

t.test('objects of every kind are in protobuf what they are in JSON', async (t) => {
  const objects = (await runGoClient(['objects', SEED, OBJECTS_A_KIND])) as Encoded[];
  for (const { protobuf, json } of objects) {
    const read = withoutNothing(decodeProtobuf(Buffer.from(protobuf, 'base64')));
    if (!isDeepStrictEqual(read, withoutNothing(json))) t.same(read, withoutNothing(json), String(json['kind']));
  }
  const kinds = new Set(objects.map(({ json }) => `${String(json['apiVersion'])} ${String(json['kind'])}`));
  t.ok(kinds.size >= 40, `${objects.length} objects of ${kinds.size} kinds`);
});
