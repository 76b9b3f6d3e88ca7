import { EXIT, type ExitCode, type Terminal } from '@kube-steward/cli';
import { HOUR_MS } from '@kube-steward/schedule';
import { checkAwake, checkWeek, failureOf, type Check } from './checks.ts';
import { wakeEverything } from './finale.ts';
import { Journal, targetTitleOf } from './journal.ts';
import { leftAlone, type LeftAlone } from './left-alone.ts';
import { countRequests, type RequestCounts } from './requests.ts';
import { titleOf } from './sleepers.ts';
import { buildStage, DOWNSCALER_USER, type Stage } from './stage.ts';
import { Story } from './story.ts';
import { totalsOf, type Totals } from './totals.ts';
import { livedDays, type Day } from './week.ts';

export interface DemoOptions {
  readonly terminal: Terminal;
  /** Times 24 hours. Default: a week. */
  readonly days?: number;
}

/** What the story was told from. */
export interface Demo {
  readonly days: readonly Day[];
  readonly leftAlone: readonly LeftAlone[];
  readonly totals: Totals;
  readonly requests: RequestCounts;
  readonly checks: readonly Check[];
  /** 1 when a check failed. */
  readonly exitCode: ExitCode;
}

/** Lets the time pass in a cluster with the downscaler, and tells what happens as it goes. */
export const runDemo = async ({ terminal, days = 7 }: DemoOptions): Promise<Demo> => {
  const start = performance.now();
  const stage = await buildStage();
  let stopped: number | undefined;
  try {
    const story = new Story(terminal, stage);
    const demo = await tell(stage, story, days);
    stopped = await stage.close();
    const failure = failureOf(demo.checks, stopped);
    if (failure === undefined) story.end(performance.now() - start);
    else terminal.err(failure);
    return { ...demo, exitCode: failure === undefined ? EXIT.ok : EXIT.error };
  } finally {
    if (stopped === undefined) await stage.close();
  }
};

const tell = async (stage: Stage, story: Story, days: number): Promise<Omit<Demo, 'exitCode'>> => {
  const { clock, cluster, sandbox } = stage;
  const startMs = clock.now();
  const journal = new Journal(cluster, clock);
  const lived: Day[] = [];
  story.beginning();
  await stage.start();
  for await (const day of livedDays(stage, journal, days)) {
    lived.push(day);
    story.day(day);
  }
  const endMs = clock.now();
  const moved = new Set(journal.moves.flatMap(({ object }) => [titleOf(object), targetTitleOf(object)]));
  const alone = leftAlone(cluster, endMs, (title) => moved.has(title));
  const totals = totalsOf(journal.asleep.total(endMs), journal.requested.total(endMs));
  const requests = countRequests(sandbox.requests.all({ user: DOWNSCALER_USER }));
  story.leftAlone(alone);
  story.totals(totals, (endMs - startMs) / HOUR_MS);
  story.requests(requests);
  const week = checkWeek(stage, journal);
  story.checks('Checked', week);
  await wakeEverything(stage);
  const awake = checkAwake(stage);
  story.checks('Then somebody needs everything, and annotates the namespaces with downscaler/force-uptime=true', awake);
  return { days: lived, leftAlone: alone, totals, requests, checks: [...week, ...awake] };
};
