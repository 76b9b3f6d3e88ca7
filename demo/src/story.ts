import { renderTable, type Style, type Terminal } from '@kube-steward/cli';
import { RESOURCES } from '@kube-steward/kube';
import type { Check } from './checks.ts';
import { DayTexts } from './day-text.ts';
import { HOLIDAY } from './episodes.ts';
import { countOf, type LeftAlone } from './left-alone.ts';
import { HOME, cityOf, dayOf, momentOf } from './places.ts';
import { Remarks } from './remarks.ts';
import { describeRequests, type RequestCounts } from './requests.ts';
import { ARGUMENTS, type Stage } from './stage.ts';
import { describeTotals, type Totals } from './totals.ts';
import type { Day } from './week.ts';

const MOST_FAULTS = 10;
const FIGURES = { header: '', align: 'right' } as const;

/** Tells what happened, to somebody who has never seen the project. */
export class Story {
  readonly #terminal: Terminal;
  readonly #stage: Stage;
  readonly #style: Style;
  readonly #days: DayTexts;

  constructor(terminal: Terminal, stage: Stage) {
    this.#terminal = terminal;
    this.#stage = stage;
    this.#style = terminal.style;
    this.#days = new DayTexts(stage.cluster, terminal.style, new Remarks(stage.cluster, stage.manifests));
  }

  beginning(): void {
    const { cluster, manifests, clock, sandbox } = this.#stage;
    const count = (kind: string): string => String(countOf(manifests, kind));
    const shop = cluster.get(RESOURCES.namespaces, { name: 'shop-dev' })?.metadata.annotations?.['downscaler/uptime'];
    this.#title('kube-steward: a week in a cluster with the off-hours downscaler');
    this.#say(
      `The cluster is in memory: ${count('Namespace')} namespaces of teams in Berlin, New York and Bengaluru with ${count('Deployment')} Deployments,`,
      `${count('StatefulSet')} StatefulSets, ${count('Rollout')} Rollouts, ${count('CronJob')} CronJobs and ${count('HorizontalPodAutoscaler')} autoscalers, whose pods, runs and loads are simulated. The`,
      `downscaler is the real one, and talks to it over HTTP, at ${sandbox.url}. Only time is not real.`,
      '',
      `It was started with  ${ARGUMENTS.join(' ')}`,
      '(as the only replica, it needs no Lease; renewing one every 2 seconds would bury the other requests).',
      'What is awake when, an annotation says, on the namespace or on the workload itself:',
      '',
      `    kubectl annotate namespace shop-dev 'downscaler/uptime=${shop ?? ''}'`,
      'The days of calendar(holidays) are in a ConfigMap, which the downscaler follows.',
      '',
      `It is ${momentOf(clock.now())}. All times are ${cityOf(HOME)}'s, those elsewhere beside them.`,
    );
  }

  day(day: Day): void {
    const lines = this.#days.linesOf(day);
    const isHoliday = day.start >= HOLIDAY.from && day.start < HOLIDAY.to;
    this.#heading(`${dayOf(day.start)}${isHoliday ? `: ${HOLIDAY.name}, which ${HOLIDAY.namespace} keeps` : ''}`);
    this.#say(...(lines.length > 0 ? lines : ['  nothing to do']));
  }

  leftAlone(groups: readonly LeftAlone[]): void {
    this.#heading('Left alone, and why');
    for (const { message, decidedBy, workloads } of groups) {
      this.#say(
        `  ${workloads.join(', ')}`,
        this.#style('dim', `             ${message}${decidedBy && ` (${decidedBy})`}`),
      );
    }
  }

  totals(totals: Totals, hours: number): void {
    this.#heading('What it saved');
    this.#say(indented(renderTable(['', FIGURES, ''], describeTotals(totals, hours), { noHeaders: true })));
  }

  requests(counts: RequestCounts): void {
    this.#heading('What it asked of the API server');
    this.#say(indented(renderTable(['', FIGURES, ''], describeRequests(counts), { noHeaders: true })));
  }

  checks(heading: string, checks: readonly Check[]): void {
    this.#heading(heading);
    for (const { claim, faults } of checks) {
      const mark = faults.length === 0 ? this.#style('green', 'ok    ') : this.#style('red', 'FAILED');
      this.#say(`  ${mark}   ${claim}`, ...faults.slice(0, MOST_FAULTS).map((fault) => `             ${fault}`));
    }
  }

  end(realMs: number): void {
    this.#heading(`That took ${(realMs / 1000).toFixed(0)} seconds. What next?`);
    this.#say(
      '  npm run sandbox                                 the same cluster, left running, for kubectl and steward',
      '  npm run build                                   then, in another terminal, with the KUBECONFIG the sandbox prints:',
      '  npx steward plan                                what would be done just now, and why; the same for your own cluster: it only reads',
      '  controllers/downscaler/README.md                what it watches, decides and writes',
    );
  }

  #title(text: string): void {
    this.#say(this.#style('bold', text), '');
  }

  #heading(text: string): void {
    this.#say('', this.#style('bold', text));
  }

  #say(...lines: readonly string[]): void {
    this.#terminal.out(lines.join('\n') + '\n');
  }
}

const indented = (text: string): string => text.replace(/^/gm, '  ').trimEnd();
