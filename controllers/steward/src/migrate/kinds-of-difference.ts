import type { OldTool } from '@kube-steward/downscaler';
import type { Decision, ObjectReference } from '@kube-steward/plan';
import type { OldVerdict, Subject } from './old-rules.ts';
import { differenceIn, type DifferenceRow, type FoundDifference } from './difference-kind.ts';

/** The two verdicts at the moment at which the two tools part. */
export interface Parting {
  readonly tool: OldTool;
  readonly subject: Subject;
  readonly object: ObjectReference;
  readonly old: OldVerdict;
  readonly new: Decision;
}

const PERIOD_REASONS = ['BothPeriods', 'InsideUpscalePeriod', 'InsideDownscalePeriod', 'OutsidePeriods'];
const PROTECTED_REASONS = ['SystemPriority', 'ServesApiServer', 'OwnWorkload'];
const AUTOSCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];
const ONE_UNIT_REASONS = ['LeftToAutoscaler', 'LeftToScaledObject', 'LeftToTarget', 'WaitsForTarget'];
const EXCLUDED_REASONS = ['Excluded', 'ExcludedNamespace', 'OwnedByManagedKind'];

const key = ({ decidedBy }: Decision): string => decidedBy?.key ?? '';
const source = ({ decidedBy }: Decision): string => decidedBy?.source ?? '';
const path = ({ namespace = '', name }: ObjectReference): string => `${namespace}/${name}`;
const whereOf = ({ source: from = 'object' }: OldVerdict): string => (from === 'object' ? 'it' : from);
/** The flag or annotation in which the old tool's value stands. */
const place = ({ source = '', key: named = '' }: OldVerdict): string => {
  if (source === 'object') return `downscaler/${named} on it`;
  if (source.startsWith('namespace/')) return `downscaler/${named} on ${source}`;
  return `--${FLAG_NAMES[named] ?? named}`;
};

/** Flags that are not called like the annotation. */
const FLAG_NAMES: Readonly<Record<string, string>> = { uptime: 'default-uptime', downtime: 'default-downtime' };

/** How a remedy begins where nothing is to be done. */
export const NONE_NEEDED = 'none needed';

/** What is written here to wake something, or put it to sleep, for a while; py-kube-downscaler knows no such value. */
const EXCEPTION = /^"until \d{4}-/;

/** Every kind of difference: the first row that applies names it. */
const ROWS = [
  {
    id: 'RefusesToStart',
    applies: ({ old }) => old.rule === 'RefusesToStart',
    what: 'the old tool does not start with these flags',
    remedy: () => 'leave out one of the flags that exclude each other',
  },
  {
    id: 'OneUnit',
    applies: ({ subject, old, new: ours }) =>
      ONE_UNIT_REASONS.includes(ours.reason) || (AUTOSCALERS.includes(subject.kind) && old.rule === 'NotIncluded'),
    what: 'an autoscaler and its target are one unit here: exactly one of the two is scaled',
    remedy: () => `${NONE_NEEDED}: together they are as small as there`,
  },
  {
    id: 'ScaleChildren',
    applies: ({ tool, subject, old }) =>
      tool !== 'go' && subject.parent !== undefined && ['NotIncluded', 'Owned'].includes(old.rule),
    what: 'with scale-children, a CronJob takes its Jobs with it here',
    remedy: () => 'take downscaler/scale-children off its CronJob',
  },
  {
    id: 'NotIncluded',
    applies: ({ old, new: ours }) => old.rule === 'NotIncluded' || ours.reason === 'NotIncluded',
    what: 'the kind is handled by one of the two only',
    remedy: ({ old, subject }) =>
      old.rule === 'NotIncluded'
        ? `leave ${subject.kindNames[0] ?? subject.kind} out of --include-resources`
        : `add ${subject.kindNames[0] ?? subject.kind} to --include-resources`,
  },
  {
    id: 'ProtectedNamespace',
    applies: ({ new: ours }) => ours.reason === 'ProtectedNamespace',
    what: 'the namespace is always protected here',
    remedy: () => 'none: what must sleep there has to move to another namespace',
  },
  {
    id: 'ProtectedWorkload',
    applies: ({ new: ours }) => PROTECTED_REASONS.includes(ours.reason),
    what: 'the cluster depends on it, so it is protected here',
    remedy: ({ object }) => `--sleep-protected=${path(object)}`,
  },
  {
    id: 'PodForcesCluster',
    applies: ({ old }) => old.rule === 'ForceUptimePod',
    what: 'a pod with force-uptime keeps its namespace up here, not the whole cluster',
    remedy: () => '--pods-force-cluster',
  },
  {
    id: 'BadValue',
    applies: ({ old, new: ours }) =>
      ['BadValue', 'Incompatible', 'MultipleForce'].includes(old.rule) || ours.reason === 'InvalidAnnotation',
    what: 'a value that one of the two cannot use',
    remedy: ({ old, new: ours }) => {
      if (ours.reason === 'InvalidAnnotation') return `correct ${key(ours)}`;
      return EXCEPTION.test(old.reason) ? `${NONE_NEEDED}: over by itself at that time` : `correct it: ${old.reason}`;
    },
  },
  {
    id: 'UnknownAnnotation',
    applies: ({ new: ours }) => ours.reason === 'UnknownAnnotation',
    what: 'an annotation that the old tool does not look at',
    remedy: ({ new: ours }) => `remove ${key(ours)}`,
  },
  {
    id: 'NamePattern',
    applies: ({ old, new: ours }) =>
      ['ExcludedNamespace', 'ExcludedName'].includes(old.rule) && !EXCLUDED_REASONS.includes(ours.reason),
    what: 'the name is excluded by the old tool only',
    remedy: ({ old, subject }) =>
      old.rule === 'ExcludedNamespace'
        ? `--exclude-namespaces=${subject.namespace}`
        : `--exclude-workloads=${subject.name}`,
  },
  {
    id: 'OwnedWorkload',
    applies: ({ old }) => old.rule === 'Owned' || old.rule === 'ScaledByKeda',
    what: 'the old tool leaves it to its owner',
    remedy: () => 'downscaler/exclude: "true" on it',
  },
  {
    id: 'AsleepElsewhere',
    applies: ({ tool, old, new: ours }) => tool === 'kube-green' && old.state === 'up' && ours.action === 'none',
    what: 'its size is in a Secret of kube-green, so nobody would wake it here',
    remedy: () => 'wake everything with kube-green before it is removed',
  },
  {
    id: 'SleepInfo',
    applies: ({ tool, old, new: ours }) =>
      tool === 'kube-green' && old.rule === 'SleepInfo' && ours.reason !== 'GracePeriod',
    what: 'kube-green goes by a SleepInfo, which is not read here',
    remedy: ({ old }) =>
      old.rewrite === undefined
        ? 'write its hours as downscaler/uptime on the namespace'
        : `downscaler/${old.key ?? 'uptime'}: "${old.rewrite}" on ${old.source ?? 'the namespace'}`,
  },
  {
    id: 'NoSleepInfo',
    applies: ({ tool }) => tool === 'kube-green',
    what: 'kube-green does not choose it',
    remedy: () => 'downscaler/exclude: "true" on it',
  },
  {
    id: 'ExcludeWindow',
    applies: ({ tool, old, new: ours }) =>
      tool === 'py' && old.key === 'exclude' && !EXCLUDED_REASONS.includes(ours.reason),
    what: 'exclude with a time window excludes for ever there, inside the window here',
    remedy: ({ old }) => `downscaler/exclude: "true" on ${whereOf(old)}`,
  },
  {
    id: 'ExcludedRestored',
    applies: ({ old, new: ours }) => old.rule === 'Excluded' && EXCLUDED_REASONS.includes(ours.reason),
    what: 'what is excluded while asleep is brought back here',
    remedy: () => '--upscale-target-only',
  },
  {
    id: 'Unselected',
    applies: ({ old, new: ours }) => old.rule === 'Unselected' && EXCLUDED_REASONS.includes(ours.reason),
    what: 'what is not chosen any more while asleep is brought back here',
    remedy: () => '--upscale-target-only',
  },
  {
    id: 'ExcludeLayers',
    applies: ({ new: ours }) => EXCLUDED_REASONS.includes(ours.reason) && key(ours).endsWith('exclude'),
    what: 'exclude of a namespace counts here whatever a workload says',
    remedy: ({ new: ours }) =>
      `take downscaler/exclude off ${source(ours)} and write it on the workloads that are meant`,
  },
  {
    id: 'Exclusion',
    applies: ({ old, new: ours }) =>
      ['Excluded', 'ExcludedRestored', 'Unselected'].includes(old.rule) || EXCLUDED_REASONS.includes(ours.reason),
    what: 'one of the two leaves it out',
    remedy: ({ old }) => (old.state === 'left' ? 'downscaler/exclude: "true" on it' : 'choose it by name or label'),
  },
  {
    id: 'GracePeriod',
    applies: ({ old, new: ours }) => old.rule === 'GracePeriod' || ours.reason === 'GracePeriod',
    what: 'the grace period is not the same, or holds back waking there',
    remedy: ({ old }) =>
      old.rule === 'GracePeriod' && old.key !== undefined && old.state === 'left'
        ? `${NONE_NEEDED}: over once the grace period is`
        : 'take downscaler/grace-period off, or write the same time as --grace-period',
  },
  {
    id: 'ForceOnWorkload',
    applies: ({ tool, new: ours }) =>
      tool === 'py' && ['ForcedUp', 'ForcedDown'].includes(ours.reason) && source(ours) === 'object',
    what: 'force values on a workload are ignored there',
    remedy: ({ new: ours }) => `remove ${key(ours)} from it`,
  },
  {
    id: 'NeverAsPeriod',
    applies: ({ tool, old }) => tool === 'py' && old.rule === 'Periods' && /^never$/i.test(old.value ?? ''),
    what: '`Never` switches the periods on there, so that nothing is done',
    remedy: () => 'downscaler/exclude: "true" on it, with --upscale-target-only',
  },
  {
    id: 'Window',
    applies: ({ old }) => old.rewrite !== undefined,
    what: 'the window is read differently: an end before its start runs into the next day here',
    remedy: ({ old }) => `write "${old.rewrite ?? ''}" in ${place(old)}`,
  },
  {
    id: 'NothingConfigured',
    applies: ({ old }) => old.rule === 'NothingConfigured',
    what: 'without any time configured, what carries an original is brought back here',
    remedy: () => 'downscaler/exclude: "true" on it, with --upscale-target-only',
  },
  {
    id: 'PeriodsHide',
    applies: ({ tool, old, new: ours }) =>
      tool === 'go' && PERIOD_REASONS.includes(ours.reason) && source(ours) !== old.source,
    what: 'a period in any layer hides uptime and downtime of all layers here',
    remedy: ({ old }) =>
      `downscaler/upscale-period: "never" and downscaler/downscale-period: "never" on ${whereOf(old)}`,
  },
  {
    id: 'LayerAlone',
    applies: ({ tool, old, new: ours }) => tool === 'go' && source(ours) !== old.source,
    what: 'there the most specific layer with any time decides alone; here each value has its own layer',
    remedy: ({ old, new: ours }) =>
      old.state === 'left'
        ? 'downscaler/exclude: "true" on it, with --upscale-target-only'
        : ['InsideDowntime', 'OutsideDowntime'].includes(ours.reason)
          ? `downscaler/downtime: "never" beside downscaler/${old.key ?? ''}`
          : `downscaler/uptime: "always" beside downscaler/${old.key ?? ''}`,
  },
  {
    id: 'Size',
    applies: ({ subject: { annotations, namespaceAnnotations } }) =>
      [annotations, namespaceAnnotations].some((each) => each['downscale-replicas'] ?? each['downtime-replicas']),
    what: 'the size while down has another name there',
    remedy: ({ tool }) =>
      tool === 'py' ? 'take downscaler/downscale-replicas off' : 'take downscaler/downtime-replicas off',
  },
  {
    id: 'StaleOriginal',
    applies: ({ old, new: ours }) => old.state === 'up' && ours.action !== 'scaleDown',
    what: 'what was scaled by hand while down stays so there, and comes back to its original here',
    remedy: () => 'remove downscaler/original-replicas from it to keep the size it has',
  },
  {
    id: 'Other',
    applies: () => true,
    what: 'the two decide differently',
    remedy: () => 'compare the two reasons',
  },
] as const satisfies readonly DifferenceRow<Parting>[];

/** A kind of difference, filled in. */
export type DifferenceKind = FoundDifference<(typeof ROWS)[number]['id']>;

/** The kind of a difference. */
export const kindOfDifference = (parting: Parting): DifferenceKind =>
  differenceIn<Parting, DifferenceKind['id']>(ROWS, parting);
