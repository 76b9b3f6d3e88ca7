import { asRecord } from '../json-path.ts';
import { type Defaulter, fill, filled } from './fill.ts';

const CPU_AT_80 = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};
const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
};
const SCALE_DOWN = { selectPolicy: 'Max', policies: [percent] };

/** Both directions have rules as soon as one has. */
const behavior: Defaulter = (value) => ({
  scaleUp: fill(asRecord(value['scaleUp']), SCALE_UP),
  scaleDown: fill(asRecord(value['scaleDown']), SCALE_DOWN),
});

export const AUTOSCALING_DEFAULTS: Readonly<Record<string, Defaulter>> = {
  'v1.HorizontalPodAutoscalerSpec': filled({ minReplicas: 1 }),
  'v2.HorizontalPodAutoscalerSpec': filled({ minReplicas: 1, metrics: [CPU_AT_80] }),
  'v2.HorizontalPodAutoscalerBehavior': behavior,
};
