import type { EventRecorder, ReconcileContext } from '@kube-steward/controller';
import { configMapReference, type ConfigMapView } from './calendar-book.ts';
import { CALENDARS, allKeys, type Key } from './keys.ts';
import type { View } from './observe.ts';
import type { Policy } from './policy.ts';

const configMapIn = ({ configMaps }: View, key: string): ConfigMapView | undefined =>
  configMaps.find((store) => store.has(key))?.get(key);

/** Takes over what the ConfigMaps hold now. @returns whether that changes any calendar */
export const readCalendars = (view: View, { calendars }: Pick<Policy, 'calendars'>): boolean => {
  const changed = calendars.inConfigMaps.filter((each) =>
    calendars.read(each, configMapIn(view, `${each.namespace}/${each.name}`)),
  );
  return changed.length > 0;
};

/** What a changed ConfigMap makes due: what there is to say of the calendars, and everything, if their days have changed. */
export const keysOfCalendars = function* (view: View, policy: Policy): Generator<Key> {
  const isNews = readCalendars(view, policy);
  yield CALENDARS;
  if (isNews) yield* allKeys(view);
};

export interface CalendarDependencies {
  readonly view: View;
  readonly policy: Policy;
  readonly recorder: EventRecorder;
  readonly dryRun: boolean;
}

/** Says of each calendar that cannot be read why, on its ConfigMap: once, for all that name it. */
export const reconcileCalendars = (
  { view, policy, recorder, dryRun }: CalendarDependencies,
  { log }: ReconcileContext,
): void => {
  for (const { of, message } of policy.calendars.problems()) {
    const uid = configMapIn(view, `${of.namespace}/${of.name}`)?.metadata.uid;
    log.warn({ calendar: of.calendar }, message);
    if (dryRun) continue;
    const regarding = { ...configMapReference(of), uid };
    recorder.event({ regarding, type: 'Warning', reason: 'CalendarUnreadable', action: 'None', note: message });
  }
};
