import { RESOURCES, type Unstructured } from '@kube-steward/kube';
import type { Cluster } from '@kube-steward/sandbox';
import type { Clock } from '@kube-steward/schedule';
import type { Journal, Move } from './journal.ts';
import { titleOf } from './sleepers.ts';

/** The namespace in which both happen. */
const NAMESPACE = 'shop-dev';

/** A public holiday in the middle of the week, out of a ConfigMap. */
export const HOLIDAY = {
  name: 'Day of Repentance',
  namespace: NAMESPACE,
  from: Date.parse('2026-11-18T00:00:00+01:00'),
  to: Date.parse('2026-11-19T00:00:00+01:00'),
} as const;

/** Somebody needs one workload longer on the first evening. */
export const EXCEPTION = {
  name: 'cart',
  title: `Deployment ${NAMESPACE}/cart`,
  key: 'downscaler/force-uptime',
  madeAt: Date.parse('2026-11-16T16:00:00+01:00'),
  until: Date.parse('2026-11-16T22:00:00+01:00'),
  value: 'until 2026-11-16T22:00:00+01:00',
} as const;

const CONFIG_MAP = { namespace: 'kube-steward', name: 'holidays' } as const;

/** What the downscaler is told of the calendar, in its config file. */
export const CONFIG = `downscaler: {calendars: {holidays: {configMap: ${CONFIG_MAP.namespace}/${CONFIG_MAP.name}}}}\n`;

/** The cluster with a calendar, and the namespace that keeps its days. */
export const withHoliday = (objects: readonly Unstructured[]): Unstructured[] => [
  ...objects.map((object) => (titleOf(object) === `Namespace /${NAMESPACE}` ? keepingHolidays(object) : object)),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...CONFIG_MAP }, data: { days: `2026-11-18 ${HOLIDAY.name}\n` } },
];

const keepingHolidays = (object: Unstructured): Unstructured => {
  const key = 'downscaler/uptime';
  const annotations = object.metadata.annotations ?? {};
  return {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...annotations, [key]: `${annotations[key] ?? ''}, !calendar(holidays)` },
    },
  };
};

/** Lets somebody write the exception when its time has come, as `steward wake` does. */
export const playException = (cluster: Cluster, clock: Clock): void =>
  void clock.setTimer(EXCEPTION.madeAt - clock.now(), () => {
    const body = { metadata: { annotations: { [EXCEPTION.key]: EXCEPTION.value } } };
    const fieldManager = 'kube-steward-cli';
    cluster.patch(RESOURCES.deployments, EXCEPTION.name, { type: 'merge', body, fieldManager, namespace: NAMESPACE });
  });

/** Whether the downscaler put the workload to sleep at the second at which its exception ended. */
export const isEndOfException = ({ object, to, at }: Move): boolean =>
  titleOf(object) === EXCEPTION.title && to === 'asleep' && at === EXCEPTION.until;

/** What speaks against the exception having ended as it should. */
export const faultsOfException = (cluster: Cluster, { moves }: Journal): string[] => {
  const { metadata } = cluster.get(RESOURCES.deployments, { namespace: NAMESPACE, name: EXCEPTION.name }) ?? {};
  return [
    ...(moves.some(isEndOfException) ? [] : [`${EXCEPTION.title} did not go to sleep when its exception ended`]),
    ...(metadata?.annotations?.[EXCEPTION.key] === undefined ? [] : [`${EXCEPTION.title} still carries it`]),
  ];
};

/** What woke on the holiday all the same. */
export const faultsOfHoliday = ({ moves }: Journal): string[] =>
  moves
    .filter(({ at, to, object }) => to === 'awake' && at >= HOLIDAY.from && at < HOLIDAY.to && isKeptBy(object))
    .map(({ object }) => `${titleOf(object)} woke`);

const isKeptBy = ({ metadata }: Unstructured): boolean =>
  metadata.namespace === NAMESPACE && metadata.annotations?.['downscaler/uptime'] === undefined;
