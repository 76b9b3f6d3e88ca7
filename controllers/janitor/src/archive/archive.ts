import type { Client } from '@kube-steward/kube';
import { openConfigMaps } from './config-maps.ts';
import { openFolder } from './folder.ts';
import type { Archived } from './manifest.ts';

/** Where manifests of deleted objects are kept. It holds so much and no more: the oldest make room. */
export interface Archive {
  /** @throws Error when it cannot be kept: then nothing may be deleted that was to be */
  keep(archived: Archived): Promise<void>;
  /** All that is kept, the newest first. */
  list(): Promise<readonly Archived[]>;
}

export interface ArchiveOptions {
  /** `configmap`, or a folder. */
  readonly target: string;
  /** May write in `namespace`. */
  readonly client: Client;
  /** Where ConfigMaps are kept. */
  readonly namespace: string;
}

export const openArchive = ({ target, client, namespace }: ArchiveOptions): Archive =>
  target === 'configmap' ? openConfigMaps(client, namespace) : openFolder(target);
