import { renderTable } from '@kube-steward/cli';
import { PLAN_API_VERSION, type ObjectReference } from '@kube-steward/plan';
import { formatLocal, formatTimestamp, type Zone } from '@kube-steward/schedule';
import type { PlannedTransition } from './planners.ts';

/** Coming transitions, in the order of time. */
export interface Calendar {
  readonly context?: string;
  readonly source: string;
  /** The first and the last moment looked at. */
  readonly at: number;
  readonly until: number;
  readonly transitions: readonly PlannedTransition[];
}

/** The calendar as a document, in the manner of a plan. */
export const calendarDocument = ({ context, source, at, until, transitions }: Calendar): string => {
  const document = {
    apiVersion: PLAN_API_VERSION,
    kind: 'Schedule',
    metadata: {
      ...(context !== undefined && { context }),
      at: formatTimestamp(at),
      until: formatTimestamp(until),
      source,
    },
    transitions: transitions.map(({ at: moment, ...transition }) => ({ at: formatTimestamp(moment), ...transition })),
  };
  return JSON.stringify(document, undefined, 2);
};

export interface CalendarLayout {
  /** Whose wall time is shown. */
  readonly zone: Zone;
  readonly noHeaders: boolean;
  readonly width: number | undefined;
}

const WHAT = { up: 'up', down: 'down', ignore: 'as it is' } as const;

/** One row a moment, namespace and direction: the objects that change together. */
export const calendarTable = ({ transitions }: Calendar, { zone, noHeaders, width }: CalendarLayout): string => {
  if (transitions.length === 0) return 'Nothing changes in that time.';
  const rows = new Map<string, [PlannedTransition, ...PlannedTransition[]]>();
  for (const transition of transitions) {
    const key = [transition.at, transition.object.namespace, transition.state].join(' ');
    const row = rows.get(key);
    if (row) row.push(transition);
    else rows.set(key, [transition]);
  }
  const cells = [...rows.values()].map((row) => [
    formatLocal(row[0].at, zone),
    row[0].object.namespace ?? '',
    WHAT[row[0].state],
    String(row.length),
    row.map(({ object }) => shortName(object)).join(', '),
  ]);
  return renderTable(['time', 'namespace', 'what', 'objects', 'which'], cells, { noHeaders, width });
};

const shortName = ({ kind, name }: ObjectReference): string => `${kind}/${name}`;
