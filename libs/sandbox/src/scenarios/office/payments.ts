import type { Unstructured } from '@kube-steward/kube';
import { cronJob, deployment, namespace, pdb, statefulSet } from '../../builders.ts';
import { amounts, place } from '../scenario.ts';

/**
 * Team payments, Berlin: what can go wrong by hand. `ledger-db` is excluded and stays up. `invoice` has a weekday that does
 * not exist: it is reported and left as it is. `reconcile-accounts` was put to sleep by another downscaler, which was removed
 * before morning: it still carries that one's original and is to wake. `pci-scan` is never to sleep before December.
 */
export const payments = (): Unstructured[] => [
  namespace({
    name: 'payments-test',
    labels: { team: 'payments' },
    annotations: { 'downscaler/uptime': 'Mon-Fri 08:00-18:00 Europe/Berlin' },
  }),
  ...place('payments-test', [
    statefulSet({
      name: 'ledger-db',
      replicas: 3,
      ...amounts('1', '4Gi'),
      annotations: { 'downscaler/exclude': 'true' },
    }),
    pdb({ name: 'ledger-db', maxUnavailable: 1 }),
    deployment({ name: 'gateway', replicas: 3, ...amounts('400m', '512Mi') }),
    pdb({ name: 'gateway', minAvailable: '50%' }),
    deployment({ name: 'fraud-scoring', replicas: 2, ...amounts('1', '2Gi') }),
    deployment({ name: 'settlement', replicas: 2, ...amounts('300m', '512Mi') }),
    deployment({ name: 'card-vault', replicas: 2, ...amounts('300m', '384Mi') }),
    deployment({
      name: 'invoice',
      replicas: 2,
      ...amounts('250m', '384Mi'),
      annotations: { 'downscaler/uptime': 'Mon-Fry 08:00-18:00 Europe/Berlin' },
    }),
    deployment({ name: 'refunds', ...amounts('200m', '256Mi') }),
    deployment({
      name: 'pci-scan',
      ...amounts('500m', '1Gi'),
      annotations: { 'downscaler/exclude-until': '2026-12-01T00:00:00Z' },
    }),
    statefulSet({ name: 'message-broker', replicas: 3, ...amounts('500m', '1Gi') }),
    cronJob({
      name: 'reconcile-accounts',
      schedule: '15 9 * * 1-5',
      timeZone: 'Europe/Berlin',
      suspend: true,
      ...amounts('300m', '512Mi'),
      annotations: { 'downscaler/original-replicas': '1' },
    }),
    cronJob({ name: 'fx-rates', schedule: '0 */2 * * *', timeZone: 'Europe/Berlin', ...amounts('50m', '64Mi') }),
  ]),
];
