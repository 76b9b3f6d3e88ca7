import t, { type Test } from 'tap';
import { seededRandom } from '@kube-steward/schedule';
import { steward } from './steward.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const OBJECTS = 2000;

type Random = ReturnType<typeof seededRandom>;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const oneOf = <T>(random: Random, values: readonly T[]): T => values[below(random, values.length)] as T;
const iso = (at: number): string => new Date(at).toISOString().replace('.000', '');

/** What both read, and read alike. */
const COMMON = {
  'janitor/ttl': ['1s', '8h', '08h', '3d', '40d', '2w', 'forever', 'FOREVER', '0s', ''],
  'janitor/expires': [
    '2026-11-01',
    '2026-11-19T10:00',
    '2026-11-20T11:59:00Z',
    '2026-11-25T00:00:00Z',
    '2027-01-01',
    '',
  ],
  deployed: ['2026-11-19T10:00:00Z', '2026-11-01T10:00:00Z'],
} as const;
/** What one of the two cannot read, or reads otherwise. */
const ODD = {
  'janitor/ttl': ['1d12h', '3 days', '1y', '-1h'],
  'janitor/expires': ['2026-11-19T10:00:00+01:00', '2026-11-19T10:00:00', 'soon', '2026-02-30'],
  'janitor/tll': ['1d'],
  'helm.sh/resource-policy': ['keep'],
  deployed: ['2026-11-19T10:00:00+01:00', 'yesterday'],
} as const;

const RULES = `rules:
  - {id: keep, resources: [deployments, configmaps], jmespath: "metadata.labels.keep", ttl: forever}
  - {id: preview, resources: [deployments, services], jmespath: "metadata.labels.preview && !(metadata.annotations.x)", ttl: 3d}
  - {id: idle, resources: [deployments], jmespath: "spec.replicas == \`0\`", ttl: 9d}
  - {id: sized, resources: [deployments], jmespath: "spec.replicas > \`5\` || spec.replicas", ttl: 12d}
  - {id: ancient, resources: ['*'], jmespath: "metadata.creationTimestamp < '2026-11-05'", ttl: 14d}
  - {id: kinds, resources: [pods], jmespath: "kind == 'Pod'", ttl: 1s}
`;

const KINDS = [
  ['apps/v1', 'Deployment'],
  ['v1', 'ConfigMap'],
  ['v1', 'Pod'],
  ['v1', 'Service'],
] as const;

const some = (random: Random, values: Readonly<Record<string, readonly string[]>>, oneIn: number) =>
  Object.entries(values).flatMap(([key, texts]) =>
    below(random, oneIn) === 0 ? [[key, oneOf(random, texts)] as const] : [],
  );

const objectOf = (random: Random, index: number, odd: boolean) => {
  const [apiVersion, kind] = oneOf(random, KINDS);
  return {
    ...{ apiVersion, kind },
    metadata: {
      name: `o-${index}`,
      namespace: oneOf(random, ['shop', 'lab', 'kube-system']),
      creationTimestamp: iso(NOW - below(random, 30) * DAY_MS - below(random, 24) * 3_600_000),
      annotations: Object.fromEntries([...some(random, COMMON, 3), ...(odd ? some(random, ODD, 6) : [])]),
      labels: Object.fromEntries(some(random, { keep: ['yes', ''], preview: ['yes'], app: ['web'] }, 3)),
    },
    ...(kind === 'Deployment' && below(random, 3) > 0 && { spec: { replicas: oneOf(random, [0, 1, 8]) } }),
  };
};

interface Difference {
  readonly object: { readonly name: string };
  readonly kind: string;
  readonly old: { readonly reason: string };
  readonly new: { readonly reason: string };
}

const differences = async (t: Test, seed: number, odd: boolean) => {
  const random = seededRandom(seed);
  const items = Array.from({ length: OBJECTS }, (_, index) => objectOf(random, index, odd));
  process.chdir(
    t.testdir({ 'all.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'rules.yaml': RULES }),
  );
  const { code, out, err } = await steward([
    ...['migrate', 'check', '--from', 'kube-janitor', '--manifests', 'all.json', '--old-rules', 'rules.yaml'],
    ...['--old-args=--deployment-time-annotation=deployed', '--at', iso(NOW), '-o', 'json'],
  ]);
  t.equal(code, 0, err);
  const document = JSON.parse(out) as { differences: Difference[]; runEnds: unknown[]; summary: { compared: number } };
  t.equal(document.summary.compared, OBJECTS);
  return { ...document, annotations: new Map(items.map(({ metadata }) => [metadata.name, metadata.annotations])) };
};

t.test('whatever both can read has the same fate under both', async (t) => {
  const { differences: found, runEnds } = await differences(t, 7, false);
  t.same(found, []);
  t.same(runEnds, []);
});

t.test('where they part, it is for a value that one of the two reads otherwise', async (t) => {
  const { differences: found, annotations } = await differences(t, 11, true);
  const kinds = new Set(found.map(({ kind }) => kind));
  t.same([...kinds].sort(), ['AgeBasis', 'BadValueHere', 'BadValueThere', 'Protected', 'Rules']);
  for (const { object, kind, old, new: ours } of found) {
    const own = Object.entries(annotations.get(object.name) ?? {});
    const isOdd = own.some(([key, value]) =>
      (ODD as Readonly<Record<string, readonly string[]>>)[key]?.includes(value),
    );
    if (!isOdd) t.fail(`${object.name}: ${kind}: ${old.reason} / ${ours.reason}`);
  }
  t.ok(found.length > 100);
});
