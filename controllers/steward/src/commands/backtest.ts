import { readFile } from 'node:fs/promises';
import {
  CliError,
  EXIT,
  boolean,
  choice,
  decimal,
  defineCommand,
  defineOptions,
  integer,
  list,
  fileFailure,
  messageOf,
  renderTable,
  type Column,
  type TableOptions,
} from '@kube-steward/cli';
import {
  PROFILE_NAMES,
  PROFILES,
  WORKLOADS,
  backtest,
  parseTrace,
  simulate,
  type Backtest,
  type Outcome,
  type ProfileName,
  type Trace,
  type TraceUnit,
} from '@kube-steward/recommender';
import { OUTPUT_OPTIONS, outputOption } from '../options.ts';

const { color, noHeaders } = OUTPUT_OPTIONS;

const OPTIONS = defineOptions({
  trace: {
    type: { ...list, placeholder: 'file,...' },
    default: [],
    complete: 'files',
    description: 'Recorded CPU: CSV with the columns timestamp,value. More files may follow as arguments.',
  },
  unit: {
    type: choice(['percent', 'cores']),
    default: 'percent',
    description: 'What the values are: percent of a machine, or cores.',
  },
  vcpus: {
    type: decimal({ min: 0.001 }),
    default: 4,
    description: 'How many virtual CPUs the machine has that percent are of.',
  },
  synthetic: {
    type: boolean,
    default: false,
    description: 'Made-up workloads in a closed loop, where memory above the limit is a kill, instead of traces.',
  },
  seed: {
    type: integer({ min: 0 }),
    default: 1,
    description: 'Of the made-up workloads: the same seed, the same weeks.',
  },
  output: { ...outputOption(['table', 'json']), group: 'Options' },
  noHeaders: { ...noHeaders, group: 'Options' },
  color: { ...color, group: 'Options' },
});

/** How good the requests of every profile, and of the recommenders that people use, would have been. */
export const backtestCommand = defineCommand({
  name: 'backtest',
  summary: 'Score the profiles of the recommender, and other recommenders, on recorded CPU. Needs no cluster.',
  description:
    'Shows each recommender a trace day by day, asks it at midnight for a request, and scores that on the day that follows.',
  examples: [
    ['steward backtest --trace traces/*.csv', 'percent of a machine with 4 virtual CPUs'],
    ['steward backtest --trace web.csv --unit cores -o json', 'cores, as Prometheus has them'],
    ['steward backtest --synthetic', 'the profiles on 18 made-up workloads, memory included'],
  ],
  arguments: [{ name: 'FILE', variadic: true, complete: 'files' }],
  options: OPTIONS,
  async run({ arguments: more, options, terminal }) {
    const paths = [...options.trace, ...more];
    if (options.synthetic === paths.length > 0) throw new CliError([USAGE]);
    const table = { width: terminal.width, noHeaders: options.noHeaders };
    if (options.synthetic) {
      const outcomes = WORKLOADS.flatMap((workload) =>
        PROFILE_NAMES.map((profile) => ({ profile, ...simulate(workload, PROFILES[profile], options.seed) })),
      );
      terminal.out(options.output === 'json' ? outcomesDocument(outcomes) : outcomesTable(outcomes, table));
      return EXIT.ok;
    }
    const unit: TraceUnit = options.unit === 'cores' ? { kind: 'cores' } : { kind: 'percent', vcpus: options.vcpus };
    const scores = backtest(await readTraces(paths, unit));
    terminal.out(options.output === 'json' ? JSON.stringify(scores, undefined, 2) : scoresTable(scores, table));
    return EXIT.ok;
  },
});

const USAGE = { kind: 'usage', message: 'name the files of traces (--trace FILE...), or ask for --synthetic' } as const;

/** @throws CliError with everything that is wrong with any of them */
const readTraces = async (paths: readonly string[], unit: TraceUnit): Promise<readonly Trace[]> => {
  const read = await Promise.allSettled(paths.map(async (path) => parseTrace(await textOf(path), path, unit)));
  const problems = read.flatMap((result) =>
    result.status === 'rejected' ? [{ kind: 'invalid', message: messageOf(result.reason) } as const] : [],
  );
  if (problems.length > 0) throw new CliError(problems);
  return read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`--trace ${path}: cannot be read: ${fileFailure(cause)}`, { cause });
  }
};

const right = (header: string): Column => ({ header, align: 'right' });
const percent = (share: number): string => (share * 100).toFixed(1);

const SCORE_COLUMNS: readonly Column[] = [
  'recommender',
  ...['samples over %', 'bad days %', 'overrun %', 'slack vs p95 %', 'slack vs mean %', 'days changed %'].map(right),
];

const scoresTable = ({ policies, traces }: Backtest, options: TableOptions): string => {
  const rows = policies.map((scores) => [
    scores.profile ? `${scores.name} (profile)` : scores.name,
    ...[scores.samplesOver, scores.badDays, scores.overrun].map((share) => (share * 100).toFixed(2)),
    ...[scores.slack, scores.slackOfMean, scores.daysChanged].map(percent),
  ]);
  const days = traces.reduce((sum, trace) => sum + trace.days, 0);
  return `${renderTable(SCORE_COLUMNS, rows, options)}\n${counted(traces.length, 'trace')}, ${counted(days, 'day')} scored\n`;
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

type ProfileOutcome = Outcome & { readonly profile: ProfileName };

const OUTCOME_COLUMNS: readonly Column[] = [
  'workload',
  'profile',
  ...['kills', 'cpu over %', 'cpu slack %', 'memory slack %'].map(right),
];

const outcomesTable = (outcomes: readonly ProfileOutcome[], options: TableOptions): string =>
  renderTable(
    OUTCOME_COLUMNS,
    outcomes.map(({ workload, profile, kills, cpuOver, cpuSlack, memorySlack }) => [
      workload,
      profile,
      String(kills),
      ...[cpuOver, cpuSlack, memorySlack].map(percent),
    ]),
    options,
  );

const outcomesDocument = (outcomes: readonly ProfileOutcome[]): string =>
  JSON.stringify({ workloads: outcomes.map(({ targets: _targets, ...outcome }) => outcome) }, undefined, 2);
