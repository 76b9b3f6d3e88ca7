import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, choice, defineCommand, defineOptions, integer, text } from '@kube-steward/cli';
import { SCENARIOS, createCluster, scenario, simulateWorkloads, startSandbox } from '@kube-steward/sandbox';
import { systemClock } from '@kube-steward/schedule';

const OPTIONS = defineOptions({
  scenario: { type: choice(SCENARIOS), default: 'office', description: 'Which cluster.' },
  port: {
    type: integer({ min: 0, max: 65_535 }),
    default: 0,
    description: 'Port on the loopback address; 0 takes a free one.',
  },
  writeKubeconfig: {
    type: text,
    complete: 'files',
    description: 'Where the kubeconfig is written; a temporary file when left out.',
  },
});

/** An in-memory cluster, to try everything on. */
export const sandboxCommand = defineCommand({
  name: 'sandbox',
  summary: 'Run an in-memory cluster, with a kubeconfig for kubectl and steward.',
  examples: [['steward sandbox --scenario small', 'a small cluster, until Ctrl-C']],
  options: OPTIONS,
  async run({ options, terminal }) {
    const cluster = createCluster({ clock: systemClock });
    const { description, objects } = scenario(options.scenario);
    cluster.load(objects);
    const simulation = simulateWorkloads(cluster);
    const sandbox = await startSandbox({ clock: systemClock, cluster, port: options.port });
    const path = options.writeKubeconfig ?? join(tmpdir(), `kube-steward-sandbox-${process.pid}.yaml`);
    writeFileSync(path, sandbox.kubeconfig(), { mode: 0o600 });
    terminal.out(`export KUBECONFIG=${path}`);
    terminal.err(
      `${options.scenario}: ${description}\nServing ${sandbox.url}; stop with Ctrl-C. In another terminal, with the line above:\n  kubectl get deployments -A\n  steward plan`,
    );
    await interrupted();
    simulation.stop();
    await sandbox.stop();
    return EXIT.ok;
  },
});

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
