import type { Unstructured } from '@kube-steward/kube';
import type { ServedKind } from '../registry.ts';
import { CLUSTER_TABLES } from './cluster-kinds.ts';
import { column, type Column, NAME, text } from './column.ts';
import { customColumns } from './custom.ts';
import { NETWORK_TABLES } from './network.ts';
import { POD_COLUMNS, podConditions } from './pod.ts';
import { STORAGE_TABLES } from './storage.ts';
import { WORKLOAD_TABLES } from './workloads.ts';

const TABLES: Readonly<Record<string, readonly Column[]>> = {
  ...WORKLOAD_TABLES,
  ...CLUSTER_TABLES,
  ...NETWORK_TABLES,
  ...STORAGE_TABLES,
  '/pods': POD_COLUMNS,
};

/** What kinds without a table of their own show. */
const PLAIN: readonly Column[] = [NAME, column('Created At', text('metadata.creationTimestamp'), 'date')];

/** The columns of a kind. Their cells take objects in the version they are stored in. */
export const columnsOf = (kind: ServedKind): readonly Column[] => {
  if (kind.custom) return customColumns(kind.printerColumns ?? []);
  return TABLES[kind.storage] ?? PLAIN;
};

/** What a row says of its object beside its cells. */
export const rowConditions = (kind: ServedKind, object: Unstructured): object[] | undefined =>
  kind.storage === '/pods' ? podConditions(object) : undefined;
