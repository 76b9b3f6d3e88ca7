import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from '../json-path.ts';
import { age, humanDuration } from './age.ts';
import { AGE, type Cell, column, type Column, count, listAt, NAME, text, textOf, wide } from './column.ts';
import { hpaTargets } from './hpa-targets.ts';
import { labelsText, selectorText } from './selectors.ts';

const joined =
  (path: string, field: string): Cell =>
  (object) =>
    listAt(object, path)
      .map((item) => textOf(asRecord(item)[field]))
      .join();

/** The containers of a pod template and their images. */
const containers = (template: string): readonly Column[] => [
  column('Containers', joined(`${template}.spec.containers`, 'name')),
  column('Images', joined(`${template}.spec.containers`, 'image')),
];

const selector = (path: string): Column =>
  column('Selector', (object) => selectorText(valueAt(object, path)) || '<none>');

const TEMPLATE = containers('spec.template').map(wide);
const SELECTOR = wide(selector('spec.selector'));

const ratio =
  (actual: string, wanted: string): Cell =>
  (object, now) =>
    `${textOf(count(actual)(object, now))}/${textOf(count(wanted)(object, now))}`;

const READY = column('Ready', ratio('status.readyReplicas', 'spec.replicas'));
const DESIRED = column('Desired', count('spec.replicas'), 'integer');
const CURRENT = column('Current', count('status.replicas'), 'integer');
const READY_REPLICAS = column('Ready', count('status.readyReplicas'), 'integer');

const JOB_STATUSES: readonly (readonly [condition: string, shown: string])[] = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['deleted', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
];

const jobStatus = (job: Unstructured): string => {
  const conditions = listAt(job, 'status.conditions').map(asRecord);
  const holds = (type: string): boolean =>
    type === 'deleted'
      ? job.metadata.deletionTimestamp !== undefined
      : conditions.find((condition) => condition['type'] === type)?.['status'] === 'True';
  return JOB_STATUSES.find(([type]) => holds(type))?.[1] ?? 'Running';
};

const jobCompletions = (job: Unstructured): string => {
  const { completions, parallelism } = asRecord(job['spec']);
  const succeeded = textOf(valueAt(job, 'status.succeeded'), '0');
  if (completions !== undefined) return `${succeeded}/${textOf(completions)}`;
  return Number(parallelism ?? 0) > 1 ? `${succeeded}/1 of ${textOf(parallelism)}` : `${succeeded}/1`;
};

const jobDuration: Cell = (job, now) => {
  const { startTime, completionTime } = asRecord(job['status']);
  if (typeof startTime !== 'string') return '';
  const end = typeof completionTime === 'string' ? Date.parse(completionTime) : now;
  return humanDuration(end - Date.parse(startTime));
};

const lastSchedule: Cell = (cronJob, now) => {
  const time = valueAt(cronJob, 'status.lastScheduleTime');
  return time === undefined ? '<none>' : age(time, now);
};

const suspended: Cell = (cronJob) => {
  const suspend = valueAt(cronJob, 'spec.suspend');
  return suspend === undefined ? '<unset>' : suspend === true ? 'True' : 'False';
};

const controller = (revision: Unstructured): string => {
  const owner = revision.metadata.ownerReferences?.find((one) => one.controller);
  if (!owner) return '<none>';
  const [group, version] = owner.apiVersion.split('/');
  return `${owner.kind}${version === undefined ? '' : `.${textOf(group)}`}`.toLowerCase() + `/${owner.name}`;
};

const replicated = (selectorColumn: Column): readonly Column[] => [
  NAME,
  DESIRED,
  CURRENT,
  READY_REPLICAS,
  AGE,
  ...TEMPLATE,
  selectorColumn,
];

/** The tables of the kinds that run pods, and of those that size them, by their storage. */
export const WORKLOAD_TABLES: Readonly<Record<string, readonly Column[]>> = {
  'apps/deployments': [
    NAME,
    READY,
    column('Up-to-date', count('status.updatedReplicas')),
    column('Available', count('status.availableReplicas')),
    AGE,
    ...TEMPLATE,
    wide(column('Selector', (object) => selectorText(valueAt(object, 'spec.selector')))),
  ],
  'apps/statefulsets': [NAME, READY, AGE, ...TEMPLATE],
  'apps/daemonsets': [
    NAME,
    column('Desired', count('status.desiredNumberScheduled'), 'integer'),
    column('Current', count('status.currentNumberScheduled'), 'integer'),
    column('Ready', count('status.numberReady'), 'integer'),
    column('Up-to-date', count('status.updatedNumberScheduled'), 'integer'),
    column('Available', count('status.numberAvailable'), 'integer'),
    column('Node Selector', (object) => labelsText(valueAt(object, 'spec.template.spec.nodeSelector'))),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  'apps/replicasets': replicated(SELECTOR),
  '/replicationcontrollers': replicated(
    wide(column('Selector', (object) => labelsText(valueAt(object, 'spec.selector')))),
  ),
  'apps/controllerrevisions': [NAME, column('Controller', controller), column('Revision', count('revision')), AGE],
  'batch/jobs': [
    NAME,
    column('Status', jobStatus),
    column('Completions', jobCompletions),
    column('Duration', jobDuration),
    AGE,
    ...TEMPLATE,
    SELECTOR,
  ],
  'batch/cronjobs': [
    NAME,
    column('Schedule', text('spec.schedule')),
    column('Timezone', text('spec.timeZone', '<none>')),
    column('Suspend', suspended, 'boolean'),
    column('Active', (object) => listAt(object, 'status.active').length, 'integer'),
    column('Last Schedule', lastSchedule),
    AGE,
    ...containers('spec.jobTemplate.spec.template').map(wide),
    wide(selector('spec.jobTemplate.spec.selector')),
  ],
  'autoscaling/horizontalpodautoscalers': [
    NAME,
    column(
      'Reference',
      (object) =>
        `${textOf(valueAt(object, 'spec.scaleTargetRef.kind'))}/${textOf(valueAt(object, 'spec.scaleTargetRef.name'))}`,
    ),
    column('Targets', hpaTargets),
    column('MinPods', (object) => textOf(valueAt(object, 'spec.minReplicas'), '<unset>')),
    column('MaxPods', count('spec.maxReplicas')),
    column('Replicas', count('status.currentReplicas')),
    AGE,
  ],
  'policy/poddisruptionbudgets': [
    NAME,
    column('Min Available', (object) => textOf(valueAt(object, 'spec.minAvailable'), 'N/A')),
    column('Max Unavailable', (object) => textOf(valueAt(object, 'spec.maxUnavailable'), 'N/A')),
    column('Allowed Disruptions', count('status.disruptionsAllowed'), 'integer'),
    AGE,
  ],
  '/podtemplates': [
    NAME,
    ...containers('template'),
    column('Pod Labels', (object) => labelsText(valueAt(object, 'template.metadata.labels'))),
  ],
};
