import {
  boolean,
  choice,
  custom,
  defineOptions,
  duration,
  integer,
  list,
  regexList,
  text,
  type OptionType,
} from '@kube-steward/cli';
import { parseLabelSelector, type LabelSelector } from '@kube-steward/kube';
import { calendarSources } from './calendars.ts';
import { FIELD_MANAGER } from './names.ts';

const selector: OptionType<LabelSelector> = custom(parseLabelSelector, { placeholder: 'selector' });
const window = (): OptionType<string> => ({ ...text, placeholder: 'window' });
const timing = 'Timing';
const scope = 'What is put to sleep';
const behaviour = 'Behaviour';
const safety = 'Safety';

/** Every option of the downscaler's own. Names of the environment besides ours are those of the tools people come from. */
export const DOWNSCALER_OPTIONS = defineOptions({
  defaultUptime: {
    type: window(),
    default: 'always',
    env: ['DEFAULT_UPTIME'],
    group: timing,
    conflictsWith: ['upscalePeriod'],
    description: 'When workloads are up that say nothing themselves.',
  },
  defaultDowntime: {
    type: window(),
    default: 'never',
    env: ['DEFAULT_DOWNTIME'],
    group: timing,
    conflictsWith: ['downscalePeriod'],
    description: 'When workloads are down that say nothing themselves. Wins over uptime.',
  },
  upscalePeriod: {
    type: window(),
    default: 'never',
    env: ['UPSCALE_PERIOD'],
    group: timing,
    description: 'Workloads are brought up inside it, and left as they are outside both periods.',
  },
  downscalePeriod: {
    type: window(),
    default: 'never',
    env: ['DOWNSCALE_PERIOD'],
    group: timing,
    description: 'Workloads are brought down inside it, and left as they are outside both periods.',
  },
  forceUptime: {
    type: window(),
    group: timing,
    description: 'Keeps everything up, below any force value of an object, namespace or pod.',
  },
  forceDowntime: {
    type: window(),
    group: timing,
    description: 'Keeps everything down, below any force value of an object, namespace or pod.',
  },
  defaultTimezone: {
    type: text,
    env: ['DEFAULT_TIMEZONE'],
    group: timing,
    description: 'Zone of windows that name none, such as Europe/Berlin.',
  },
  defaultWeekframe: {
    type: text,
    env: ['DEFAULT_WEEKFRAME'],
    group: timing,
    description: 'Weekdays of windows that name none, such as Mon-Fri.',
  },
  gracePeriod: {
    type: duration,
    default: 900_000,
    group: timing,
    description: 'Nothing younger than this is put to sleep.',
  },
  awakeAfterDeploy: {
    type: duration,
    group: timing,
    description: 'How long a change of its pod template wakes a workload that is down, so that a deploy can be tested.',
  },
  deploymentTimeAnnotation: {
    type: text,
    group: timing,
    description: 'Annotation with the time of the last deploy: age counts from it where it is later than the creation.',
  },
  calendars: {
    type: calendarSources,
    configOnly: true,
    group: timing,
    description:
      'Days for calendar(NAME), by name: a ConfigMap or a file of date lines or iCalendar, or a list of dates.',
  },

  includeResources: {
    type: list,
    default: ['deployments'],
    env: ['INCLUDE_RESOURCES'],
    group: scope,
    description: 'Kinds to put to sleep, by their plural names.',
  },
  scaleTarget: {
    type: list,
    default: [],
    group: scope,
    description:
      'A further kind, as group/version/plural:path=down, such as example.org/v1/caches:/spec/replicas=0. Path /scale asks the custom resource definition where the size is.',
  },
  namespace: {
    type: list,
    default: [],
    short: 'n',
    group: scope,
    description: 'Only these namespaces are watched; all of them when left out.',
  },
  includeNamespaces: {
    type: regexList,
    default: [],
    group: scope,
    description: 'Regular expressions for whole names: other namespaces are excluded.',
  },
  excludeNamespaces: {
    type: regexList,
    default: [],
    env: ['EXCLUDE_NAMESPACES'],
    group: scope,
    description: 'Regular expressions for whole names of namespaces never touched, beside those always protected.',
  },
  namespaceSelector: { type: selector, group: scope, description: 'Label selector: other namespaces are excluded.' },
  includeWorkloads: {
    type: regexList,
    default: [],
    group: scope,
    description: 'Regular expressions for whole names: other workloads are excluded.',
  },
  excludeWorkloads: {
    type: regexList,
    default: [],
    env: ['EXCLUDE_DEPLOYMENTS'],
    aliases: ['exclude-deployments'],
    group: scope,
    description: 'Regular expressions for whole names of workloads never touched.',
  },
  selector: { type: selector, short: 'l', group: scope, description: 'Label selector: other workloads are excluded.' },
  matchingLabels: {
    type: regexList,
    default: [],
    env: ['MATCHING_LABELS'],
    group: scope,
    description: 'Regular expressions for a whole key=value: workloads without such a label are excluded.',
  },
  explicitInclude: {
    type: boolean,
    default: false,
    group: scope,
    description: 'Everything is excluded that does not carry exclude: "false".',
  },
  sleepProtected: {
    type: list,
    default: [],
    group: scope,
    description: 'namespace/name of workloads that may sleep although the system or the API server depends on them.',
  },

  downtimeReplicas: {
    type: text,
    default: '0',
    group: behaviour,
    description: 'The size while down: a number, or a share for disruption budgets.',
  },
  wakeTimeout: {
    type: duration,
    default: 600_000,
    group: behaviour,
    description: 'What is not back this long after it was woken is reported, with the cause.',
  },
  upscaleTargetOnly: {
    type: boolean,
    default: false,
    group: behaviour,
    description: 'Excluded workloads that are asleep stay asleep.',
  },
  upscaleExcluded: {
    type: boolean,
    group: behaviour,
    description: 'Excluded workloads that are asleep are brought back (the default).',
  },
  scaleChildren: { type: boolean, group: behaviour, description: 'Jobs sleep and wake with their CronJob.' },
  podsForceCluster: {
    type: boolean,
    default: false,
    group: behaviour,
    description: 'A pod with force-uptime keeps the whole cluster up, not only its namespace.',
  },
  onManualChange: {
    type: choice(['enforce', 'respect']),
    default: 'enforce',
    group: behaviour,
    description: 'A size set by hand while down is put back after a minute, or left until the next transition.',
  },
  statusAnnotation: {
    type: boolean,
    default: false,
    group: behaviour,
    description: 'Writes why a workload sleeps, and until when, on it: as the annotation status.',
  },
  annotationPrefix: {
    type: text,
    default: 'downscaler',
    group: behaviour,
    description: 'What stands before the slash of every annotation.',
  },
  fieldManager: {
    type: text,
    default: FIELD_MANAGER,
    group: behaviour,
    description: 'Name of this writer in managedFields. GitOps tools are configured with it.',
  },

  maxChangesPerMinute: {
    type: integer({ min: 1 }),
    group: safety,
    description: 'So many workloads are put to sleep in any minute, and so many woken; no limit when left out.',
  },
  maxWakePerMinute: {
    type: integer({ min: 1 }),
    group: safety,
    description:
      'So many workloads are woken in any minute, against the stampede of a morning; no limit when left out.',
  },
  yes: {
    type: boolean,
    default: false,
    group: safety,
    description: 'Agrees to more than half of all workloads going to sleep at once, also outside a transition.',
  },

  ignoreOldDownscaler: {
    type: boolean,
    default: false,
    group: safety,
    description: 'Acts although a Deployment of py-kube-downscaler, GoKubeDownscaler or kube-green runs beside it.',
  },

  interval: { type: text, description: '', deprecated: 'changes are acted on as they happen' },
  debug: { type: boolean, short: 'd', description: '', deprecated: 'use --log-level=debug' },
  jsonLogs: { type: boolean, description: '', deprecated: 'logs are JSON' },
  enableEvents: { type: boolean, description: '', deprecated: 'events are always written' },
  apiServerTimeout: { type: text, description: '', deprecated: 'use --request-timeout' },
  maxRetriesOnConflict: { type: text, description: '', deprecated: 'a conflict is read and decided again' },
  maxRetriesOnThrottling: {
    type: text,
    description: '',
    deprecated: 'throttled requests are retried as the server asks',
  },
  metrics: { type: boolean, description: '', deprecated: 'metrics are always served' },
  leaderElection: { type: boolean, description: '', deprecated: 'use --leader-elect' },
  admissionController: {
    type: text,
    description: '',
    refused: 'new objects are seen as they are created; use --grace-period=0 to put them to sleep at once',
  },
});
