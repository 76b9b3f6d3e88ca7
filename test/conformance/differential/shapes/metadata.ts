import { flag, list, map, object, type Shape, value } from '../shape.ts';

const OWNER = object({
  'apiVersion!': value('apps/v1', 'v1'),
  'kind!': value('Deployment', 'ConfigMap'),
  'name!': value('web', 'api'),
  'uid!': value('5f1c4a3e-0000-4000-8000-000000000001', '5f1c4a3e-0000-4000-8000-000000000002'),
  controller: flag,
});

export const LABELS = map(['app', 'tier', 'example.com/team'], 'web', 'api', '');
export const ANNOTATIONS = map(
  ['note', 'example.com/reason', 'downscaler/uptime'],
  'yes',
  'no',
  '',
  'Mon-Fri 07:00-19:00',
);

/** The parts of metadata that writers have a say in. */
export const METADATA = object({
  labels: LABELS,
  annotations: ANNOTATIONS,
  finalizers: list(value('example.com/a', 'example.com/b', 'example.com/c')),
  ownerReferences: list(OWNER, { key: 'uid' }),
});

/** Of pod templates: labels stay what the selector selects. */
export const TEMPLATE_METADATA: Shape = object({
  labels: map(['app', 'tier'], 'web'),
  annotations: ANNOTATIONS,
});
