import type { Unstructured } from '@kube-steward/kube';
import { asRecord, valueAt } from '../json-path.ts';
import { AGE, type Cell, column, type Column, flag, listAt, NAME, text, textOf, wide } from './column.ts';
import { quantity } from './quantity.ts';

const MODES = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' } as const;

const accessModes = (object: unknown, path: string): string =>
  Object.entries(MODES)
    .filter(([mode]) => listAt(object, path).includes(mode))
    .map(([, short]) => short)
    .join();

const phase: Cell = (object) =>
  object.metadata.deletionTimestamp === undefined ? (valueAt(object, 'status.phase') ?? '') : 'Terminating';

/** The class may stand in the annotation it was in before it was a field. */
const storageClass: Cell = (object) =>
  object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ??
  valueAt(object, 'spec.storageClassName') ??
  '';

const claim = (volume: Unstructured): string => {
  const { namespace, name } = asRecord(valueAt(volume, 'spec.claimRef'));
  return name === undefined ? '' : `${textOf(namespace)}/${textOf(name)}`;
};

/** What only a claim that is bound has. */
const whenBound =
  (cell: (claim: Unstructured) => string): Cell =>
  (object) =>
    valueAt(object, 'spec.volumeName') ? cell(object) : '';

const className = ({ metadata }: Unstructured): string => {
  const isDefault = ['', 'beta.'].some(
    (stage) => metadata.annotations?.[`storageclass.${stage}kubernetes.io/is-default-class`] === 'true',
  );
  return isDefault ? `${metadata.name} (default)` : metadata.name;
};

const tokenRequests = (driver: Unstructured): string => {
  if (valueAt(driver, 'spec.tokenRequests') === undefined) return '<unset>';
  return listAt(driver, 'spec.tokenRequests')
    .map((request) => String(asRecord(request)['audience']))
    .join();
};

const VOLUME_MODE = wide(column('VolumeMode', text('spec.volumeMode', '<unset>')));
const ATTRIBUTES_CLASS = column('VolumeAttributesClass', text('spec.volumeAttributesClassName', '<unset>'));

/** The tables of the kinds about volumes, by their storage. */
export const STORAGE_TABLES: Readonly<Record<string, readonly Column[]>> = {
  '/persistentvolumes': [
    NAME,
    column('Capacity', (object) => quantity(valueAt(object, 'spec.capacity.storage'))),
    column('Access Modes', (object) => accessModes(object, 'spec.accessModes')),
    column('Reclaim Policy', text('spec.persistentVolumeReclaimPolicy')),
    column('Status', phase),
    column('Claim', claim),
    column('StorageClass', storageClass),
    ATTRIBUTES_CLASS,
    column('Reason', text('status.reason')),
    AGE,
    VOLUME_MODE,
  ],
  '/persistentvolumeclaims': [
    NAME,
    column('Status', phase),
    column('Volume', text('spec.volumeName')),
    column(
      'Capacity',
      whenBound((object) => quantity(valueAt(object, 'status.capacity.storage'))),
    ),
    column(
      'Access Modes',
      whenBound((object) => accessModes(object, 'status.accessModes')),
    ),
    column('StorageClass', storageClass),
    ATTRIBUTES_CLASS,
    AGE,
    VOLUME_MODE,
  ],
  'storage.k8s.io/storageclasses': [
    { ...NAME, cell: className },
    column('Provisioner', text('provisioner')),
    column('ReclaimPolicy', text('reclaimPolicy', 'Delete')),
    column('VolumeBindingMode', text('volumeBindingMode', 'Immediate')),
    column('AllowVolumeExpansion', flag('allowVolumeExpansion')),
    AGE,
  ],
  'storage.k8s.io/volumeattachments': [
    NAME,
    { ...column('Attacher', text('spec.attacher')), format: 'name' },
    column('PV', text('spec.source.persistentVolumeName')),
    column('Node', text('spec.nodeName')),
    column('Attached', flag('status.attached'), 'boolean'),
    AGE,
  ],
  'storage.k8s.io/csinodes': [NAME, column('Drivers', (node) => listAt(node, 'spec.drivers').length, 'integer'), AGE],
  'storage.k8s.io/csidrivers': [
    NAME,
    column('AttachRequired', flag('spec.attachRequired', true), 'boolean'),
    column('PodInfoOnMount', flag('spec.podInfoOnMount'), 'boolean'),
    column('StorageCapacity', flag('spec.storageCapacity'), 'boolean'),
    column('TokenRequests', tokenRequests),
    column('RequiresRepublish', flag('spec.requiresRepublish'), 'boolean'),
    column('Modes', (driver) => listAt(driver, 'spec.volumeLifecycleModes').map(String).join() || '<none>'),
    AGE,
  ],
};
