import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EXIT,
  choice,
  defineCommand,
  defineOptions,
  integer,
  type OptionValues,
  type Terminal,
} from '@kube-steward/cli';
import type { Unstructured } from '@kube-steward/kube';
import { DAY_MS, formatTimestamp, systemClock } from '@kube-steward/schedule';
import { PATH } from '../options.ts';

/** Named here too, so that only this command loads the sandbox. */
export const SANDBOX_SCENARIOS = ['small', 'office'] as const;

const OPTIONS = defineOptions({
  scenario: { type: choice(SANDBOX_SCENARIOS), default: 'office', description: 'Which cluster.' },
  port: {
    type: integer({ min: 0, max: 65_535 }),
    default: 0,
    description: 'Port on the loopback address; 0 takes a free one.',
  },
  writeKubeconfig: {
    type: PATH,
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
  run: ({ options, terminal }) => serveSandbox(options, terminal, interrupted()),
});

/** Serves a scenario until `stopped`. Its time is the real one. */
export const serveSandbox = async (
  { scenario: name, port, writeKubeconfig }: OptionValues<typeof OPTIONS>,
  terminal: Terminal,
  stopped: Promise<void>,
): Promise<number> => {
  const { createCluster, scenario, simulateWorkloads, startSandbox } = await import('@kube-steward/sandbox');
  const lived = await aged();
  const cluster = createCluster({ clock: systemClock });
  const { description, objects } = scenario(name);
  cluster.load(objects.map(lived));
  const sandbox = await startSandbox({ clock: systemClock, cluster, port });
  const simulation = simulateWorkloads(cluster);
  const path = writeKubeconfig ?? join(tmpdir(), `kube-steward-sandbox-${process.pid}.yaml`);
  try {
    writeFileSync(path, sandbox.kubeconfig(), { mode: 0o600 });
    terminal.out(`export KUBECONFIG=${path}`);
    terminal.err(
      `${name}: ${description}\nServing ${sandbox.url} until Ctrl-C. In another terminal, with the line above:\n  kubectl get deployments -A\n  npx steward plan`,
    );
    await stopped;
  } finally {
    simulation.stop();
    await sandbox.stop();
    if (writeKubeconfig === undefined) rmSync(path, { force: true });
  }
  return EXIT.ok;
};

/** Older than any grace period. */
const AGE_MS = 7 * DAY_MS;

/** Objects that somebody applied a week ago, so that grace periods are over and it is known who set what. */
const aged = async (): Promise<(object: Unstructured) => Unstructured> => {
  const { managedFieldsAfterUpdate } = await import('@kube-steward/kube');
  const time = formatTimestamp(systemClock.now() - AGE_MS);
  return (object) => {
    const after = { ...object, metadata: { ...object.metadata, creationTimestamp: time } };
    const apiVersion = object.apiVersion ?? 'v1';
    const managedFields = managedFieldsAfterUpdate({ after, manager: 'kubectl-client-side-apply', apiVersion, time });
    return { ...after, metadata: { ...after.metadata, managedFields } };
  };
};

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
