import {
  boolean,
  choice,
  defineOptions,
  duration,
  integer,
  text,
  type OptionSpecs,
  type OptionValues,
} from '@kube-steward/cli';
import { LOG_LEVELS } from './logger.ts';

/** What differs from one controller to the next. */
export interface RuntimeDefaults {
  name: string;
  /** How many keys are reconciled at once. */
  concurrency: number;
}

const cluster = 'Cluster';
const running = 'Running';
const operation = 'Operation';

/** The options every controller has beside its own. */
export const runtimeOptions = ({ name, concurrency }: RuntimeDefaults) =>
  defineOptions({
    config: {
      type: text,
      group: running,
      complete: 'files',
      description: 'A YAML file with options; the flags win over it.',
    },
    dryRun: { type: boolean, default: false, group: running, description: 'Decides and logs, but changes no object.' },
    dryRunState: {
      type: boolean,
      default: true,
      group: running,
      description: 'In a dry run that keeps running: saves what has been learned, in the own namespace.',
    },
    once: { type: boolean, default: false, group: running, description: 'Looks at everything once, then ends.' },
    concurrency: {
      type: integer({ min: 1, max: 1000 }),
      default: concurrency,
      group: running,
      description: 'Objects worked on at once.',
    },

    kubeconfig: {
      type: text,
      group: cluster,
      complete: 'files',
      description: 'The kubeconfig file; $KUBECONFIG, ~/.kube/config or the service account when left out.',
    },
    context: { type: text, group: cluster, description: 'The kubeconfig context.' },
    qps: {
      type: integer({ min: -1 }),
      default: 50,
      group: cluster,
      description: 'Requests a second in the long run; -1 for no limit.',
    },
    burst: { type: integer({ min: 1 }), default: 100, group: cluster, description: 'Requests at once beyond qps.' },
    requestTimeout: {
      type: duration,
      default: 60_000,
      group: cluster,
      description: 'The most one request may take, retries included; 0 for no limit. Watches are not meant.',
    },

    leaderElect: {
      type: boolean,
      default: true,
      group: operation,
      description: 'Of several replicas only the holder of a Lease acts. Not in dry runs, nor with --once.',
    },
    leaseNamespace: { type: text, group: operation, description: 'Namespace of the Lease; the own one when left out.' },
    leaseName: {
      type: text,
      default: `kube-steward-${name}`,
      group: operation,
      description: 'Name of the Lease.',
    },
    logLevel: { type: choice(LOG_LEVELS), default: 'info', group: operation, description: 'The least level logged.' },
    healthPort: {
      type: integer({ min: 0, max: 65_535 }),
      default: 8080,
      group: operation,
      description: 'Port of /healthz, /readyz and /metrics; 0 for none.',
    },
    healthAddress: {
      type: text,
      default: '0.0.0.0',
      group: operation,
      description: 'Address that /healthz, /readyz and /metrics are served on.',
    },
    showConfig: {
      type: boolean,
      default: false,
      group: operation,
      description: 'Prints every option, its value and where it came from, and ends.',
    },
  });

export type RuntimeOptions = ReturnType<typeof runtimeOptions>;
export type RuntimeValues = OptionValues<RuntimeOptions>;

/** The values of a controller's own options and of those it shares with all. */
export type ControllerValues<S extends OptionSpecs> = OptionValues<S> & RuntimeValues;
