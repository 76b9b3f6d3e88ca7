import t from 'tap';
import { parseTrace, type TraceUnit } from '../../src/backtest/trace.ts';

const PERCENT: TraceUnit = { kind: 'percent', vcpus: 4 };

t.test('a trace is percent of a machine, or cores', async (t) => {
  const text = 'timestamp,value\n2014-02-14 14:30:00,25\n2014-02-14 14:35:00,0.5\n';
  t.strictSame(parseTrace(text, 'data/web.csv', PERCENT), {
    name: 'web',
    at: [Date.UTC(2014, 1, 14, 14, 30), Date.UTC(2014, 1, 14, 14, 35)],
    cores: [1, 0.02],
  });
  t.strictSame(parseTrace(text, 'web.csv', { kind: 'cores' }).cores, [25, 0.5]);
});

t.test('moments are written in three ways, lines come in any order, and gaps are no zeros', async (t) => {
  const text =
    'timestamp, value\r\n1392388500,2\r\n2014-02-14T15:30:00+01:00,1\r\n2014-02-14 14:40:00,NaN\r\n2014-02-14 14:45:00,\r\n1392388500,9\r\n';
  t.strictSame(parseTrace(text, 'a.csv', { kind: 'cores' }), {
    name: 'a',
    at: [Date.UTC(2014, 1, 14, 14, 30), Date.UTC(2014, 1, 14, 14, 35)],
    cores: [1, 2],
  });
});

const REFUSED: readonly (readonly [text: string, said: RegExp])[] = [
  ['', /^a\.csv:1: "" is no heading \(needed: timestamp,value\)/],
  ['time,cpu\n', /^a\.csv:1: "time,cpu" is no heading/],
  ['timestamp,value\n', /^a\.csv: there are no samples in it/],
  ['timestamp,value\n1,2,3\n', /^a\.csv:2: "1,2,3" is not two columns/],
  ['timestamp,value\n1,2\nnoon,3\n', /^a\.csv:3: "noon" is no moment \(allowed: 2014-02-14 14:30:00, /],
  ['timestamp,value\n1,much\n', /^a\.csv:2: "much" is no usage \(allowed: 0 or more/],
  ['timestamp,value\n1,-1\n', /^a\.csv:2: "-1" is no usage/],
  ['timestamp,value\n1,Infinity\n', /^a\.csv:2: "Infinity" is no usage/],
];

t.test('what cannot be read is told with its line', async (t) => {
  for (const [text, said] of REFUSED) t.throws(() => parseTrace(text, 'a.csv', PERCENT), { message: said });
});
