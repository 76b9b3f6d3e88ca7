import fc from 'fast-check';
import t from 'tap';
import { Agenda } from '../../src/workloads/agenda.ts';

t.test('an agenda gives out each key once, at its last set moment, the earliest first', (t) => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    at: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  });
  const property = fc.property(fc.array(step), fc.integer({ min: 0, max: 20 }), (steps, now) => {
    const agenda = new Agenda<string>();
    const model = new Map<string, number>();
    for (const { key, at } of steps) {
      agenda.set(key, key, at);
      if (at === undefined) model.delete(key);
      else model.set(key, at);
    }
    const ordered = [...model].sort(([, a], [, b]) => a - b);
    const due = ordered.filter(([, at]) => at <= now);
    const taken = agenda.takeDue(now);
    const times = taken.map((key) => model.get(key));
    const next = ordered.at(due.length)?.[1];
    if (JSON.stringify([...taken].sort()) !== JSON.stringify(due.map(([key]) => key).sort())) throw new Error('keys');
    if (JSON.stringify(times) !== JSON.stringify(due.map(([, at]) => at))) throw new Error('order');
    if (agenda.next() !== next || [...agenda.values()].length !== ordered.length - due.length) throw new Error('rest');
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
  t.end();
});
