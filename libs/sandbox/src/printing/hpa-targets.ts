import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from '../json-path.ts';
import { listAt, textOf } from './column.ts';
import { quantity } from './quantity.ts';

const SHOWN = 2;

/** Where a metric of each type stands in its spec and status, and whether the name of its resource is shown. */
const TYPES: Readonly<Record<string, { readonly field: string; readonly named: boolean; readonly average: string }>> = {
  Resource: { field: 'resource', named: true, average: '' },
  ContainerResource: { field: 'containerResource', named: true, average: '' },
  Pods: { field: 'pods', named: false, average: '' },
  Object: { field: 'object', named: false, average: ' (avg)' },
  External: { field: 'external', named: false, average: ' (avg)' },
};

/** `cpu: 30%/80%, 5/10 (avg) + 1 more...`: what each metric is now, and what it should be. */
export const hpaTargets = (hpa: Unstructured): string => {
  const current = listAt(hpa, 'status.currentMetrics');
  const targets = listAt(hpa, 'spec.metrics').map((metric, index) => metricText(asRecord(metric), current[index]));
  if (targets.length === 0) return '<none>';
  const more = targets.length > SHOWN ? ` + ${targets.length - SHOWN} more...` : '';
  return targets.slice(0, SHOWN).join(', ') + more;
};

const metricText = (metric: Readonly<Record<string, unknown>>, now: unknown): string => {
  const type = TYPES[textOf(metric['type'])];
  if (!type) return '<unknown type>';
  const { field, named, average } = type;
  const target = asRecord(valueAt(metric, `${field}.target`));
  const current = valueAt(now, field) === undefined ? undefined : asRecord(valueAt(now, `${field}.current`));
  const name = named ? `${textOf(valueAt(metric, `${field}.name`))}: ` : '';
  if (target['averageValue'] !== undefined) {
    return `${name}${amount(current, 'averageValue')}/${quantity(target['averageValue'])}${average}`;
  }
  if (named) return `${name}${percent(current, '<unknown>')}/${percent(target, '<auto>')}`;
  return `${amount(current, 'value')}/${quantity(target['value'])}`;
};

const amount = (current: Readonly<Record<string, unknown>> | undefined, field: string): string =>
  current?.[field] === undefined ? '<unknown>' : quantity(current[field]);

const percent = (value: Readonly<Record<string, unknown>> | undefined, missing: string): string =>
  value?.['averageUtilization'] === undefined ? missing : `${textOf(value['averageUtilization'])}%`;
