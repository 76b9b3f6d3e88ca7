import { renderTable, type Style, type Terminal } from '@kube-steward/cli';
import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import type { Check } from './checks.ts';
import { countOf, type LeftAlone } from './left-alone.ts';
import { HOME, cityOf, dayOf, momentOf, timeIn, zoneOf } from './places.ts';
import { Remarks } from './remarks.ts';
import type { RequestCounts } from './requests.ts';
import { ARGUMENTS, type Stage } from './stage.ts';
import { describeTotals, type Totals } from './totals.ts';
import { describeTransition, transitionsOf, type Transition } from './transitions.ts';
import type { Day } from './week.ts';

/** Tells what happened, to somebody who has never seen the project. */
export class Story {
  readonly #terminal: Terminal;
  readonly #stage: Stage;
  readonly #style: Style;
  readonly #remarks: Remarks;
  #lastDay: { readonly name: string; readonly text: string } | undefined;

  constructor(terminal: Terminal, stage: Stage) {
    this.#terminal = terminal;
    this.#stage = stage;
    this.#style = terminal.style;
    this.#remarks = new Remarks(stage.cluster, stage.manifests);
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
      'When something is awake, its namespace or the workload itself says:',
      '',
      `    kubectl annotate namespace shop-dev 'downscaler/uptime=${shop ?? ''}'`,
      '',
      `It is ${momentOf(clock.now())}. All times are ${cityOf(HOME)}'s, those elsewhere beside them.`,
    );
  }

  /** A day like the one before is told in one line. */
  day({ start, moves, notices }: Day): void {
    const transitions = transitionsOf(moves);
    const text = this.#tableOf(transitions);
    const name = dayOf(start).split(',')[0] ?? '';
    const isSame = text !== '' && this.#lastDay?.text === text;
    this.#heading(dayOf(start));
    if (isSame) this.#say(`  as on ${this.#lastDay?.name ?? ''}: ${transitions.length} transitions`);
    else this.#say(text === '' ? '  nothing to do' : text.trimEnd());
    for (const remark of this.#remarks.on(moves)) this.#say(this.#style('dim', `    ${remark}`));
    for (const { at, object, reason, note } of notices) {
      this.#say(this.#style('yellow', `  ! ${timeIn(HOME, at)}  Warning ${reason} on ${object}`), `      ${note}`);
    }
    if (!isSame) this.#lastDay = { name, text };
  }

  leftAlone(groups: readonly LeftAlone[]): void {
    this.#heading('Left alone, and why');
    for (const { message, workloads } of groups) {
      this.#say(`  ${message}`, this.#style('dim', `      ${workloads.join(', ')}`));
    }
  }

  totals(totals: Totals, hours: number): void {
    this.#heading('What it saved');
    this.#say(indented(renderTable(['', '', ''], describeTotals(totals, hours), { noHeaders: true })));
  }

  requests(counts: RequestCounts): void {
    const { lists, watches, patches, conflicts, events, leases, others } = counts;
    const refused = conflicts > 0 ? ` (${conflicts} refused, as the object had just changed, and decided anew)` : '';
    this.#heading('What it asked of the API server');
    this.#say(
      `  ${lists} first lists, ${watches} watches (each ends after 5 to 10 minutes and is taken up where it was), ${patches} patches${refused},`,
      `  ${events} for Events, ${leases} for the Lease, ${others} others. It asks for nothing while nothing changes.`,
    );
  }

  /** Returns whether all is well. */
  checks(checks: readonly Check[]): boolean {
    this.#heading('Then somebody needs everything, and annotates the namespaces with downscaler/force-uptime: "true"');
    for (const { claim, faults } of checks) {
      const isWell = faults.length === 0;
      this.#say(isWell ? `  ${this.#style('green', 'ok')}      ${claim}` : `  ${this.#style('red', 'FAILED')}  ${claim}`);
      for (const fault of faults.slice(0, 10)) this.#say(`            ${fault}`);
    }
    return checks.every(({ faults }) => faults.length === 0);
  }

  end(realMs: number): void {
    this.#heading(`That took ${(realMs / 1000).toFixed(0)} seconds. What next?`);
    this.#say(
      '  npm run sandbox                    the same cluster, left running, for kubectl and steward',
      '  npm run build                      then, in another terminal, with the KUBECONFIG that the sandbox prints:',
      '  npx steward plan                   what the downscaler would do just now, and why; also on your cluster, read-only',
      '  controllers/downscaler/README.md   what it watches, decides and writes',
    );
  }

  #tableOf(transitions: readonly Transition[]): string {
    const rows = transitions.map((transition) => [
      timeIn(HOME, transition.at),
      this.#timeThere(transition),
      transition.namespace,
      describeTransition(transition),
    ]);
    return indented(renderTable(['', '', '', ''], rows, { noHeaders: true }));
  }

  #timeThere({ at, moves }: Transition): string {
    const zone = zoneOf(this.#stage.cluster, (moves[0] as { object: Unstructured }).object);
    return zone === HOME ? '' : `${timeIn(zone, at)} ${cityOf(zone)}`;
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
