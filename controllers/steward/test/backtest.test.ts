import { join } from 'node:path';
import t from 'tap';
import { FIXTURES, steward } from './steward.ts';

const TRACES = join(FIXTURES, 'traces');
const [wave, batches] = [join(TRACES, 'wave.csv'), join(TRACES, 'batches.csv')];

interface Document {
  readonly policies: readonly Readonly<Record<string, unknown>>[];
  readonly traces: readonly { readonly name: string; readonly days: number }[];
}

t.test('a table with every recommender', async (t) => {
  const { code, out, err } = await steward(['backtest', '--trace', wave, batches]);
  t.equal(code, 0);
  t.equal(err, '');
  const [heading = '', ...rows] = out.split('\n');
  t.match(
    heading,
    /^RECOMMENDER +SAMPLES OVER % +BAD DAYS % +OVERRUN % +SLACK VS P95 % +SLACK VS MEAN % +DAYS CHANGED %$/,
  );
  t.strictSame(
    rows.slice(0, 10).map((row) => row.split(/ {2,}/)[0]),
    [
      'vpa (profile)',
      ...['vpa-p95', 'krr-simple', 'krr-simple-limit', 'kubecost-max', 'load-adjusted-p95', 'static'],
      ...['balanced (profile)', 'guaranteed (profile)', 'burstable (profile)'],
    ],
  );
  t.match(out, /\n2 traces, 18 days scored\n$/);
});

t.test('a document, however the files are named', async (t) => {
  const { code, out } = await steward(['backtest', '--trace', `${wave},${batches}`, '-o', 'json']);
  t.equal(code, 0);
  const { policies, traces } = JSON.parse(out) as Document;
  t.match(
    traces.map(({ name, days }) => [name, days]),
    [
      ['wave', 9],
      ['batches', 9],
    ],
  );
  const balanced = policies.find(({ name }) => name === 'balanced');
  t.match(balanced, {
    profile: true,
    traces: 2,
    samplesOver: Number,
    badDays: Number,
    slack: Number,
    daysChanged: Number,
  });
  t.same(JSON.parse((await steward(['backtest', '--trace', wave, batches, '-o', 'json'])).out).policies, policies);
});

t.test('slack does not depend on the size of the machine, where nothing is small', async (t) => {
  const slackOf = async (...flags: string[]) => {
    const { out } = await steward(['backtest', '--trace', wave, '-o', 'json', ...flags]);
    return (JSON.parse(out) as Document).policies.find(({ name }) => name === 'krr-simple')?.['slack'] as number;
  };
  const [four, eight, cores] = [await slackOf(), await slackOf('--vcpus', '8'), await slackOf('--unit', 'cores')];
  t.ok(Math.abs(four - eight) < 1e-9 && Math.abs(four - cores) < 1e-9);
});

t.test('every file that cannot be read is named', async (t) => {
  process.chdir(t.testdir({ 'a.csv': 'time,value\n', 'b.csv': 'timestamp,value\n1,much\n' }));
  const { code, err } = await steward(['backtest', '--trace', 'a.csv', 'b.csv', 'nowhere.csv']);
  t.equal(code, 3);
  t.match(err, /a\.csv:1: "time,value" is no heading/);
  t.match(err, /b\.csv:2: "much" is no usage/);
  t.match(err, /nowhere\.csv/);
});

t.test('traces or made-up workloads, one of the two', async (t) => {
  t.match(await steward(['backtest']), {
    code: 64,
    err: /name the files of traces \(--trace FILE\.\.\.\), or ask for --synthetic/,
  });
  t.match(await steward(['backtest', '--synthetic', wave]), { code: 64 });
  t.match(await steward(['backtest', '--trace', wave, '--vcpus', '0']), { code: 3, err: /allowed: 0.001 or more/ });
});

t.test('made-up workloads, by profile', async (t) => {
  const { code, out } = await steward(['backtest', '--synthetic', '-o', 'json']);
  t.equal(code, 0);
  const { workloads } = JSON.parse(out) as { workloads: { workload: string; profile: string; kills: number }[] };
  t.equal(workloads.length, 18 * 4);
  t.match(
    workloads.filter(({ workload }) => workload === 'leak').map(({ profile, kills }) => [profile, kills]),
    [
      ['vpa', 0],
      ['balanced', 0],
    ],
  );
});
