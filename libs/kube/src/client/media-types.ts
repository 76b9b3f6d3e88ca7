import type { PatchRequest } from '../client-api.ts';

/** Metadata alone; plain JSON second, for servers of custom APIs that do not know the first. */
export const acceptMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
export const acceptMetadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** What tells the server how to read a patch. An apply patch is JSON too, which is YAML. */
export const PATCH_CONTENT_TYPES: Readonly<Record<PatchRequest['type'], string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};
