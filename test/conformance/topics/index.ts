import type { Topic } from '../case.ts';
import { DELETES } from './deletes.ts';
import { DEPENDENTS } from './dependents.ts';
import { DRY_RUNS } from './dry-runs.ts';
import { PAGING } from './paging.ts';
import { PATHS } from './paths.ts';
import { SELECTORS } from './selectors.ts';
import { STREAMS } from './streams.ts';
import { VERSIONS } from './versions.ts';
import { WATCHES } from './watches.ts';

/** The whole suite, in the order of its table. */
export const TOPICS: readonly Topic[] = [
  PAGING,
  VERSIONS,
  WATCHES,
  STREAMS,
  SELECTORS,
  PATHS,
  DELETES,
  DEPENDENTS,
  DRY_RUNS,
];
