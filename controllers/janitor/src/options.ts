import { boolean, defineOptions, duration, integer, list, text } from '@kube-steward/cli';
import { rulesOption } from './rules.ts';

const timing = 'What is deleted, and when';
const scope = 'Where it looks';
const safety = 'Safety';

/** Every option of the janitor's own. Flags and names of the environment besides ours are kube-janitor's. */
export const JANITOR_OPTIONS = defineOptions({
  rulesFile: {
    type: text,
    env: ['RULES_FILE'],
    complete: 'files',
    group: timing,
    conflictsWith: ['rules'],
    description: 'A YAML file with rules. It is read again when it changes; a bad one is refused whole.',
  },
  rules: {
    type: rulesOption,
    configOnly: true,
    group: timing,
    description: 'Rules, in the order in which they are asked.',
  },
  deploymentTimeAnnotation: {
    type: text,
    group: timing,
    description: 'Annotation with the time of the last deploy: age counts from it where it is later than the creation.',
  },
  deleteNotification: {
    type: duration,
    default: 0,
    group: timing,
    description: 'Announces a deletion so long before with an Event; nothing is deleted that was not announced.',
  },
  notifyAnnotation: {
    type: boolean,
    default: false,
    group: timing,
    description: 'Writes janitor/notified on what is announced, as kube-janitor does.',
  },
  annotationPrefix: {
    type: text,
    default: 'janitor',
    group: timing,
    description: 'What stands before the slash of every annotation.',
  },

  includeResources: {
    type: list,
    default: ['all'],
    env: ['INCLUDE_RESOURCES'],
    group: scope,
    description: 'Kinds to look at: plural, plural.group or group/version/plural; or all.',
  },
  excludeResources: {
    type: list,
    default: ['events', 'controllerrevisions'],
    env: ['EXCLUDE_RESOURCES'],
    group: scope,
    description: 'Kinds never touched.',
  },
  includeNamespaces: {
    type: list,
    default: ['all'],
    env: ['INCLUDE_NAMESPACES'],
    group: scope,
    description: 'Names of namespaces to look at; or all.',
  },
  excludeNamespaces: {
    type: list,
    default: ['kube-system'],
    env: ['EXCLUDE_NAMESPACES'],
    group: scope,
    description: 'Names of namespaces never touched.',
  },
  includeClusterResources: {
    type: boolean,
    default: false,
    group: scope,
    description: 'Looks at kinds without a namespace too. Namespaces themselves are always looked at.',
  },
  uncheckedResources: {
    type: list,
    default: ['events'],
    group: safety,
    description:
      'Kinds (plural, plural.group, *.group) not asked before a namespace or a claim goes: nothing in them is protected, or uses a claim.',
  },
  archive: {
    type: text,
    complete: 'files',
    group: safety,
    description: 'Keeps the manifest of what is deleted: in this folder, or in ConfigMaps (configmap). No Secret data.',
  },
  maxDeletesPerMinute: {
    type: integer({ min: 1 }),
    group: safety,
    description: 'So many objects are deleted in any minute, the oldest deadline first; no limit when left out.',
  },

  interval: { type: text, description: '', deprecated: 'deadlines are met as they come' },
  waitAfterDelete: { type: text, description: '', deprecated: 'use --qps or --max-deletes-per-minute' },
  debug: { type: boolean, short: 'd', description: '', deprecated: 'use --log-level=debug' },
  quiet: { type: boolean, short: 'q', description: '', deprecated: 'use --log-level=warn' },
  logFormat: { type: text, description: '', deprecated: 'logs are JSON' },
  resourceContextHook: {
    type: text,
    description: '',
    refused: 'no code of others is run; a rule may ask _context.pvc_is_not_mounted and _context.pvc_is_not_referenced',
  },
});
