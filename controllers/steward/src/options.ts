import {
  COLOR_CHOICES,
  boolean,
  choice,
  custom,
  defineOptions,
  duration,
  list,
  text,
  type OptionType,
} from '@kube-steward/cli';
import { formatLabelSelector, parseLabelSelector, type LabelSelector } from '@kube-steward/kube';
import { formatTimestamp, parseTimestamp } from '@kube-steward/schedule';
import { contextNames, namespaceNames } from './candidates.ts';

const cluster = 'Cluster';
const scope = 'What is looked at';
const output = 'Output';

const path: OptionType<string> = { ...text, placeholder: 'path' };
const named = (placeholder: string): OptionType<string> => ({ ...text, placeholder });
const selector: OptionType<LabelSelector> = custom(parseLabelSelector, {
  placeholder: 'selector',
  toConfig: (value) => formatLabelSelector(value as LabelSelector),
});

/** A moment, for `--at`. */
export const moment: OptionType<number> = custom(parseTimestamp, {
  placeholder: 'time',
  toConfig: (value) => formatTimestamp(value as number),
});

/** Which cluster, as kubectl spells it. */
export const CLUSTER_OPTIONS = defineOptions({
  kubeconfig: { type: path, complete: 'files', group: cluster, description: 'Path of the kubeconfig file.' },
  context: {
    type: named('name'),
    complete: contextNames,
    group: cluster,
    description: 'Name of the kubeconfig context.',
  },
  as: { type: named('user'), group: cluster, description: 'User to impersonate.' },
  asGroup: { type: list, default: [], group: cluster, description: 'Groups to impersonate.' },
  requestTimeout: {
    type: duration,
    default: 60_000,
    group: cluster,
    description: 'The most one request may take; 0: no limit.',
  },
});

/** Which objects, and as of when. */
export const SCOPE_OPTIONS = defineOptions({
  namespace: {
    type: named('name'),
    short: 'n',
    complete: namespaceNames,
    group: scope,
    description: 'Only this namespace; all of them when left out.',
  },
  allNamespaces: {
    type: boolean,
    default: false,
    short: 'A',
    group: scope,
    description: 'All namespaces, whatever --namespace says.',
  },
  selector: { type: selector, short: 'l', group: scope, description: 'Only objects with these labels.' },
  from: {
    type: path,
    complete: 'files',
    group: scope,
    description: 'Read manifests instead of a cluster: a file, a folder, or - for standard input.',
  },
  at: { type: moment, group: scope, description: 'Answer as of another moment, RFC 3339.' },
  config: {
    type: path,
    complete: 'files',
    group: scope,
    description: 'Configuration of the controllers: YAML, or the values of the Helm chart.',
  },
  showConfig: {
    type: boolean,
    default: false,
    group: scope,
    description: 'Print every value and where it came from, and do nothing else.',
  },
});

/** Of the few commands that write. */
export const WRITING_OPTIONS = defineOptions({
  yes: { type: boolean, default: false, short: 'y', description: 'Write without asking: for scripts.' },
  dryRun: { type: boolean, default: false, description: 'Show what would be written, and write nothing.' },
});

/** Where the janitor keeps what it has to remember. */
export const JANITOR_NAMESPACE = defineOptions({
  janitorNamespace: {
    type: named('name'),
    complete: namespaceNames,
    description: 'The namespace that the janitor runs in; it is looked for when left out.',
  },
});

/** How things are shown. */
export const OUTPUT_OPTIONS = defineOptions({
  noHeaders: { type: boolean, default: false, group: output, description: 'Leave the headings of tables out.' },
  color: { type: choice(COLOR_CHOICES), default: 'auto', group: output, description: 'When to use colour.' },
});

/** `-o`, with the formats a command knows. */
export const outputOption = <const F extends readonly ['table', ...string[]]>(formats: F) =>
  ({
    type: choice(formats),
    default: 'table',
    short: 'o',
    group: output,
    description: 'How the answer is printed.',
  }) as const;

/** The heading in help text under which output is described. */
export const OUTPUT_GROUP = output;
/** A file to read. */
export const PATH = path;
