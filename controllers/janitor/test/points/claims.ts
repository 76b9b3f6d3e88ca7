import type { KubeObject } from '@kube-steward/kube';
import { object } from '../decisions.ts';
import { DELETED, alone, among, rule, type Config, type Point, type Row } from './point.ts';

const template = (claimName: string) => ({
  template: { spec: { volumes: [{ persistentVolumeClaim: { claimName } }] } },
});
const claimRule = (more: Config): Config => rule({ resources: ['persistentvolumeclaims'], ...more });
const CLAIMS: Config = {
  rules: [
    claimRule({ id: 'unused', jmespath: '_context.pvc_is_not_mounted && _context.pvc_is_not_referenced' }),
    claimRule({ id: 'unmounted', jmespath: '_context.pvc_is_not_mounted', ttl: '2h' }),
  ],
};
const MOUNTED = 'none NoDeadline';
const REFERENCED = 'none NotYetDue 13:00';
const claim = (name = 'data') => object('PersistentVolumeClaim', { name });
const usedBy = (user: KubeObject, said: string): Row =>
  among([claim(), user], { 'PersistentVolumeClaim/data': said }, { config: CLAIMS });
const SET = object(
  'StatefulSet',
  { name: 'd.b' },
  { spec: { replicas: 1, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } },
);
const madeBySet = (name: string, said: string, about?: string): Row =>
  among([claim(name), SET], { [`PersistentVolumeClaim/${name}`]: said }, { config: CLAIMS, ...(about && { about }) });
/** A kind of somebody else's. */
const custom = (apiVersion: string, kind: string, spec: Config): KubeObject =>
  ({ ...object('ConfigMap'), apiVersion, kind, spec }) as KubeObject;

/** Who uses a volume claim, as kube-janitor 20.10 sees it, and who beside. */
export const CLAIM_POINTS: readonly Point[] = [
  {
    name: 'kept: who uses a volume claim',
    rows: [
      usedBy(
        object(
          'Pod',
          {},
          { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] }, status: { phase: 'Succeeded' } },
        ),
        MOUNTED,
      ),
      usedBy(object('Job', {}, { spec: template('data') }), REFERENCED),
      usedBy(object('Deployment', {}, { spec: template('data') }), REFERENCED),
      usedBy(object('CronJob', {}, { spec: { jobTemplate: { spec: template('data') } } }), REFERENCED),
      usedBy(object('Deployment', {}, { spec: template('other') }), DELETED),
      usedBy(object('Deployment', { namespace: 'elsewhere' }, { spec: template('data') }), DELETED),
    ],
  },
  {
    name: 'kept: what a StatefulSet made is its own, whatever its size is now',
    rows: [
      madeBySet('data-d.b-7', REFERENCED),
      madeBySet('data-d.b-x', DELETED),
      madeBySet('data-dxb-0', DELETED, 'changed: a dot in its name is a dot'),
      madeBySet('log-d.b-0', DELETED),
    ],
  },
  {
    name: 'changed: every kind with a pod template counts, and snapshots',
    rows: [
      usedBy(object('DaemonSet', {}, { spec: template('data') }), REFERENCED),
      usedBy(object('ReplicaSet', {}, { spec: template('data') }), REFERENCED),
      usedBy(object('StatefulSet', {}, { spec: template('data') }), REFERENCED),
      usedBy(custom('argoproj.io/v1alpha1', 'Rollout', template('data')), REFERENCED),
      usedBy(
        custom('snapshot.storage.k8s.io/v1', 'VolumeSnapshot', { source: { persistentVolumeClaimName: 'data' } }),
        REFERENCED,
      ),
    ],
  },
  {
    name: 'changed: an object cannot write its own _context',
    rows: [
      among(
        [
          object('PersistentVolumeClaim', { name: 'data' }, { _context: { pvc_is_not_mounted: true } }),
          object('Pod', {}, { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } }),
        ],
        { 'PersistentVolumeClaim/data': MOUNTED },
        { config: { rules: [claimRule({ jmespath: '_context.pvc_is_not_mounted' })] } },
      ),
    ],
  },
  {
    name: 'a claim that is used by nobody counts from when that was seen first, where its rule says so',
    rows: [
      alone(object('PersistentVolumeClaim'), 'none NotYetDue 2026-11-27T12:00:00Z', {
        config: { rules: [claimRule({ jmespath: '_context.pvc_is_not_mounted', ttl: '7d', since: 'firstMatched' })] },
      }),
    ],
  },
];
