import type { Topic } from '../case.ts';
import { PAGING } from './paging.ts';
import { STREAMS } from './streams.ts';
import { VERSIONS } from './versions.ts';
import { WATCHES } from './watches.ts';

/** The whole suite, in the order of its table. */
export const TOPICS: readonly Topic[] = [PAGING, VERSIONS, WATCHES, STREAMS];
