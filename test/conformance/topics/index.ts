import type { Topic } from '../case.ts';
import { APPLIES } from './applies.ts';
import { CREATES } from './creates.ts';
import { CUSTOM } from './custom.ts';
import { DELETES } from './deletes.ts';
import { DEPENDENTS } from './dependents.ts';
import { DISCOVERY } from './discovery.ts';
import { DRY_RUNS } from './dry-runs.ts';
import { EVICTIONS } from './evictions.ts';
import { EVENTS } from './events.ts';
import { NAMESPACES } from './namespaces.ts';
import { PAGING } from './paging.ts';
import { PATCHES } from './patches.ts';
import { PATHS } from './paths.ts';
import { PRECONDITIONS } from './preconditions.ts';
import { REPRESENTATIONS } from './representations.ts';
import { SELECTORS } from './selectors.ts';
import { SPECS } from './specs.ts';
import { STREAMS } from './streams.ts';
import { SUBRESOURCES } from './subresources.ts';
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
  CREATES,
  PATCHES,
  APPLIES,
  PRECONDITIONS,
  SUBRESOURCES,
  DELETES,
  DEPENDENTS,
  DRY_RUNS,
  NAMESPACES,
  EVICTIONS,
  REPRESENTATIONS,
  DISCOVERY,
  SPECS,
  EVENTS,
  CUSTOM,
];
