import { type KubeObject, type Resource } from '@kube-steward/kube';
import { parseSchedule, MINUTE_MS, type Schedule } from '@kube-steward/schedule';
import { messageOf } from '@kube-steward/cli';
import type { OldRules, OldVerdict, Subject } from './old-rules.ts';

/** The custom resource that tells kube-green when a namespace sleeps. */
export const SLEEP_INFOS: Resource = {
  group: 'kube-green.com',
  version: 'v1alpha1',
  plural: 'sleepinfos',
  kind: 'SleepInfo',
  namespaced: true,
};

/** What a reference of `excludeRef` or `includeRef` names. */
interface Reference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface SleepInfoSpec {
  readonly weekdays?: string;
  readonly sleepAt?: string;
  readonly wakeUpAt?: string;
  readonly timeZone?: string;
  readonly suspendDeployments?: boolean;
  readonly suspendStatefulSets?: boolean;
  readonly suspendCronJobs?: boolean;
  readonly excludeRef?: readonly Reference[];
  readonly includeRef?: readonly Reference[];
  /** What else is patched while asleep, by kind. */
  readonly patches?: readonly { readonly target?: { readonly group?: string; readonly kind?: string } }[];
}

/** One SleepInfo, read: the minutes that begin at its edges. */
interface SleepInfo {
  readonly name: string;
  readonly namespace: string;
  readonly spec: SleepInfoSpec;
  readonly sleep: Schedule;
  readonly wake: Schedule | undefined;
  /** The annotation that means the same here. */
  readonly same: readonly [key: string, value: string] | undefined;
}

/** Which kinds it puts to sleep, and unless a SleepInfo says otherwise. */
const KINDS: Readonly<Record<string, { flag: keyof SleepInfoSpec; byDefault: boolean }>> = {
  Deployment: { flag: 'suspendDeployments', byDefault: true },
  StatefulSet: { flag: 'suspendStatefulSets', byDefault: true },
  CronJob: { flag: 'suspendCronJobs', byDefault: false },
};

/**
 * The rules of kube-green: at the minute of an edge a whole namespace goes down or comes up, and nothing happens between.
 *
 * | | answer |
 * | --- | --- |
 * | no SleepInfo in the namespace; kind switched off; an owner; `excludeRef` and `includeRef` do not choose it | left |
 * | `sleepAt` | down, to 0 |
 * | `wakeUpAt` | up to what it was; without one: never |
 *
 * @param bad told of a SleepInfo that cannot be read, or has patches, whose kinds are not compared
 */
export const kubeGreenRules = (objects: readonly KubeObject[], bad: (message: string) => void): OldRules => {
  const infos = objects.filter(({ kind }) => kind === SLEEP_INFOS.kind).flatMap((object) => readSleepInfo(object, bad));
  return {
    tool: 'kube-green',
    decide(subject, _standing, asking) {
      const own = infos.filter(({ namespace }) => namespace === subject.namespace);
      if (own.length === 0) return { state: 'left', rule: 'NoSleepInfo', reason: 'no SleepInfo in its namespace' };
      const chosen = own.filter((info) => isChosen(subject, info.spec));
      if (chosen.length === 0)
        return { state: 'left', rule: 'Unselected', reason: 'no SleepInfo of its namespace chooses it' };
      for (const { sleep, wake } of chosen) {
        asking.isIn(asOld(sleep));
        if (wake) asking.isIn(asOld(wake));
      }
      return lastEdge(chosen, asking.now);
    },
    downSize: () => 0,
    /** Originals are in a Secret, which is not read: what is at 0 behind an edge to sleep comes back to some size. */
    recall(subject, standing, now) {
      const chosen = infos.filter((info) => info.namespace === subject.namespace && isChosen(subject, info.spec));
      const sleeps = chosen.length > 0 && standing.replicas === 0 && lastEdge(chosen, now).state === 'down';
      return sleeps ? { asleep: true, replicas: 0, original: NaN } : standing;
    },
    act(standing, state) {
      const { replicas, original } = standing;
      if (state === 'up') return { asleep: false, replicas: original ?? replicas, original: undefined };
      if (replicas === undefined) return { ...standing, asleep: true };
      return replicas > 0 ? { asleep: true, replicas: 0, original: replicas } : standing;
    },
  };
};

const asOld = (schedule: Schedule) => ({
  matches: (at: number) => schedule.matches(at),
  nextChange: (at: number) => schedule.nextChange(at),
  rewrite: undefined,
});

const readSleepInfo = ({ metadata, ...rest }: KubeObject, bad: (message: string) => void): SleepInfo[] => {
  const { spec = {} } = rest as unknown as { readonly spec?: SleepInfoSpec };
  const { name, namespace = 'default' } = metadata;
  const { sleepAt, wakeUpAt, patches = [] } = spec;
  if (patches.length > 0) bad(`SleepInfo ${namespace}/${name} has patches for ${patchedBy(patches)}: not compared`);
  try {
    if (sleepAt === undefined) throw new Error('it has no sleepAt');
    return [
      {
        name,
        namespace,
        spec,
        sleep: edge(sleepAt, spec),
        wake: wakeUpAt === undefined ? undefined : edge(wakeUpAt, spec),
        same: sameHere(sleepAt, spec),
      },
    ];
  } catch (error) {
    bad(`SleepInfo ${namespace}/${name} cannot be read: ${messageOf(error)}`);
    return [];
  }
};

/** `Rollout.argoproj.io, Service` */
const patchedBy = (patches: NonNullable<SleepInfoSpec['patches']>): string =>
  patches.map(({ target: { kind = '', group = '' } = {} }) => (group === '' ? kind : `${kind}.${group}`)).join(', ');

/** The minute that begins at that time of the listed weekdays. */
const edge = (time: string, { weekdays = '*', timeZone = 'UTC' }: SleepInfoSpec): Schedule => {
  const [hour = '', minute = ''] = time.split(':');
  return parseSchedule(`cron(${minute} ${hour} * * ${weekdays}) for 1m ${timeZone}`);
};

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Awake between the two edges of a day, or asleep between them; either way in hours of the same weekdays. */
const sameHere = (
  sleepAt: string,
  { weekdays = '*', wakeUpAt, timeZone = 'UTC' }: SleepInfoSpec,
): readonly [string, string] | undefined => {
  const [, first, last = first] = /^(\d)(?:-(\d))?$/.exec(weekdays === '*' ? '1-7' : weekdays) ?? [];
  if (first === undefined || !/^\d\d:\d\d$/.test(sleepAt) || !/^\d\d:\d\d$/.test(wakeUpAt ?? '00:00')) return undefined;
  const days = `${WEEKDAYS[Number(first)] ?? ''}-${WEEKDAYS[Number(last)] ?? ''}`;
  if (wakeUpAt === undefined) return ['downscale-period', `${days} ${sleepAt}-24:00 ${timeZone}`];
  return wakeUpAt < sleepAt
    ? ['uptime', `${days} ${wakeUpAt}-${sleepAt} ${timeZone}`]
    : ['downtime', `${days} ${sleepAt}-${wakeUpAt} ${timeZone}`];
};

/**
 * What `includeRef` and `excludeRef` choose of the kinds that sleep, as kube-green asks the API server for them:
 *
 * | | chosen |
 * | --- | --- |
 * | names of its kind are included | who bears every one of them, whatever is excluded |
 * | else | who bears none of the excluded names of its kind |
 * | and, if labels are excluded and no names included | who bears none of them, whatever labels are included |
 * | and else | who bears every included label |
 */
const isChosen = (subject: Subject, spec: SleepInfoSpec): boolean => {
  const row = KINDS[subject.kind];
  if (!row || subject.controller !== undefined || (spec[row.flag] ?? row.byDefault) !== true) return false;
  const { excludeRef = [], includeRef = [] } = spec;
  const bears = ([key, value]: readonly [string, string]): boolean => subject.labels[key] === value;
  const names = namesFor(subject, includeRef);
  if (names.length > 0) return names.every((name) => name === subject.name) && labelsIn(includeRef).every(bears);
  if (namesFor(subject, excludeRef).includes(subject.name)) return false;
  const exceptLabels = labelsIn(excludeRef);
  return exceptLabels.length > 0 ? !exceptLabels.some(bears) : labelsIn(includeRef).every(bears);
};

/** The names that references give to objects of its group and kind. */
const namesFor = ({ apiVersion, kind }: Subject, references: readonly Reference[]): string[] => {
  const group = apiVersion.slice(0, apiVersion.indexOf('/') + 1);
  return references.flatMap(({ apiVersion: of = '', kind: ofKind, name = '' }) =>
    name !== '' && ofKind === kind && of.startsWith(group) ? [name] : [],
  );
};

const labelsIn = (references: readonly Reference[]): (readonly [key: string, value: string])[] =>
  references.flatMap(({ matchLabels = {} }) => Object.entries(matchLabels));

/** The edge that was passed last decides; where two fall together, the sleep. */
const lastEdge = (infos: readonly SleepInfo[], now: number): OldVerdict => {
  const edges = infos.flatMap((info) => [
    { info, state: 'down' as const, at: lastStart(info.sleep, now) },
    ...(info.wake ? [{ info, state: 'up' as const, at: lastStart(info.wake, now) }] : []),
  ]);
  const latest = edges.reduce((best, each) => (each.at > best.at ? each : best));
  const { info, state, at } = latest;
  if (at === -Infinity) return { state: 'left', rule: 'SleepInfo', reason: 'none of its edges has been passed' };
  const time = state === 'down' ? `sleepAt ${info.spec.sleepAt ?? ''}` : `wakeUpAt ${info.spec.wakeUpAt ?? ''}`;
  const [key, rewrite] = info.same ?? [];
  return {
    state,
    rule: 'SleepInfo',
    reason: `${time} of SleepInfo ${info.name}`,
    source: `namespace/${info.namespace}`,
    key,
    rewrite,
    onlyAt: at,
  };
};

/** How long nothing at all can happen between two edges of the same kind: a week, or it never happens. */
const LONGEST_MS = 8 * 24 * 60 * MINUTE_MS;

/** When the last edge at or before `now` began. */
const lastStart = (schedule: Schedule, now: number): number => {
  const { matches, since } = schedule.at(now);
  if (since === undefined || now - since > LONGEST_MS) return -Infinity;
  return matches ? since : since - MINUTE_MS;
};
