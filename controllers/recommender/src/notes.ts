import { RESOURCES } from './amounts.ts';
import { autoscalerNote, disturbed, type AutoscalerMetric } from './autoscaler.ts';
import type { ContainerTarget } from './changes.ts';
import type { ContainerNumber } from './container-number.ts';
import { quantityOf } from './fit/rounding.ts';
import { startUpBoost } from './profiles/balanced.ts';
import { formatShare } from './profiles/format.ts';
import { suspectedGrowth } from './usage/leak.ts';
import { KILLS_PER_DAY } from './usage/usage.ts';

/** What somebody should know beside the numbers, one sentence each. */
export const notesOf = (
  numbers: readonly ContainerNumber[],
  targets: readonly ContainerTarget[],
  autoscaler: readonly AutoscalerMetric[],
): readonly string[] => [
  ...numbers.flatMap((number) => [
    ...ofAutoscaler(number, autoscaler),
    ...ofLeak(number),
    ...ofKills(number),
    ...ofStartUp(number),
  ]),
  ...targets.flatMap(ofInjected),
];

const ofAutoscaler = ({ container, given }: ContainerNumber, metrics: readonly AutoscalerMetric[]): readonly string[] =>
  RESOURCES.flatMap((resource) => {
    const metric = disturbed(metrics, resource);
    const now = container.requests[resource];
    const wanted = given[resource].amount;
    if (!metric || now === undefined || now === wanted) return [];
    return [
      `${container.name} would fit in ${quantityOf(resource, wanted)}, but ${autoscalerNote(metric, now, wanted).message}`,
    ];
  });

const ofLeak = ({ container: { name, usage } }: ContainerNumber): readonly string[] => {
  const growth = suspectedGrowth(usage.minima);
  return growth === undefined
    ? []
    : [`${name} looks as if it leaked: its lowest memory grows by ${formatShare(growth)} an hour`];
};

const ofKills = ({ container: { name, usage } }: ContainerNumber): readonly string[] =>
  usage.kills < KILLS_PER_DAY
    ? []
    : [
        `${name} was killed for memory ${usage.kills} times in a day: more of it did not help, so no more is added that day`,
      ];

const ofStartUp = ({ container: { name, usage }, readings }: ContainerNumber): readonly string[] => {
  const boost = startUpBoost(usage, readings.cpu.amount);
  if (boost === undefined) return [];
  return [`${name} takes ${Math.round(boost * 10) / 10} times the CPU while it starts, which is no part of its number`];
};

/** What is injected is set where it is injected from. */
const ofInjected = ({ container, requests }: ContainerTarget): readonly string[] => {
  const { name, path, injectedBy = {} } = container;
  if (path !== undefined) return [];
  const settings = RESOURCES.flatMap((resource) => {
    const annotation = injectedBy[resource];
    return annotation === undefined ? [] : [`${annotation}: ${quantityOf(resource, requests[resource])}`];
  });
  return [
    settings.length > 0
      ? `${name} is injected, and no part of a patch: annotate the pods with ${settings.join(', ')}`
      : `${name} is injected, and no part of a patch: set its requests where it is injected from`,
  ];
};
