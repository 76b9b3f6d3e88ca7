import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { apiVersionOf, getPointer, setPointer, type KubeObject } from '@kube-steward/kube';
import { customObject } from '@kube-steward/sandbox';
import { KINDS, type KindRow } from '../src/kinds.ts';
import { parseScaleTarget } from '../src/scale-target.ts';
import { sizePaths } from '../src/sizes.ts';
import { custom } from './cycle.ts';
import { carriedOut, decisionsOn, inShort } from './decisions.ts';

const SCALE_TARGETS = [
  'example.org/v1/engines:/spec/suspend=true',
  'example.org/v1/pumps:/spec/enabled=false',
  'example.org/v1/modes:/spec/mode=off',
  'example.org/v1/notes:/metadata/annotations/example.org~1paused=true',
  'example.org/v1/caches:/spec/size=1',
];
const ROWS: readonly KindRow[] = [...KINDS, ...SCALE_TARGETS.map((target) => parseScaleTarget(target))];
const included = (row: KindRow): string =>
  row.resource.group ? `${row.resource.plural}.${row.resource.group}` : row.resource.plural;

const TEXTS = ['', '0', '1', '2', '-1', '07', 'False', 'false', 'true', 'unset', 'on', 'off', 'auto', '50%'];
const text = fc.constantFrom(...TEXTS);
const anything = fc.oneof(text, fc.boolean(), fc.integer({ min: -2, max: 5 }), fc.constantFrom({ a: 1 }, [1]));

/** An object of a kind with something, odd or not, in each of the fields its size may be in. */
const objectOf = fc.constantFrom(...ROWS).chain((row) => {
  const values = sizePaths(row.size).map((path) =>
    fc.option(path.startsWith('/metadata') ? text : anything, { nil: undefined }),
  );
  return fc.tuple(...values).map((chosen) => ({ row, object: holding(row, chosen) }));
});

const holding = ({ resource, size }: KindRow, values: readonly unknown[]): KubeObject =>
  sizePaths(size).reduce<KubeObject>(
    (object, path, index) =>
      values[index] === undefined ? object : (setPointer(object, path, values[index]) as KubeObject),
    customObject({ apiVersion: apiVersionOf(resource), kind: resource.kind, name: 'api', namespace: 'default' }),
  );

/** What the fields hold; one that is absent holds what the API server itself fills in. */
const heldBy = (object: KubeObject | undefined, { size }: KindRow): unknown[] =>
  sizePaths(size).map(
    (path) => getPointer(object, path) ?? (size.form === 'replicas' && path === size.path ? size.absent : undefined),
  );

t.test('whatever a field held, the morning brings back exactly that, or the night never came', (t) => {
  let slept = 0;
  fc.assert(
    fc.property(objectOf, fc.constantFrom('0', '1', '2'), ({ row, object }, size) => {
      const targets = SCALE_TARGETS.map((target) => `--scale-target=${target}`);
      const argv = [...targets, `--include-resources=${included(row)}`, `--downtime-replicas=${size}`];
      const night = carriedOut([object], { argv: [...argv, '--default-uptime=never'] });
      if (JSON.stringify(night) === JSON.stringify([object])) return;
      slept += 1;
      const [morning] = carriedOut(night, { argv: [...argv, '--default-uptime=always'] });
      assert.deepEqual(heldBy(morning, row), heldBy(object, row));
      assert.deepEqual(morning?.metadata.annotations, object.metadata.annotations);
    }),
    { numRuns: 3000, seed: 7 },
  );
  t.ok(slept > 500, 'many of them slept');
  t.end();
});

t.test('what could not be brought back exactly is left awake, and the reason is said', (t) => {
  const rows: readonly (readonly [include: string, object: KubeObject, size: string])[] = [
    ['scaledjobs', custom('keda.sh/v1alpha1', 'ScaledJob', {}, { 'autoscaling.keda.sh/paused': 'False' }), 'False'],
    ['clusters', custom('postgresql.cnpg.io/v1', 'Cluster', {}, { 'cnpg.io/hibernation': '' }), '""'],
    ['prometheuses', custom('monitoring.coreos.com/v1', 'Prometheus', { replicas: '03' }), '03'],
    ['cronjobs', custom('batch/v1', 'CronJob', { suspend: { odd: true } }), 'an object or a list'],
  ];
  for (const [include, object, size] of rows) {
    const argv = ['--default-uptime=never', `--include-resources=${include}`];
    const decision = decisionsOn([object], { argv }).get(`${object.kind ?? ''}/api`);
    t.equal(inShort(decision), 'none SizeUnknown');
    t.equal(decision?.message, `its size (${size}) could not be brought back exactly, so it is not put to sleep`);
  }
  t.end();
});
