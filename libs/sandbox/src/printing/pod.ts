import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from '../json-path.ts';
import { age } from './age.ts';
import { AGE, type Cell, column, type Column, listAt, NAME, text, textOf, wide } from './column.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the containers of a pod come to. */
interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: number;
  /** When a container last ended to be started again; empty when none did. */
  readonly lastRestart: string;
}

const statuses = (pod: Unstructured, field: string): Fields[] => listAt(pod, `status.${field}`).map(asRecord);

const hasCondition = (pod: Unstructured, type: string): boolean =>
  statuses(pod, 'conditions').some((condition) => condition['type'] === type && condition['status'] === 'True');

/** Names of init containers that go on running beside the others. */
const sidecarsOf = (pod: Unstructured): ReadonlySet<unknown> =>
  new Set(
    listAt(pod, 'spec.initContainers')
      .map(asRecord)
      .filter((container) => container['restartPolicy'] === 'Always')
      .map((container) => container['name']),
  );

const restartsOf = (containers: readonly Fields[]): number =>
  containers.reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0);

const lastRestartOf = (containers: readonly Fields[]): string =>
  containers
    .map((container) => textOf(valueAt(container, 'lastState.terminated.finishedAt')))
    .reduce((last, time) => (time > last ? time : last), '');

/** Why a container ended, in the words of a status. */
const endOf = (terminated: Fields): string => {
  const { reason, signal, exitCode } = terminated;
  if (typeof reason === 'string' && reason !== '') return reason;
  return signal ? `Signal:${textOf(signal)}` : `ExitCode:${textOf(exitCode, '0')}`;
};

/** What a pod says of itself before its containers are looked at. */
const ownReason = (pod: Unstructured): string => {
  const isGated = statuses(pod, 'conditions').some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : textOf(valueAt(pod, 'status.reason') || valueAt(pod, 'status.phase'));
};

/** Why initialization is not over, as far as one init container tells; `undefined`: it does not hold it up. */
const initReason = (container: Fields, index: number, total: number, isSidecar: boolean): string | undefined => {
  const { terminated, waiting } = asRecord(container['state']);
  const end = asRecord(terminated);
  if (terminated && (end['exitCode'] ?? 0) === 0) return undefined;
  if (isSidecar && container['started'] === true) return undefined;
  if (terminated) return `Init:${endOf(end)}`;
  const reason = asRecord(waiting)['reason'];
  if (reason && reason !== 'PodInitializing') return `Init:${textOf(reason)}`;
  return `Init:${index}/${total}`;
};

/** The reason the containers give, from the last to the first; `running` and `failed` tell what the others do. */
const containersReason = (pod: Unstructured, reason: string): string => {
  let running = false;
  let failed = '';
  for (const container of statuses(pod, 'containerStatuses').toReversed()) {
    const { waiting, terminated, running: isRunning } = asRecord(container['state']);
    const why = asRecord(waiting)['reason'];
    if (why) reason = textOf(why);
    else if (terminated) {
      reason = endOf(asRecord(terminated));
      if (asRecord(terminated)['exitCode']) failed = reason;
    } else if (container['ready'] === true && isRunning) running = true;
  }
  if (reason !== 'Completed') return reason;
  if (running && hasCondition(pod, 'Ready')) return 'Running';
  return failed || (running ? 'NotReady' : reason);
};

const readyContainers = (pod: Unstructured): number =>
  statuses(pod, 'containerStatuses').filter((one) => one['ready'] === true && asRecord(one['state'])['running']).length;

const summaryOf = (pod: Unstructured): Summary => {
  const sidecars = sidecarsOf(pod);
  const init = statuses(pod, 'initContainerStatuses');
  const reasons = init.map((one, index) =>
    initReason(one, index, listAt(pod, 'spec.initContainers').length, sidecars.has(one['name'])),
  );
  const first = reasons.findIndex((one) => one !== undefined);
  const initialized = first === -1 ? init : init.slice(0, first + 1);
  const runningSidecars = initialized.filter(
    (one) => sidecars.has(one['name']) && one['started'] === true && one['ready'] === true,
  ).length;
  const total = listAt(pod, 'spec.containers').length + sidecars.size;
  const initializing = reasons[first];
  if (initializing !== undefined && !hasCondition(pod, 'Initialized')) {
    const restarts = restartsOf(initialized);
    return { ready: runningSidecars, total, reason: initializing, restarts, lastRestart: lastRestartOf(initialized) };
  }
  const counted = [...initialized.filter(({ name }) => sidecars.has(name)), ...statuses(pod, 'containerStatuses')];
  return {
    ready: runningSidecars + readyContainers(pod),
    total,
    reason: containersReason(pod, initializing ?? ownReason(pod)),
    restarts: restartsOf(counted),
    lastRestart: lastRestartOf(counted),
  };
};

/** `STATUS`: what a pod is held up by, or its phase. */
const status = (pod: Unstructured): string => {
  const { phase, reason } = asRecord(pod['status']);
  if (pod.metadata.deletionTimestamp === undefined) return summaryOf(pod).reason;
  if (reason === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? summaryOf(pod).reason : 'Terminating';
};

const restarts: Cell = (pod, now) => {
  const { restarts: times, lastRestart } = summaryOf(pod);
  return times === 0 || lastRestart === '' ? String(times) : `${times} (${age(lastRestart, now)} ago)`;
};

const readinessGates = (pod: Unstructured): string => {
  const gates = listAt(pod, 'spec.readinessGates').map((gate) => textOf(asRecord(gate)['conditionType']));
  return gates.length === 0 ? '<none>' : `${gates.filter((type) => hasCondition(pod, type)).length}/${gates.length}`;
};

export const POD_COLUMNS: readonly Column[] = [
  NAME,
  column('Ready', (pod) => `${summaryOf(pod).ready}/${summaryOf(pod).total}`),
  column('Status', status),
  column('Restarts', restarts),
  AGE,
  wide(column('IP', text('status.podIPs.0.ip', '<none>'))),
  wide(column('Node', text('spec.nodeName', '<none>'))),
  wide(column('Nominated Node', text('status.nominatedNodeName', '<none>'))),
  wide(column('Readiness Gates', readinessGates)),
];

const ENDS: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
};

/** A pod that has ended is marked as completed in its row. */
export const podConditions = (pod: Unstructured): object[] | undefined => {
  const reason = textOf(valueAt(pod, 'status.phase'));
  const message = ENDS[reason];
  return message === undefined ? undefined : [{ type: 'Completed', status: 'True', reason, message }];
};
