import t from 'tap';
import { goExp2, goPow } from '../../src/histogram/go-math.ts';
import { VPA_CPU_LAYOUT, VPA_MEMORY_LAYOUT, bucketOf } from '../../src/histogram/layout.ts';

t.test('powers as Go has them', async (t) => {
  t.equal(goPow(2, 10), 1024);
  t.equal(goPow(1.001, -2), 0.9980029960049943);
  t.equal(goPow(Infinity, -2), 0);
  t.equal(goPow(Infinity, 1), Infinity);
  for (const whole of [-1074, -100, -1, 0, 1, 52, 1023]) t.equal(goExp2(whole), 2 ** whole);
  t.equal(goExp2(0.5), 1.414213562373095, 'not the nearest, which ends in 51');
  t.equal(goExp2(-1 / 3), 0.7937005259840997, 'not the nearest, which ends in 8');
  t.equal(goExp2(2000), Infinity);
  t.equal(goExp2(-2000), 0);
});

/** Where a bucket begins, in cores; memory is the same times 10^9. */
const STARTS: readonly (readonly [bucket: number, cores: number])[] = [
  [0, 0],
  [1, 0.01],
  [2, 0.0205],
  [5, 0.0552563],
  [10, 0.1257789],
  [37, 1.0162814],
  [100, 26.1002516],
  [175, 1021.10941],
];

t.test('the buckets of the VPA', async (t) => {
  t.equal(VPA_CPU_LAYOUT.starts.length, 176);
  t.equal(VPA_MEMORY_LAYOUT.starts.length, 176);
  for (const [bucket, cores] of STARTS) {
    t.ok(Math.abs((VPA_CPU_LAYOUT.starts[bucket] ?? NaN) - cores) <= cores * 1e-6, `bucket ${bucket}`);
    t.equal(
      Math.trunc(VPA_MEMORY_LAYOUT.starts[bucket] ?? NaN),
      Math.trunc((VPA_CPU_LAYOUT.starts[bucket] ?? NaN) * 1e9),
    );
  }
  t.equal(Math.trunc(VPA_MEMORY_LAYOUT.starts[4] ?? NaN), 43101249, 'where powers of JavaScript give 43101250');
});

t.test('a value lies in the bucket that begins at or below it', async (t) => {
  const { starts } = VPA_CPU_LAYOUT;
  for (let milli = 0; milli < 5000; milli++) {
    const bucket = bucketOf(VPA_CPU_LAYOUT, milli / 1000);
    t.ok((starts[bucket] ?? NaN) <= milli / 1000 + 1e-12 && milli / 1000 < (starts[bucket + 1] ?? NaN), `${milli}m`);
  }
  t.equal(bucketOf(VPA_CPU_LAYOUT, 1e9), 175);
});
