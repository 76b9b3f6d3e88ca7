import type { DecidedBy, ObjectReference } from '@kube-steward/plan';
import { formatDuration } from '@kube-steward/schedule';
import type { Layer, Written } from './annotations.ts';
import { configMapReference } from './calendar-book.ts';
import { neverRuns } from './cron-runs.ts';
import { pick } from './desired.ts';
import { namespaceReference } from './decide-namespace.ts';
import { observeAll, type AwakePod, type NamespaceView, type Observation, type View } from './observe.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { wishFor } from './wish.ts';

/** Something that can be read and is acted on, but is surely not meant as it stands. */
export interface Warning {
  readonly reason: Reason;
  /** One sentence that names the annotation. */
  readonly message: string;
  readonly decidedBy: DecidedBy;
}

/** What to tell the owner of a workload about what is written for it; nothing of it changes a decision. */
export const warningsOf = (o: Observation, policy: Policy, now: number): readonly Warning[] => [
  ...warningsOfLayer(o.workload.layer),
  ...neverUp(o, policy, now),
];

/** An uptime and a downtime that leave no moment between them. */
const neverUp = (o: Observation, policy: Policy, now: number): Warning[] => {
  const wish = wishFor(o, policy, now);
  if (wish.kind !== 'desired' || !wish.desired.isUnseen) return [];
  const [uptime, downtime] = (['uptime', 'downtime'] as const).map((name) => pick(wish.layers, name)?.writtenAs);
  if (!uptime || !downtime) return [];
  const looked = formatDuration((wish.desired.until ?? now) - now);
  const message = `${writing(downtime)} leaves nothing of ${writing(uptime)}: never up in the next ${looked}`;
  return [{ reason: 'SuspectAnnotation', message, decidedBy: downtime }];
};

const writing = ({ source, key, value }: Written): string => `${key} "${value}" (${source})`;

/**
 * The same for a namespace.
 *
 * @param pods those in it that carry force-uptime
 */
export const warningsOfNamespace = (
  { layer, metadata }: NamespaceView,
  pods: readonly AwakePod[],
  policy: Policy,
): readonly Warning[] => [
  ...warningsOfLayer(layer),
  ...(policy.podsForceCluster ? [] : podWarnings(pods, metadata.name)),
];

/** Of a schedule: what it is reported for; of an `exclude`: that it is neither a boolean nor a window. */
const warningsOfLayer = ({ entries }: Layer): readonly Warning[] =>
  Object.values(entries).flatMap(({ writtenAs, value }) =>
    remarksOn(value).map((remark) => ({
      reason: 'SuspectAnnotation' as const,
      message: `${writtenAs.key}: ${remark}`,
      decidedBy: writtenAs,
    })),
  );

const remarksOn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if ('warning' in value && typeof value.warning === 'string') return [value.warning];
  if ('schedule' in value) return remarksOn(value.schedule);
  return 'lint' in value ? (value.lint as readonly string[]) : [];
};

/** One is enough: kube-downscaler read the annotation of any pod for the whole cluster. */
const podWarnings = ([pod]: readonly AwakePod[], namespace: string): Warning[] => {
  const writtenAs = pod?.layer.entries.forceUptime?.writtenAs;
  if (!writtenAs) return [];
  const message = `${writtenAs.source} keeps only its namespace ${namespace} up; --pods-force-cluster makes it the whole cluster`;
  return [{ reason: 'SuspectAnnotation', message, decidedBy: writtenAs }];
};

/** A warning, and the object it is about. */
export interface ObjectWarning extends Warning {
  readonly object: ObjectReference;
}

const CALENDARS: DecidedBy = { source: 'config', key: 'calendars' };

/** Every warning there is on a cluster: what a plan tells beside its decisions. */
export const warningsIn = function* (view: View, policy: Policy, now: number): Generator<ObjectWarning> {
  for (const { of, message } of policy.calendars.problems())
    yield { reason: 'CalendarUnreadable', message, decidedBy: CALENDARS, object: configMapReference(of) };
  for (const namespace of view.namespaces.list()) {
    const object = namespaceReference(namespace);
    const pods = view.awakePods.byIndex('namespace', namespace.metadata.name);
    for (const warning of warningsOfNamespace(namespace, pods, policy)) yield { ...warning, object };
  }
  for (const observation of observeAll(view, policy)) {
    const object = observation.workload.reference;
    for (const warning of warningsOf(observation, policy, now)) yield { ...warning, object };
    const message = neverRuns(observation, policy, now);
    if (message !== undefined) yield { reason: 'NeverRuns', message, decidedBy: { source: 'object' }, object };
  }
};
