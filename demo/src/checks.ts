import { RESOURCES, keyOf, type Unstructured } from '@kube-steward/kube';
import { isMutating, type LoggedRequest } from '@kube-steward/sandbox';
import { EXCEPTION, HOLIDAY, faultsOfException, faultsOfHoliday } from './episodes.ts';
import { targetTitleOf, type Journal, type Move } from './journal.ts';
import { ROWS, originalOf, sizeOf, titleOf, type Size } from './sleepers.ts';
import { PATIENCE_MS } from './transitions.ts';
import { DOWNSCALER_USER, INCLUDED, type Stage } from './stage.ts';

/** Something that must hold of the week, and what speaks against it: nothing, if all is well. */
export interface Check {
  readonly claim: string;
  readonly faults: readonly string[];
}

/** What is wrong, in one line; `undefined` when the story may be believed. */
export const failureOf = (checks: readonly Check[], exitCode: number): string | undefined => {
  const failed = checks.filter(({ faults }) => faults.length > 0).map(({ claim }) => claim);
  if (failed.length > 0) return `The demo failed: it does not hold that ${failed.join('; nor that ')}`;
  return exitCode === 0 ? undefined : `The demo failed: the downscaler ended with exit code ${exitCode}`;
};

/** What must hold when the week is over. */
export const checkWeek = (stage: Stage, journal: Journal): Check[] => {
  const writes = stage.sandbox.requests.all().filter(isMutating);
  const wakes = journal.moves.filter(({ to }) => to === 'awake');
  const wanted = wantedSizes(stage);
  return [
    {
      claim: `each of the ${wakes.length} wake-ups gave back the size in the manifests`,
      faults: wakes.filter((move) => !isAsWanted(wanted, titleOf(move.object), move.into)).map(describeMove),
    },
    ...checkEpisodes(stage, journal),
    {
      claim: `all ${writes.length} requests that write came from the downscaler, to workloads of the chosen kinds and to Events`,
      faults: writes.filter((request) => !isExpected(request)).map(describeRequest),
    },
    {
      claim: `the log tells of ${stage.mornings.length} transitions how many workloads came back, and it is true`,
      faults: untrueMornings(stage, wakes),
    },
    {
      claim: 'the downscaler logged no warning but of what users wrote, and the cluster could do everything it had to',
      faults: stage.troubles(),
    },
  ];
};

/** Of what did not come up in the time that passed, nothing is claimed. */
const checkEpisodes = ({ clock, cluster }: Stage, journal: Journal): Check[] => [
  ...(clock.now() > EXCEPTION.until
    ? [
        {
          claim: `${EXCEPTION.title} slept when its exception ended, and is rid of it`,
          faults: faultsOfException(cluster, journal),
        },
      ]
    : []),
  ...(clock.now() >= HOLIDAY.to
    ? [
        {
          claim: `nothing in ${HOLIDAY.namespace} that keeps holidays woke on ${HOLIDAY.name}`,
          faults: faultsOfHoliday(journal),
        },
      ]
    : []),
];

/** What must hold once everything has been woken. */
export const checkAwake = (stage: Stage): Check[] => {
  const wanted = wantedSizes(stage);
  const workloads = ROWS.flatMap((row) => stage.cluster.list(row.resource).map((object) => ({ row, object })));
  return [
    {
      claim: `all ${workloads.length} workloads and autoscalers are back at the size in the manifests`,
      faults: workloads
        .filter(({ row, object }) => !isAsWanted(wanted, titleOf(object), sizeOf(row, object)))
        .map(({ row, object }) => `${titleOf(object)} is at ${String(sizeOf(row, object))}`),
    },
    {
      claim: 'no stored original is left over',
      faults: workloads.filter(({ object }) => originalOf(object) !== undefined).map(({ object }) => titleOf(object)),
    },
  ];
};

/** What the log says of a transition, against what the cluster shows. A transition of a moment ago is not told of yet. */
const untrueMornings = ({ clock, mornings }: Stage, wakes: readonly Move[]): string[] => {
  const told = new Map(mornings.map((morning) => [morning.transition, morning]));
  const moments = [...new Set(wakes.map(({ at }) => at))].filter((at) => at + PATIENCE_MS < clock.now());
  return moments.flatMap((moment) => {
    const woken = wakes.filter(({ at }) => at === moment);
    const missing = woken.filter(isMissing).map(({ object }) => keyOf(object));
    const { of = 0, incomplete = [], message = 'nothing' } = told.get(moment) ?? {};
    const isTrue = of === woken.length && String(incomplete.map(withoutCause)) === String(missing);
    return isTrue ? [] : [`${message}, of ${woken.length} woken and ${missing.length} missing`];
  });
};

const withoutCause = (name: string): string => name.replace(/ \(.*/, '');

/** Jobs have no pods to wait for, and an autoscaler none of its own. */
const isMissing = ({ readyAt, into, object }: Move): boolean =>
  readyAt === undefined && typeof into === 'number' && object.kind !== 'HorizontalPodAutoscaler';

/** A size, or the bounds between which an autoscaler chooses it. */
type Wanted = Size | { readonly least: number; readonly most: number };

/** What people asked for, by title. What another downscaler had left asleep is wanted awake. */
const wantedSizes = ({ manifests, cluster }: Stage): Map<string, Wanted> => {
  const wanted = new Map<string, Wanted>();
  for (const row of ROWS) {
    for (const object of manifests.filter(({ kind }) => kind === row.resource.kind)) {
      wanted.set(titleOf(object), originalOf(object) === undefined ? sizeOf(row, object) : false);
    }
  }
  for (const autoscaler of cluster.list(RESOURCES.horizontalPodAutoscalers)) {
    const manifest = manifests.find((object) => titleOf(object) === titleOf(autoscaler)) ?? autoscaler;
    wanted.set(targetTitleOf(autoscaler) ?? '', boundsOf(manifest));
  }
  return wanted;
};

const boundsOf = (autoscaler: Unstructured): Wanted => {
  const { minReplicas = 1, maxReplicas } = autoscaler['spec'] as { minReplicas?: number; maxReplicas: number };
  return { least: minReplicas, most: maxReplicas };
};

const isAsWanted = (all: ReadonlyMap<string, Wanted>, title: string, size: Size): boolean => {
  const wanted = all.get(title);
  if (typeof wanted !== 'object') return wanted === size;
  return typeof size === 'number' && wanted.least <= size && size <= wanted.most;
};

const isExpected = ({ user, verb, resource = '' }: LoggedRequest): boolean =>
  user === DOWNSCALER_USER &&
  (resource === 'events' || (verb === 'patch' && [...INCLUDED].some((r) => r === resource)));

const describeMove = ({ object, into }: Move): string => `${titleOf(object)} woke to ${String(into)}`;

const describeRequest = ({ user, method, path }: LoggedRequest): string => `${method} ${path} by ${user}`;
