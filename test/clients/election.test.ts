import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createLogger, LeaderElector } from '@kube-steward/controller';
import { createClient, createTransport, loadEndpoint } from '@kube-steward/kube';
import { startSandbox, type Sandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';
import { until } from '../cluster/until.ts';
import { startGoClient } from './go-client.ts';

const LEASE = { namespace: 'default', name: 'shared' };
/** As in test/clients/go/election.go: client-go takes whole seconds. */
const TIMES = { leaseDurationMs: 4000, renewDeadlineMs: 2000, retryPeriodMs: 500 };

/** Somebody begins or ceases to lead, by the clock of this machine. */
interface Turn {
  readonly who: string;
  readonly leads: boolean;
  readonly at: number;
}

/** Who stands for election, and what came of it. */
class Candidates {
  readonly turns: Turn[] = [];
  readonly #t: Test;
  /** Holds a kubeconfig for each user. */
  readonly #folder: string;

  constructor(t: Test, sandbox: Sandbox) {
    this.#t = t;
    this.#folder = t.testdir({ go: sandbox.kubeconfig('go'), steward: sandbox.kubeconfig('steward') });
  }

  get leader(): string | undefined {
    const turns = this.turns.toSorted((a, b) => a.at - b.at);
    return turns.findLast(
      ({ leads, who }, index) => leads && !turns.slice(index).some((one) => one.who === who && !one.leads),
    )?.who;
  }

  async leads(who: string): Promise<void> {
    await until(
      () => this.leader === who,
      `${who} leads`,
      () => JSON.stringify(this.turns),
    );
    this.#t.equal(this.leader, who, `${who} leads`);
  }

  /** One of client-go. Killed, it has led until then. */
  goes(who: string): { finish(): Promise<void>; kill(): void } {
    const client = startGoClient(this.#t, ['elect', join(this.#folder, 'go'), LEASE.namespace, LEASE.name, who]);
    const hear = async (): Promise<void> => {
      for (;;) this.turns.push({ who, ...((await client.next()) as { leads: boolean; at: number }) });
    };
    hear().catch(() => undefined);
    const ceases = (): void => void this.turns.push({ who, leads: false, at: Date.now() });
    return {
      finish: () => client.finish(),
      kill: () => {
        client.kill('SIGKILL');
        ceases();
      },
    };
  }

  /** One of ours. Gives the lease back when told to. */
  async stands(who: string): Promise<{ finish(): Promise<void> }> {
    const transport = createTransport(await loadEndpoint({ kubeconfig: join(this.#folder, 'steward') }), { qps: -1 });
    this.#t.teardown(() => transport.close());
    const turn = (leads: boolean) => (): void => void this.turns.push({ who, leads, at: Date.now() });
    const elector = new LeaderElector({
      client: createClient(transport),
      lease: LEASE,
      identity: who,
      clock: systemClock,
      log: createLogger({ name: who, level: 'silent', destination: process.stderr, clock: systemClock }),
      onStarted: turn(true),
      onLost: turn(false),
      ...TIMES,
    });
    const stop = new AbortController();
    const ended = elector.run(stop.signal);
    this.#t.teardown(() => stop.abort());
    return {
      finish: async () => {
        turn(false)();
        stop.abort();
        await ended;
      },
    };
  }
}

/** Those who led while another did. */
const overlaps = (turns: readonly Turn[]): string[] => {
  const leading = new Set<string>();
  return turns
    .toSorted((a, b) => a.at - b.at || Number(a.leads) - Number(b.leads))
    .flatMap(({ who, leads }) => {
      if (!leads) leading.delete(who);
      else leading.add(who);
      return leading.size > 1 ? [[...leading].join(' and ')] : [];
    });
};

t.test("client-go's leader election and ours hand one Lease over to each other, and never both lead", async (t) => {
  // client-go sends tokens over TLS alone.
  const sandbox = await startSandbox({ clock: systemClock, tls: true });
  t.teardown(() => sandbox.stop());
  const candidates = new Candidates(t, sandbox);

  const first = candidates.goes('go-1');
  await candidates.leads('go-1');
  const second = await candidates.stands('ours-1');
  await first.finish();
  await candidates.leads('ours-1');

  const third = candidates.goes('go-2');
  await second.finish();
  await candidates.leads('go-2');

  await candidates.stands('ours-2');
  third.kill();
  await candidates.leads('ours-2');

  candidates.goes('go-3');
  const ourFault = sandbox.faults.add({ match: { user: 'steward' }, effect: { kind: 'status', code: 500 } });
  await candidates.leads('go-3');
  ourFault.remove();

  await candidates.stands('ours-3');
  sandbox.faults.add({ match: { user: 'go' }, effect: { kind: 'stall' } });
  await candidates.leads('ours-3');

  t.same(overlaps(candidates.turns), []);
});
