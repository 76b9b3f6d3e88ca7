import { HOUR_MS } from '@kube-steward/schedule';
import fc from 'fast-check';
import t from 'tap';
import { Meter, NOTHING, podsOf } from '../src/meter.ts';

const requests = { cpuCores: 0.5, memoryBytes: 1024 };

t.test('adds up amounts times hours, from one change of a party to the next', (t) => {
  const meter = new Meter(0);
  meter.set('a', podsOf(requests, 4), HOUR_MS);
  meter.set('b', podsOf(requests, 1), 2 * HOUR_MS);
  meter.set('a', NOTHING, 3 * HOUR_MS);
  t.same(meter.total(5 * HOUR_MS), { replicas: 11, requests: { cpuCores: 5.5, memoryBytes: 11 * 1024 } });
  t.same(meter.total(5 * HOUR_MS).replicas, 11, 'to ask changes nothing');
  t.end();
});

t.test('of any history the total is the sum of what each party contributed by itself', (t) => {
  const change = fc.record({ party: fc.constantFrom('a', 'b', 'c'), replicas: fc.nat(20), hours: fc.nat(10) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const [all, alone] = [new Meter(0), new Map<string, Meter>()];
      let now = 0;
      for (const { party, replicas, hours } of changes) {
        now += hours * HOUR_MS;
        const own = alone.get(party) ?? new Meter(0);
        alone.set(party, own);
        for (const meter of [all, own]) meter.set(party, podsOf(requests, replicas), now);
      }
      now += HOUR_MS;
      const parts = [...alone.values()].reduce((sum, meter) => sum + meter.total(now).replicas, 0);
      return all.total(now).replicas === parts;
    }),
  );
  t.end();
});
